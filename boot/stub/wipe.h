/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leave nothing of ours in memory that the kernel takes for free: payload, stacks, work areas. */
#ifndef BOOT_STUB_WIPE_H
#define BOOT_STUB_WIPE_H

#include "boot/stub/stub.h"

/*
 * Clear what stage 2 needs no more, by all of the crew, and say in *ret_rest what it still stands on: that is kernel_jump's
 * to clear. mem_size: of the kernel. Without handover->wipe nothing is cleared, and *ret_rest is empty.
 * Errors: those of paging_map.
 */
enum err wipe_left(const struct handover *handover, const struct place_image *image, uint64_t mem_size,
	struct crew *crew, struct jump_wipe *ret_rest) MUST_CHECK;

/* When the others are gone: their memory. */
void wipe_others(const struct handover *handover);

#endif /* BOOT_STUB_WIPE_H */
