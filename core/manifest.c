/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manifest: bytes to struct and back (spec/image.h has the layout). The host tool writes it,
 * the stub and `bzforge inspect` read it; what parses needs no further check of its offsets, except
 * for what only the machine knows (the memory map) and what only a decoder knows (the codec).
 */
#include "core/manifest.h"

#include "core/crc32c.h"
#include "spec/bootparam.h"

uint32_t manifest_size(uint32_t chunk_count)
{
	return MANIFEST_CHUNKS + chunk_count * MANIFEST_CHUNK_SIZE + MANIFEST_CRC_SIZE;
}

static void read_fields(const uint8_t *p, struct manifest *m)
{
	m->codec = p[MANIFEST_CODEC];
	m->flags = p[MANIFEST_FLAGS];
	m->chunk_count = le32_get(p + MANIFEST_CHUNK_COUNT);
	m->payload_off = le32_get(p + MANIFEST_PAYLOAD_OFF);
	m->payload_size = le32_get(p + MANIFEST_PAYLOAD_SIZE);
	m->content_size = le32_get(p + MANIFEST_CONTENT_SIZE);
	m->elf_size = le32_get(p + MANIFEST_ELF_SIZE);
	m->mem_base = le64_get(p + MANIFEST_MEM_BASE);
	m->mem_size = le64_get(p + MANIFEST_MEM_SIZE);
	m->first_offset = le32_get(p + MANIFEST_FIRST_OFFSET);
	m->tail_offset = le32_get(p + MANIFEST_TAIL_OFFSET);
	m->reloc_layout = p[MANIFEST_RELOC_LAYOUT];
	m->reloc_coding = p[MANIFEST_RELOC_CODING];
	m->safe_offset = le32_get(p + MANIFEST_SAFE_OFFSET);
	m->workspace = le32_get(p + MANIFEST_WORKSPACE);
	m->cmdline_off = le32_get(p + MANIFEST_CMDLINE_OFF);
	m->cmdline_size = le32_get(p + MANIFEST_CMDLINE_SIZE);
	m->cmdline_crc = le32_get(p + MANIFEST_CMDLINE_CRC);
	m->initrd_off = le32_get(p + MANIFEST_INITRD_OFF);
	m->initrd_size = le32_get(p + MANIFEST_INITRD_SIZE);
	m->initrd_crc = le32_get(p + MANIFEST_INITRD_CRC);
	__builtin_memcpy(m->kernel_sha256, p + MANIFEST_KERNEL_SHA256, SHA256_SIZE);
}

/* Does [off, off + size) end inside of limit? */
static bool inside(uint64_t off, uint64_t size, uint64_t limit)
{
	return off <= limit && size <= limit - off;
}

static enum err check_fields(const struct manifest *m, uint64_t image_size, struct fault *fault)
{
	const uint8_t known = MANIFEST_FLAG_IN_PLACE | MANIFEST_FLAG_MOVABLE |
		MANIFEST_FLAG_VIRTUAL | MANIFEST_FLAG_FILTER_X86 | MANIFEST_FLAG_UKI;

	if (m->flags & ~known)
		return fault_set(fault, ERR_BAD_MANIFEST, "flags", MANIFEST_FLAGS, m->flags);
	if (!inside(m->payload_off, m->payload_size, image_size))
		return fault_set(
			fault, ERR_BAD_MANIFEST, "payload", MANIFEST_PAYLOAD_OFF, m->payload_off);
	if (!m->content_size)
		return fault_set(fault, ERR_BAD_MANIFEST, "content size", MANIFEST_CONTENT_SIZE, 0);
	if (m->elf_size > m->content_size)
		return fault_set(
			fault, ERR_BAD_MANIFEST, "ELF size", MANIFEST_ELF_SIZE, m->elf_size);
	if (!m->mem_size || m->mem_size > UINT64_MAX - m->mem_base)
		return fault_set(
			fault, ERR_BAD_MANIFEST, "memory size", MANIFEST_MEM_SIZE, m->mem_size);
	if (m->tail_offset > m->content_size)
		return fault_set(fault, ERR_BAD_MANIFEST, "tail offset", MANIFEST_TAIL_OFFSET,
			m->tail_offset);
	if (m->first_offset >= m->tail_offset)
		return fault_set(fault, ERR_BAD_MANIFEST, "first offset", MANIFEST_FIRST_OFFSET,
			m->first_offset);
	if (m->reloc_layout > RELOC_DYNAMIC)
		return fault_set(fault, ERR_BAD_MANIFEST, "relocation layout",
			MANIFEST_RELOC_LAYOUT, m->reloc_layout);
	if (m->reloc_coding > RELOC_COMPACT ||
		(m->reloc_coding && m->reloc_layout != RELOC_LINUX_3 &&
			m->reloc_layout != RELOC_LINUX_2))
		return fault_set(fault, ERR_BAD_MANIFEST, "relocation coding",
			MANIFEST_RELOC_CODING, m->reloc_coding);
	if (!inside(m->cmdline_off, m->cmdline_size, image_size) ||
		(m->cmdline_size && !m->cmdline_off))
		return fault_set(fault, ERR_BAD_MANIFEST, "command line", MANIFEST_CMDLINE_OFF,
			m->cmdline_off);
	if (!inside(m->initrd_off, m->initrd_size, image_size) ||
		(m->initrd_size && !m->initrd_off))
		return fault_set(
			fault, ERR_BAD_MANIFEST, "initrd", MANIFEST_INITRD_OFF, m->initrd_off);
	return ERR_OK;
}

