/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory cleared and copied by a whole crew, a piece at a time. */
#ifndef BOOT_STUB_SPREAD_H
#define BOOT_STUB_SPREAD_H

#include "boot/stub/crew.h"

/* crew: NULL, or one that nothing is run on. */
void spread_clear(struct crew *crew, uint64_t pa, uint64_t size);
/* The two do not overlap. */
void spread_copy(struct crew *crew, uint64_t to_pa, uint64_t from_pa, uint64_t size);

#endif /* BOOT_STUB_SPREAD_H */
