/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory that kernels and initrds may go to: what the BIOS says is RAM, from 1 MiB on. */
#include "boot/loader/loader.h"
#include "core/e820.h"

#define RANGES_MAX 160
#define KIB        ((uint64_t)1024)
#define E820_USEFUL 2 /* entries: as setup and kernel have it */

struct e820_entry memory_map[BP_E820_MAX];
uint32_t memory_map_count;
static struct range usable_ranges[RANGES_MAX], ram_ranges[RANGES_MAX], reserved_ranges[RANGES_MAX];
struct range_set memory_usable = {usable_ranges, 0, RANGES_MAX};

static uint32_t map_from_sizes(void)
{
	uint32_t kb = bios_e801_kb(), kb_88 = bios_88_kb();

	if (kb < kb_88)
		kb = kb_88;
	memory_map[0] = (struct e820_entry){1024 * KIB, kb * KIB, E820_RAM};
	return 1;
}

enum err memory_init(void)
{
	struct range_set ram = {ram_ranges, 0, RANGES_MAX}, reserved = {reserved_ranges, 0, RANGES_MAX};
	enum err e;

	memory_map_count = bios_e820(memory_map, BP_E820_MAX);
	if (memory_map_count < E820_USEFUL)
		memory_map_count = map_from_sizes();
	e = e820_split((struct span){(const uint8_t *)memory_map, memory_map_count * E820_ENTRY_SIZE}, &ram,
		&reserved, NULL);
	if (!e)
		e = e820_usable(&ram, &reserved, &memory_usable);
	return e;
}