static enum err check_chunks(const struct manifest *m, struct fault *fault)
{
	uint64_t in_end = 0, out_end = 0;
	bool anywhere = !(m->flags & MANIFEST_FLAG_IN_PLACE);
	bool goes_on = false, cut_first = anywhere || !m->first_offset, cut_tail = anywhere;

	for (uint32_t i = 0; i < m->chunk_count; i++) {
		struct manifest_chunk c = manifest_chunk(m, i);
		uint64_t at = MANIFEST_CHUNKS + (uint64_t)i * MANIFEST_CHUNK_SIZE;

		/* Without input: what the chunk before began goes on, up to the last one. */
		if (c.in_off < in_end || (!c.in_size && !i) || (c.in_size && goes_on) ||
			!inside(c.in_off, c.in_size, m->payload_size))
			return fault_set(fault, ERR_BAD_MANIFEST, "chunk input", at, c.in_off);
		if (c.out_off != out_end || !c.out_size ||
			!inside(c.out_off, c.out_size, m->content_size))
			return fault_set(fault, ERR_BAD_MANIFEST, "chunk output",
				at + MANIFEST_CHUNK_OUT_OFF, c.out_off);
		if (c.ready_after > i)
			return fault_set(fault, ERR_BAD_MANIFEST, "chunk order",
				at + MANIFEST_CHUNK_READY, c.ready_after);
		goes_on = !c.in_size;
		in_end = (uint64_t)c.in_off + c.in_size;
		out_end += c.out_size;
		cut_first |= out_end == m->first_offset;
		cut_tail |= out_end == m->tail_offset;
	}
	if (out_end != m->content_size)
		return fault_set(fault, ERR_BAD_MANIFEST, "chunks do not make the content",
			MANIFEST_CONTENT_SIZE, out_end);
	if (!cut_first)
		return fault_set(fault, ERR_BAD_MANIFEST, "no chunk begins with the segments",
			MANIFEST_FIRST_OFFSET, m->first_offset);
	if (!cut_tail)
		return fault_set(fault, ERR_BAD_MANIFEST, "no chunk ends with the segments",
			MANIFEST_TAIL_OFFSET, m->tail_offset);
	return ERR_OK;
}

enum err manifest_parse(
	struct span bytes, uint64_t image_size, struct manifest *ret, struct fault *fault)
{
	struct manifest m = {0};
	uint32_t size, crc;
	enum err e;

	if (bytes.len < manifest_size(1))
		return fault_set(fault, ERR_TRUNCATED, "manifest", 0, bytes.len);
	if (le32_get(bytes.ptr + MANIFEST_MAGIC_AT) != MANIFEST_MAGIC)
		return fault_set(fault, ERR_BAD_MANIFEST, "magic", MANIFEST_MAGIC_AT,
			le32_get(bytes.ptr + MANIFEST_MAGIC_AT));
	size = le32_get(bytes.ptr + MANIFEST_SIZE);
	if (size < manifest_size(1) || size > manifest_size(MANIFEST_CHUNKS_MAX))
		return fault_set(fault, ERR_BAD_MANIFEST, "size", MANIFEST_SIZE, size);
	if (size > bytes.len)
		return fault_set(fault, ERR_TRUNCATED, "manifest", MANIFEST_SIZE, size);
	crc = le32_get(bytes.ptr + size - MANIFEST_CRC_SIZE);
	if (crc32c(0, (struct span){bytes.ptr, size - MANIFEST_CRC_SIZE}) != crc)
		return fault_set(
			fault, ERR_MANIFEST_CRC, "checksum", size - MANIFEST_CRC_SIZE, crc);
	if (le16_get(bytes.ptr + MANIFEST_VERSION_AT) != MANIFEST_VERSION)
		return fault_set(fault, ERR_MANIFEST_VERSION, "version", MANIFEST_VERSION_AT,
			le16_get(bytes.ptr + MANIFEST_VERSION_AT));

	read_fields(bytes.ptr, &m);
	if (!m.chunk_count || m.chunk_count > MANIFEST_CHUNKS_MAX ||
		size != manifest_size(m.chunk_count))
		return fault_set(fault, ERR_BAD_MANIFEST, "number of chunks", MANIFEST_CHUNK_COUNT,
			m.chunk_count);
	m.chunks = (struct span){bytes.ptr + MANIFEST_CHUNKS, m.chunk_count * MANIFEST_CHUNK_SIZE};
	e = check_fields(&m, image_size, fault);
	if (!e)
		e = check_chunks(&m, fault);
	if (e)
		return e;
	*ret = m;
	return ERR_OK;
}

