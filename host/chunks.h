/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting content into chunks that decode independently, and checking chunks of a finished image
 * with the stub's own decoder.
 */
#ifndef HOST_CHUNKS_H
#define HOST_CHUNKS_H

#include "core/place.h"
#include "host/kernel.h"

#define CHUNK_WHOLE     0 /* instead of a size: content, or piece of it, is not cut */
#define CHUNK_SIZE_MIN  (1024 * 1024)
#define CHUNK_SIZE_MAX  (1024 * 1024 * 1024)
#define CHUNK_SIZE_EVEN (8 * 1024 * 1024) /* up to that, a piece is cut into even parts */

struct chunk_list {
	struct manifest_chunk c[MANIFEST_CHUNKS_MAX];
	uint32_t count;
	uint32_t chunk_size; /* of output, what they have at most, or CHUNK_WHOLE */
	struct ahead *ahead; /* some of them may be compressed already (host/ahead.h); or NULL */
	bool filtered; /* the content's code went through a branch filter: xz needs none of its own */
	/* of a stream codec, set when it was written: */
	uint64_t stream_margin; /* in-place margin, measured */
	uint64_t stream_window; /* the decoder needs this many bytes of what it made */
};

/*
 * Cut [0, content_size), and in place each of the ELF's pieces, into as few parts of at most chunk_size
 * bytes as there have to be; input offsets are left 0. Errors: NO_SPACE (too many chunks), BAD_SEGMENT.
 */
enum err chunks_cut(const struct elf_plan *plan, uint64_t content_size, bool in_place,
	uint32_t chunk_size, struct chunk_list *ret) MUST_CHECK;

/*
 * From chunks as compress() left them: the CRCs, safe_offset, and which chunks must wait for which when
 * they are decoded over the payload (ready_after). image: all of it but safe_offset. Errors:
 * OVERFLOW, BAD_MANIFEST.
 */
enum err chunks_order(enum codec codec, struct chunk_list *chunks, const struct place_image *image,
	const struct elf_plan *plan, struct span stream, uint64_t *ret_safe_offset) MUST_CHECK;

/* Bytes of heap that a decoder needs for any of the chunks, which compress() has seen. */
uint64_t chunks_workspace(enum codec codec, const struct chunk_list *chunks);

/*
 * One of our images, opened: check each chunk's CRC, decode it with the stub's decoder, compare
 * with the content that the whole stream gave. Troubles are added to k->problems.
 */
enum status chunks_check(struct kernel *k);

#endif /* HOST_CHUNKS_H */
