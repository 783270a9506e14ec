/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting content into chunks that decode independently, and checking chunks of a finished image
 * with the stub's own decoder.
 */
#ifndef HOST_CHUNKS_H
#define HOST_CHUNKS_H

#include "core/place.h"
#include "host/kernel.h"

#define CHUNK_SIZE (8 * 1024 * 1024) /* of output; docs/image-format.md says why 8 MiB */

struct chunk_list {
	struct manifest_chunk c[MANIFEST_CHUNKS_MAX];
	uint32_t count;
};

/*
 * Cut [0, content_size) every CHUNK_SIZE bytes, and where in place where the ELF's pieces end;
 * input offsets are left 0. Errors: NO_SPACE (too many chunks), BAD_SEGMENT.
 */
enum err chunks_cut(const struct elf_plan *plan, uint64_t content_size, bool in_place,
	struct chunk_list *ret) MUST_CHECK;

/*
 * From chunks with their inputs: the CRCs, safe_offset, and which chunks must wait for which when
 * they are decoded over the payload (ready_after). image: all of it but safe_offset. Errors:
 * OVERFLOW, BAD_MANIFEST.
 */
enum err chunks_order(struct chunk_list *chunks, const struct place_image *image,
	const struct elf_plan *plan, struct span stream, uint64_t *ret_safe_offset) MUST_CHECK;

/*
 * One of our images, opened: check each chunk's CRC, decode it with the stub's decoder, compare
 * with the content that the whole stream gave. Troubles are added to k->problems.
 */
enum status chunks_check(struct kernel *k);

#endif /* HOST_CHUNKS_H */
