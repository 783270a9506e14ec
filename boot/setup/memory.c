/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory map: E820, E801 and 88h, each into its own field of boot_params, as the kernel expects
 * to find them. 16-bit real mode.
 *
 * A map of fewer than two entries is taken for none by the kernel, which then goes by the larger of
 * the two sizes. Since the stub needs a map, the same is done here, and the result put where E820's
 * would be.
 */
#include "boot/setup/setup.h"

#define E820_USEFUL 2
#define KIB          ((uint64_t)1024)

static void memory_from_sizes(void)
{
	uint32_t low_kb = bios_low_kb();
	uint32_t high_kb = boot_params.alt_mem_k;

	if (high_kb < boot_params.screen_info.ext_mem_k)
		high_kb = boot_params.screen_info.ext_mem_k;
	if (!high_kb)
		return;
	boot_params.e820_table[0] = (struct e820_entry){0, low_kb * KIB, E820_RAM};
	boot_params.e820_table[1] = (struct e820_entry){1024 * KIB, high_kb * KIB, E820_RAM};
	boot_params.e820_entries = 2;
}

void memory_detect(void)
{
	boot_params.e820_entries = (uint8_t)bios_e820(boot_params.e820_table, BP_E820_MAX);
	boot_params.alt_mem_k = bios_e801_kb();
	boot_params.screen_info.ext_mem_k = bios_88_kb();
	note("bzforge: setup: %u memory map entries from E820, %u KiB from E801, %u KiB from 88h\n",
		boot_params.e820_entries, (unsigned int)boot_params.alt_mem_k,
		boot_params.screen_info.ext_mem_k);
	if (boot_params.e820_entries < E820_USEFUL)
		memory_from_sizes();
}
