/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line and initrd that `bzforge build` put into the image: they come first, what the
 * loader brought comes behind.
 */
#ifndef BOOT_STUB_EMBED_H
#define BOOT_STUB_EMBED_H

#include "boot/stub/memory.h"
#include "core/manifest.h"
#include "core/place.h"

#define CMDLINE_MAX 0xffff /* more than any kernel takes */

/*
 * The loader's command line where it lies, without its NUL; empty if there is none. Errors: those of
 * paging_map.
 */
enum err embed_loader_cmdline(const struct boot_params *bp, struct span *ret, struct fault *fault)
	MUST_CHECK;

/*
 * For an image with its own command line: both, NUL-terminated, in buf (CMDLINE_MAX + 1 bytes). Errors:
 * CMDLINE_CRC, CMDLINE_LONG, and those of paging_map.
 */
enum err embed_join_cmdline(const struct manifest *m, uint64_t image_pa, const struct boot_params *bp,
	uint8_t *buf, struct span *ret_cmdline, struct fault *fault) MUST_CHECK;

/*
 * Put the joined command line and the joined initrds into free memory, outside of image, work area and
 * of the place where the kernel goes if it is not randomised, and tell boot_params. Errors: INITRD_CRC,
 * NO_MEMORY, and those of range_set.
 */
enum err embed_place(const struct manifest *m, const struct place_image *image, uint64_t image_pa,
	struct boot_params *bp, struct span cmdline, struct memory *memory, struct fault *fault) MUST_CHECK;

#endif /* BOOT_STUB_EMBED_H */
