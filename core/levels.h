/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many levels shall the kernel's page tables have, and where is there room to change that?
 *
 * CR4.LA57 cannot be changed while paging is on [SDM3 4.1.2]. So the change is made by a few
 * instructions in 32-bit mode, in memory below 4 GiB, where the root of the page tables must lie for
 * that time, too: two pages, whose contents are put back afterwards. Computes only.
 */
#ifndef CORE_LEVELS_H
#define CORE_LEVELS_H

#include "core/range.h"

#define LEVELS_ROOM_SIZE 0x2000

struct levels_facts {
	uint16_t xloadflags; /* of the kernel */
	bool cpu_can; /* CPUID.(7,0):ECX[16] */
	bool forbidden; /* no5lvl */
};

/* Does the kernel run with five levels? With four each does. */
bool levels_kernel_can(uint16_t xloadflags);
/* Five levels if CPU and kernel can and nobody forbids it; else four. */
bool levels_want_five(const struct levels_facts *facts);

/*
 * Where memory below 1 MiB ends, by the words at 0x40e (segment of the extended BIOS data area) and
 * 0x413 (KiB of base memory) in the BIOS data area. Values that no BIOS leaves there, like the zeros
 * of a machine without one, are not believed.
 */
uint64_t levels_low_end(uint16_t ebda_segment, uint16_t base_kb);

/*
 * Two pages of RAM: the highest below low_end; for levels_find_room also the highest between 1 MiB and 4 GiB. ram: without
 * what runs or is read during the change. Errors: NO_MEMORY.
 */
enum err levels_find_low_room(const struct range_set *ram, uint64_t low_end, uint64_t *ret_pa) MUST_CHECK;
enum err levels_find_room(const struct range_set *ram, uint64_t low_end, uint64_t *ret_pa) MUST_CHECK;

#endif /* CORE_LEVELS_H */
