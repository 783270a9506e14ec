/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Four or five levels of page tables: what the kernel gets, whatever the loader left. */
#ifndef BOOT_STUB_LEVELS_H
#define BOOT_STUB_LEVELS_H

#include "boot/stub/stage1.h"

/*
 * Change to the number of levels that core/levels.h says, if it is another than now. Needs the
 * command line and the memory map. Where that is impossible, a kernel that can live with what is stays
 * with it; else CPU_5LEVEL. Other errors: PAGE_TABLES, NO_SPACE.
 */
enum err levels_settle(struct stage1 *s, struct fault *fault) MUST_CHECK;

/* Two such pages (core/levels.h) below 1 MiB, which nothing that we know of lies in. Errors: NO_MEMORY. */
enum err levels_room_low(struct stage1 *s, uint64_t *ret_pa) MUST_CHECK;

/* What CPU, kernel and command line want. */
bool levels_wanted_five(uint16_t xloadflags, struct span cmdline);
/*
 * Change to the other number of levels, in two pages of ours at room_pa, below 4 GiB (trampoline.h).
 * Errors: PAGE_TABLES.
 */
enum err levels_change(uint64_t room_pa) MUST_CHECK;

#endif /* BOOT_STUB_LEVELS_H */
