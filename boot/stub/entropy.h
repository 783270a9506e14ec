/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entropy for the choice of the kernel's place: from the CPU, the timer chip, loader and firmware. */
#ifndef BOOT_STUB_ENTROPY_H
#define BOOT_STUB_ENTROPY_H

#include "core/random.h"
#include "spec/bootparam.h"

/*
 * Fill random; says on the console which sources took part and whether they are worth anything. The
 * seeds of loader and firmware are left as they are, for the kernel.
 */
void entropy_collect(struct random_state *random, const struct boot_params *bp,
	struct span firmware_seed);

#endif /* BOOT_STUB_ENTROPY_H */
