/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Free memory for what the kernel is to find there. */
#ifndef BOOT_STUB_CLAIM_H
#define BOOT_STUB_CLAIM_H

#include "boot/stub/stage1.h"

/*
 * The highest pages for size bytes below max: free, clear of image and work area. They are kept from then on.
 * Errors: NO_MEMORY, and those of range_set.
 *
 * For what can be done without: also clear of the init_size bytes from the kernel's default place on, which
 * are enough to boot in. So no boot fails that would not have failed anyway.
 */
enum err claim_apart(struct stage1 *s, uint64_t size, uint64_t max, enum keep reason,
	uint64_t *ret_pa) MUST_CHECK;

/*
 * For what cannot: clear of the kernel's own memory there, unless that is too much to ask: KASLR may still
 * find another place for the kernel.
 */
enum err claim_below(struct stage1 *s, uint64_t size, uint64_t max, enum keep reason,
	uint64_t *ret_pa) MUST_CHECK;

#endif /* BOOT_STUB_CLAIM_H */
