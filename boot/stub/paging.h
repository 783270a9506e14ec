/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stub's own page tables: every address maps to itself, in pages of 2 MiB, and only what is
 * needed gets mapped, when it is first touched. Page faults may come from several processors at a
 * time; everything else is one processor's while the others have nothing to do.
 */
#ifndef BOOT_STUB_PAGING_H
#define BOOT_STUB_PAGING_H

#include "core/range.h"

/* First address that four levels cannot map to itself. */
#define PAGING_LIMIT_4 (1ull << 47)

/* Empty tables from the pool [pool_pa, pool_end_pa); as many levels as the CPU uses right now. */
void paging_init(uint64_t pool_pa, uint64_t pool_end_pa);
/* First page of the pool that no table is in. */
uint64_t paging_pool_free(void);
/* Their root. */
uint64_t paging_root(void);
/* Make these tables the CPU's. Code, stack and GDT must have been mapped. */
void paging_activate(void);

/*
 * Map all of r now. Errors: PAGE_TABLES (pool used up), OVERFLOW (addresses that cannot be mapped
 * to themselves).
 */
enum err paging_map(struct range r) MUST_CHECK;
/* Map the 2 MiB around pa, which are a device's registers, uncached. Errors as above. */
enum err paging_map_device(uint64_t pa) MUST_CHECK;
/* Let page faults inside r, or inside a range of ram, map what they touch. */
enum err paging_allow(struct range r) MUST_CHECK;
void paging_allow_ram(const struct range_set *ram);
/*
 * Is a page fault at address such a one? Then it is mapped. Errors: EXCEPTION if not, PAGE_TABLES.
 */
enum err paging_fault(uint64_t address) MUST_CHECK;

/* Page 0 is left out to catch null pointers; a kernel may expect it, and the BIOS left facts there. */
enum err paging_map_page0(void) MUST_CHECK;
enum err paging_unmap_page0(void) MUST_CHECK;

/* Has the CPU five levels now (CR4.LA57)? */
bool paging_five_levels(void);
/*
 * Go on with five levels instead of four, or the other way round, through trampoline.S in the two
 * pages at room_pa, which are mapped and lie below 4 GiB. From five to four: all that is in use lies
 * below PAGING_LIMIT_4. Errors: PAGE_TABLES.
 */
enum err paging_change_levels(uint64_t room_pa) MUST_CHECK;

#endif /* BOOT_STUB_PAGING_H */
