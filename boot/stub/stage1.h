/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that stage 1 knows, in one place: it lies in the work area's heap, which the decoder takes
 * over in stage 2.
 */
#ifndef BOOT_STUB_STAGE1_H
#define BOOT_STUB_STAGE1_H

#include "boot/stub/stub.h"
#include "core/memory.h"

#define CMDLINE_MAX 0xffff /* more than any kernel takes */

struct stage1 {
	uint64_t image_pa; /* where the loader put the image */
	struct range in_use; /* the image and the work area behind it */
	struct stub_info info;
	struct manifest manifest;
	struct place_image image;
	struct boot_params *bp;
	struct span cmdline; /* the loader's, or joined */
	uint8_t joined[CMDLINE_MAX + 1];
	struct memory memory;
	struct range_set mapped; /* what the kernel gets mapped besides itself; lies in the hand-over */
};
_Static_assert(sizeof(struct stage1) <= WORK_HEAP_SIZE, "struct stage1");

#endif /* BOOT_STUB_STAGE1_H */
