/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carry out the part of the placement plan that moves the stub and the payload. */
#ifndef BOOT_STUB_MOVE_H
#define BOOT_STUB_MOVE_H

#include "boot/stub/stub.h"

/*
 * Go on in stage 2, in place or in a copy, with what handover says (it lies in stage 1's work area
 * work_pa). Returns only errors: NO_MEMORY when the copy would fall on the code that makes it, and
 * those of paging_map.
 */
enum err move_and_enter(struct handover *handover, const struct place_image *image,
	uint64_t image_pa, uint64_t work_pa, struct fault *fault) MUST_CHECK;

#endif /* BOOT_STUB_MOVE_H */
