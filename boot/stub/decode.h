/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chunks of the payload: checked, then decoded to where the plan says. */
#ifndef BOOT_STUB_DECODE_H
#define BOOT_STUB_DECODE_H

#include "boot/stub/crew.h"
#include "core/manifest.h"
#include "core/place.h"

struct decode {
	const struct manifest *manifest;
	const struct place_image *image;
	const struct place_plan *plan;
	void *gap; /* room for a chunk that belongs to no part of the kernel, NULL: it is not decoded */
};

/*
 * Check chunk i, and decode it; one that belongs to no part of the kernel to d->gap, if that is there.
 * elf is NULL for the first, which must be done before the others; in a stream all must come in order,
 * on one processor. ret_out: what came out, empty if nothing. The worker's gate and paging have been
 * made ready. Errors: CHUNK_CRC, BAD_MANIFEST, STACK, those of the codec; the fault's
 * offset counts in the payload.
 */
enum err decode_chunk(const struct decode *d, const struct worker *worker, const struct elf_plan *elf,
	uint32_t i, struct span *ret_out, struct fault *fault) MUST_CHECK;

/*
 * If the image's code is filtered: undo that in out, which is what decode_chunk gave for chunk i. Apart
 * from it because the first chunk tells where code lies; what is read for that is not filtered. Errors:
 * those of filter_x86_chunk.
 */
enum err decode_unfilter(const struct decode *d, const struct elf_plan *elf, uint32_t i,
	struct span out) MUST_CHECK;

#endif /* BOOT_STUB_DECODE_H */
