/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Free memory for what the kernel is to find there. */
#ifndef BOOT_STUB_CLAIM_H
#define BOOT_STUB_CLAIM_H

#include "boot/stub/stage1.h"

/*
 * The highest pages for size bytes below max: free, clear of image and work area and of the kernel's default
 * place. They are kept from then on. Errors: NO_MEMORY, and those of range_set.
 */
enum err claim_apart(struct stage1 *s, uint64_t size, uint64_t max, enum keep reason,
	uint64_t *ret_pa) MUST_CHECK;

/* The same for what cannot be done without: if need be in that place; KASLR may still find another one. */
enum err claim_below(struct stage1 *s, uint64_t size, uint64_t max, enum keep reason,
	uint64_t *ret_pa) MUST_CHECK;

#endif /* BOOT_STUB_CLAIM_H */
