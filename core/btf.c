/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 *   header   magic 16, version 8, flags 8, hdr_len, type_off, type_len, str_off, str_len: 32 bits each
 *   types    name_off, info (kind in bits 24 to 28, vlen in 0 to 15, flag 31), size or type; then by kind
 *   strings  each with NUL; offset 0 is ""
 */
#include "core/btf.h"

#define HEADER_SIZE 24
#define TYPE_SIZE   12

static uint32_t u32(struct span s, uint64_t off, bool big_endian)
{
	uint32_t v = le32_get(s.ptr + off);

	return big_endian ? __builtin_bswap32(v) : v;
}

uint32_t btf_u32(const struct btf *btf, struct span more, uint64_t off)
{
	return u32(more, off, btf->big_endian);
}

enum err btf_parse(struct span bytes, bool big_endian, struct btf *ret, struct fault *fault)
{
	struct btf btf = {.big_endian = big_endian};
	uint64_t header_size;

	if (bytes.len < HEADER_SIZE)
		return fault_set(fault, ERR_TRUNCATED, "BTF header", 0, bytes.len);
	if ((u32(bytes, 0, big_endian) & 0xffff) != BTF_MAGIC &&
		u32(bytes, 0, big_endian) >> 16 != BTF_MAGIC)
		return fault_set(
			fault, ERR_BAD_BTF, "BTF magic", 0, u32(bytes, 0, big_endian));
	header_size = u32(bytes, 4, big_endian);
	if (span_sub(bytes, header_size + u32(bytes, 8, big_endian), u32(bytes, 12, big_endian),
		    &btf.types))
		return fault_set(fault, ERR_TRUNCATED, "BTF types", 8, bytes.len);
	if (span_sub(bytes, header_size + u32(bytes, 16, big_endian), u32(bytes, 20, big_endian),
		    &btf.strings) ||
		!btf.strings.len || btf.strings.ptr[0] || btf.strings.ptr[btf.strings.len - 1])
		return fault_set(fault, ERR_TRUNCATED, "BTF strings", 16, bytes.len);
	*ret = btf;
	return ERR_OK;
}

struct btf_iter btf_begin(const struct btf *btf)
{
	return (struct btf_iter){.btf = btf};
}

/* Bytes behind a type: fixed, or so many for each of vlen. false: a kind of the future. */
static bool more_size(uint32_t kind, uint32_t vlen, uint64_t *ret)
{
	static const struct {
		uint8_t once, each;
	} size[] = {
		[BTF_KIND_INT] = {4, 0},
		[BTF_KIND_ARRAY] = {12, 0},
		[BTF_KIND_STRUCT] = {0, 12},
		[BTF_KIND_UNION] = {0, 12},
		[BTF_KIND_ENUM] = {0, 8},
		[BTF_KIND_FUNC_PROTO] = {0, 8},
		[BTF_KIND_VAR] = {4, 0},
		[BTF_KIND_DATASEC] = {0, 12},
		[BTF_KIND_DECL_TAG] = {4, 0},
		[BTF_KIND_ENUM64] = {0, 12},
	};

	if (!kind || kind >= sizeof(size) / sizeof(size[0]))
		return false;
	*ret = size[kind].once + (uint64_t)size[kind].each * vlen;
	return true;
}

bool btf_read(const struct btf *btf, uint64_t at, struct btf_type *ret)
{
	uint32_t name, info;
	uint64_t size;

	if (!span_has(btf->types, at, TYPE_SIZE))
		return false;
	name = u32(btf->types, at, btf->big_endian);
	info = u32(btf->types, at + 4, btf->big_endian);
	ret->id = 0;
	ret->kind = info >> 24 & 0x1f;
	ret->vlen = info & 0xffff;
	ret->flag = info >> 31;
	ret->size = u32(btf->types, at + 8, btf->big_endian);
	if (name >= btf->strings.len || !more_size(ret->kind, ret->vlen, &size) ||
		span_sub(btf->types, at + TYPE_SIZE, size, &ret->more))
		return false;
	ret->name = (const char *)btf->strings.ptr + name;
	return true;
}

bool btf_next(struct btf_iter *it, struct btf_type *ret)
{
	if (!btf_read(it->btf, it->at, ret))
		return false;
	ret->id = ++it->id;
	it->at += TYPE_SIZE + ret->more.len;
	return true;
}
