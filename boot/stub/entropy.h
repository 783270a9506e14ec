/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unpredictable bytes for the kernel's place, from everything that a bare machine has. */
#ifndef BOOT_STUB_ENTROPY_H
#define BOOT_STUB_ENTROPY_H

#include "core/random.h"
#include "spec/bootparam.h"

/* Fill s; says on the console which sources took part and whether they are worth anything. */
void entropy_collect(struct random_state *s, const struct boot_params *bp);

#endif /* BOOT_STUB_ENTROPY_H */
