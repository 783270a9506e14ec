/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line and initrd that `bzforge build` put into the image: they come first, what the
 * loader brought comes behind.
 */
#ifndef BOOT_STUB_EMBED_H
#define BOOT_STUB_EMBED_H

#include "boot/stub/stage1.h"

/*
 * The loader's command line where it lies, without its NUL; empty if there is none. Errors: those
 * of paging_map.
 */
enum err embed_loader_cmdline(const struct boot_params *bp, struct span *ret, struct fault *fault)
	MUST_CHECK;

/*
 * For an image with its own command line: both, NUL-terminated, in s->joined; s->cmdline is then
 * that. Errors: CMDLINE_CRC, CMDLINE_LONG.
 */
enum err embed_join_cmdline(struct stage1 *s, struct fault *fault) MUST_CHECK;

/*
 * Put the joined command line and the joined initrds into free memory, outside of image and work
 * area and of the place where the kernel goes if it is not randomised, and tell boot_params.
 * Errors: INITRD_CRC, NO_MEMORY, and those of range_set and paging_map.
 */
enum err embed_place(struct stage1 *s, struct fault *fault) MUST_CHECK;

#endif /* BOOT_STUB_EMBED_H */
