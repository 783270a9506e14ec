/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manifest (spec/image.h, docs/image-format.md): what is in one of our images and how it decodes.
 * Written by the host tool, read by the stub and by `bzforge inspect`.
 */
#ifndef CORE_MANIFEST_H
#define CORE_MANIFEST_H

#include "core/reloc_compact.h"
#include "core/sha256.h"
#include "core/span.h"
#include "spec/image.h"

struct manifest {
	uint8_t codec; /* enum codec */
	uint8_t flags; /* MANIFEST_FLAG_* */
	uint32_t chunk_count;
	uint32_t payload_off, payload_size;
	uint32_t content_size, elf_size;
	uint64_t mem_base, mem_size;
	uint32_t first_offset, tail_offset;
	enum reloc_layout reloc_layout;
	enum reloc_coding reloc_coding;
	uint32_t safe_offset, workspace;
	uint32_t cmdline_off, cmdline_size, cmdline_crc;
	uint32_t initrd_off, initrd_size, initrd_crc;
	uint8_t kernel_sha256[SHA256_SIZE];
	struct span chunks; /* chunk_count * MANIFEST_CHUNK_SIZE bytes, checked: see manifest_chunk */
};

struct manifest_chunk {
	uint32_t in_off, in_size; /* from payload_off */
	uint32_t out_off, out_size; /* in the content */
	uint32_t crc32c;
	uint32_t ready_after;
};

/*
 * bytes: the manifest as it lies in memory or file. image_size: bytes of the protected-mode part, for
 * offsets to lie in. Checked: CRC, version, every offset; chunks cover the content without gap or
 * overlap, in order, and their inputs lie in the payload in order; only the first must have one, and
 * behind a chunk without there are only such (a stream goes on); ready_after <= own number; in place,
 * chunks are cut at first_offset (if not 0) and at tail_offset. Errors: BAD_MANIFEST, MANIFEST_CRC,
 * MANIFEST_VERSION, TRUNCATED.
 */
enum err manifest_parse(struct span bytes, uint64_t image_size, struct manifest *ret,
	struct fault *fault) MUST_CHECK;

/* Chunk number i < chunk_count of a parsed manifest. */
struct manifest_chunk manifest_chunk(const struct manifest *m, uint32_t i);

/* Bytes that manifest_write needs for that many chunks. */
uint32_t manifest_size(uint32_t chunk_count);

/* Write m (its chunks span is not used) and chunk_count chunks to buf, CRC included. ERR_NO_SPACE. */
enum err manifest_write(const struct manifest *m, const struct manifest_chunk *chunks, uint8_t *buf,
	size_t cap) MUST_CHECK;

/*
 * The manifest inside kernel_info's variable part (an item begins with a magic and its size); ret is
 * untouched and the result false if there is none.
 */
bool manifest_find(struct span kernel_info, struct span *ret_bytes);

#endif /* CORE_MANIFEST_H */
