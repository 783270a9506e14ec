/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See levels.h. Memory below 1 MiB, as a BIOS leaves it:
 *
 *   0        0x1000                            low_end         0xa0000    0x100000
 *   | BIOS's | free ................... | room | EBDA, SMM ... | video ... |
 */
#include "core/levels.h"
#include "spec/bootparam.h"
#include "spec/x86.h"

#define FIRST_MIB     0x100000
#define FOUR_GIB      0x100000000
/* Less base memory than this no PC with 64 bits has. */
#define LOW_MIN       0x20000
/* Every BIOS keeps something below 640 KiB, also those that forget to say so. */
#define LOW_MAX       0x9f000

bool levels_kernel_can(uint16_t xloadflags)
{
	return (xloadflags & XLF_5LEVEL) && (xloadflags & XLF_5LEVEL_ENABLED);
}

bool levels_want_five(const struct levels_facts *facts)
{
	return facts->cpu_can && levels_kernel_can(facts->xloadflags) && !facts->forbidden;
}

uint64_t levels_low_end(uint16_t ebda_segment, uint16_t base_kb)
{
	uint64_t end = (uint64_t)base_kb * 1024, ebda = (uint64_t)ebda_segment * 16;

	if (end < LOW_MIN || end > LOW_MAX)
		end = LOW_MAX;
	if (ebda >= LOW_MIN && ebda < end)
		end = ebda;
	return align_down(end, PAGE_4K);
}

/* Page 0 holds interrupt vectors and BIOS data. */
enum err levels_find_low_room(const struct range_set *ram, uint64_t low_end, uint64_t *ret_pa)
{
	return range_set_find_high(ram, LEVELS_ROOM_SIZE, PAGE_4K, PAGE_4K, low_end, ret_pa);
}

enum err levels_find_room(const struct range_set *ram, uint64_t low_end, uint64_t *ret_pa)
{
	enum err err = levels_find_low_room(ram, low_end, ret_pa);

	if (err == ERR_NO_MEMORY)
		err = range_set_find_high(ram, LEVELS_ROOM_SIZE, PAGE_4K, FIRST_MIB, FOUR_GIB,
			ret_pa);
	return err;
}