struct manifest_chunk manifest_chunk(const struct manifest *m, uint32_t i)
{
	const uint8_t *p = m->chunks.ptr + (size_t)i * MANIFEST_CHUNK_SIZE;

	return (struct manifest_chunk){
		.in_off = le32_get(p + MANIFEST_CHUNK_IN_OFF),
		.in_size = le32_get(p + MANIFEST_CHUNK_IN_SIZE),
		.out_off = le32_get(p + MANIFEST_CHUNK_OUT_OFF),
		.out_size = le32_get(p + MANIFEST_CHUNK_OUT_SIZE),
		.crc32c = le32_get(p + MANIFEST_CHUNK_CRC),
		.ready_after = le32_get(p + MANIFEST_CHUNK_READY),
	};
}

static void write_chunk(uint8_t *p, const struct manifest_chunk *c)
{
	le32_put(p + MANIFEST_CHUNK_IN_OFF, c->in_off);
	le32_put(p + MANIFEST_CHUNK_IN_SIZE, c->in_size);
	le32_put(p + MANIFEST_CHUNK_OUT_OFF, c->out_off);
	le32_put(p + MANIFEST_CHUNK_OUT_SIZE, c->out_size);
	le32_put(p + MANIFEST_CHUNK_CRC, c->crc32c);
	le32_put(p + MANIFEST_CHUNK_READY, c->ready_after);
}

enum err manifest_write(
	const struct manifest *m, const struct manifest_chunk *chunks, uint8_t *buf, size_t cap)
{
	uint32_t size;

	if (m->chunk_count > MANIFEST_CHUNKS_MAX)
		return ERR_NO_SPACE;
	size = manifest_size(m->chunk_count);
	if (size > cap)
		return ERR_NO_SPACE;
	__builtin_memset(buf, 0, MANIFEST_CHUNKS);
	le32_put(buf + MANIFEST_MAGIC_AT, MANIFEST_MAGIC);
	le32_put(buf + MANIFEST_SIZE, size);
	le16_put(buf + MANIFEST_VERSION_AT, MANIFEST_VERSION);
	buf[MANIFEST_CODEC] = m->codec;
	buf[MANIFEST_FLAGS] = m->flags;
	le32_put(buf + MANIFEST_CHUNK_COUNT, m->chunk_count);
	le32_put(buf + MANIFEST_PAYLOAD_OFF, m->payload_off);
	le32_put(buf + MANIFEST_PAYLOAD_SIZE, m->payload_size);
	le32_put(buf + MANIFEST_CONTENT_SIZE, m->content_size);
	le32_put(buf + MANIFEST_ELF_SIZE, m->elf_size);
	le64_put(buf + MANIFEST_MEM_BASE, m->mem_base);
	le64_put(buf + MANIFEST_MEM_SIZE, m->mem_size);
	le32_put(buf + MANIFEST_FIRST_OFFSET, m->first_offset);
	le32_put(buf + MANIFEST_TAIL_OFFSET, m->tail_offset);
	buf[MANIFEST_RELOC_LAYOUT] = (uint8_t)m->reloc_layout;
	buf[MANIFEST_RELOC_CODING] = (uint8_t)m->reloc_coding;
	le32_put(buf + MANIFEST_SAFE_OFFSET, m->safe_offset);
	le32_put(buf + MANIFEST_WORKSPACE, m->workspace);
	le32_put(buf + MANIFEST_CMDLINE_OFF, m->cmdline_off);
	le32_put(buf + MANIFEST_CMDLINE_SIZE, m->cmdline_size);
	le32_put(buf + MANIFEST_CMDLINE_CRC, m->cmdline_crc);
	le32_put(buf + MANIFEST_INITRD_OFF, m->initrd_off);
	le32_put(buf + MANIFEST_INITRD_SIZE, m->initrd_size);
	le32_put(buf + MANIFEST_INITRD_CRC, m->initrd_crc);
	__builtin_memcpy(buf + MANIFEST_KERNEL_SHA256, m->kernel_sha256, SHA256_SIZE);
	for (uint32_t i = 0; i < m->chunk_count; i++)
		write_chunk(buf + MANIFEST_CHUNKS + (size_t)i * MANIFEST_CHUNK_SIZE, &chunks[i]);
	le32_put(buf + size - MANIFEST_CRC_SIZE,
		crc32c(0, (struct span){buf, size - MANIFEST_CRC_SIZE}));
	return ERR_OK;
}

bool manifest_find(struct span kernel_info, struct span *ret_bytes)
{
	uint32_t fixed, magic, size;

	if (span_le32(kernel_info, KERNEL_INFO_SIZE, &fixed))
		return false;
	for (uint64_t off = fixed;; off += size) {
		if (span_le32(kernel_info, off, &magic) || span_le32(kernel_info, off + 4, &size))
			return false;
		if (size < 8 || !span_has(kernel_info, off, size))
			return false;
		if (magic == MANIFEST_MAGIC)
			return !span_sub(kernel_info, off, size, ret_bytes);
	}
}
