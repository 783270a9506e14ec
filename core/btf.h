/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF, the compact type information that kernels carry since 5.2, as far as walking along its types
 * goes [Linux Documentation/bpf/btf.rst, sections 2 and 4].
 */
#ifndef CORE_BTF_H
#define CORE_BTF_H

#include "core/span.h"

#define BTF_MAGIC      0xeb9f
#define BTF_VAR_STATIC 0

enum btf_kind {
	BTF_KIND_INT = 1,
	BTF_KIND_PTR,
	BTF_KIND_ARRAY,
	BTF_KIND_STRUCT,
	BTF_KIND_UNION,
	BTF_KIND_ENUM,
	BTF_KIND_FWD, /* declared only */
	BTF_KIND_TYPEDEF,
	BTF_KIND_VOLATILE,
	BTF_KIND_CONST,
	BTF_KIND_RESTRICT,
	BTF_KIND_FUNC,
	BTF_KIND_FUNC_PROTO,
	BTF_KIND_VAR,
	BTF_KIND_DATASEC,
	BTF_KIND_FLOAT,
	BTF_KIND_DECL_TAG,
	BTF_KIND_TYPE_TAG,
	BTF_KIND_ENUM64,
};

/* What an INT has behind it: encoding, offset and number of bits. */
#define BTF_INT_ENCODING(v) ((v) >> 24 & 0xf)
#define BTF_INT_OFFSET(v)   ((v) >> 16 & 0xff)
#define BTF_INT_BITS(v)     ((v) & 0xff)
#define BTF_INT_SIGNED      1
#define BTF_INT_BOOL        4

struct btf {
	struct span types, strings;
	bool big_endian;
};

struct btf_type {
	uint32_t id; /* from 1 */
	uint32_t kind;
	const char *name; /* ends with NUL inside strings; "" if there is none */
	uint32_t vlen; /* how many members and the like */
	bool flag; /* STRUCT, UNION: members may be bit-fields; ENUM: signed; FWD: a union */
	uint32_t size; /* bytes; of a kind that refers to a type: its number */
	struct span more; /* what follows the type, by its kind */
};

struct btf_iter {
	const struct btf *btf;
	uint32_t id;
	uint64_t at; /* offset in types */
};

/* bytes may have more behind it. Errors: TRUNCATED, BAD_BTF. */
enum err btf_parse(struct span bytes, bool big_endian, struct btf *ret, struct fault *fault) MUST_CHECK;

struct btf_iter btf_begin(const struct btf *btf);
/* false: at the end of types, or at a type that cannot be stepped over. */
bool btf_next(struct btf_iter *it, struct btf_type *ret);

/* The type at that offset in types; its number is not known then (0). false: as btf_next. */
bool btf_read(const struct btf *btf, uint64_t at, struct btf_type *ret);

/* 32 bits of more, at a multiple of four that lies inside. */
uint32_t btf_u32(const struct btf *btf, struct span more, uint64_t off);

#endif /* CORE_BTF_H */
