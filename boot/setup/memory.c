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

#define SMAP 0x534d4150 /* "SMAP" [ACPI 6.4 section 15.1] */
#define E820_USEFUL 2
#define E820_BUFFER 32 /* more than a BIOS writes (20 or 24 bytes), whatever it is asked for */

#define E801_HOLE_KB (15 * 1024) /* from 1 MiB to 16 MiB: where E801's second register begins */
#define E801_UNIT_KB 64
#define LOW_KB_MAX   640
#define KIB          ((uint64_t)1024)

static bool e820_same(const struct e820_entry *a, const struct e820_entry *b)
{
	return a->addr == b->addr && a->size == b->size && a->type == b->type;
}

/*
 * int 15h AX=e820h, entry by entry. The buffer is ours from call to call, since some BIOSes write
 * only what changed in it. Twenty bytes are asked for: the attributes that ACPI 3 adds are wrong
 * too often. The end is ebx = 0, or carry; a continuation value that does not move, with an entry
 * that does not change, is taken for the end as well. Without "SMAP" in eax nothing that came
 * before can be trusted.
 */
static void memory_e820(void)
{
	static uint8_t buffer[E820_BUFFER];
	struct bios_regs regs;
	uint32_t next = 0;
	unsigned int count = 0;

	while (count < BP_E820_MAX) {
		struct e820_entry entry;

		bios_regs_init(&regs, 0xe820);
		regs.ebx = next;
		regs.ecx = E820_ENTRY_SIZE;
		regs.edx = SMAP;
		regs.di = bios_offset(buffer);
		bios_int(0x15, &regs);
		if (bios_failed(&regs))
			break;
		if (regs.eax != SMAP) {
			count = 0;
			break;
		}
		entry.addr = le64_get(buffer);
		entry.size = le64_get(buffer + 8);
		entry.type = le32_get(buffer + 16);
		if (count && regs.ebx == next &&
			e820_same(&entry, &boot_params.e820_table[count - 1]))
			break;
		boot_params.e820_table[count++] = entry;
		next = regs.ebx;
		if (!next)
			break;
	}
	boot_params.e820_entries = (uint8_t)count;
}

/* int 15h AX=e801h: KiB from 1 MiB on, 64 KiB units from 16 MiB on; in ax, bx or in cx, dx. */
static void memory_e801(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0xe801);
	bios_int(0x15, &regs);
	if (bios_failed(&regs))
		return;
	if (regs.cx || regs.dx) {
		regs.ax = regs.cx;
		regs.bx = regs.dx;
	}
	if (regs.ax > E801_HOLE_KB)
		return; /* no such call, but no carry either */
	/* One number: what lies above a hole at 16 MiB does not count. */
	boot_params.alt_mem_k = regs.ax;
	if (regs.ax == E801_HOLE_KB)
		boot_params.alt_mem_k += regs.bx * E801_UNIT_KB;
}

/* int 15h AH=88h: KiB from 1 MiB on, at most 64 MiB of them. */
static void memory_88(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x8800);
	bios_int(0x15, &regs);
	boot_params.screen_info.ext_mem_k = regs.ax;
}

/* int 12h: KiB of memory below the extended BIOS data area. */
static uint32_t memory_low_kb(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0);
	bios_int(0x12, &regs);
	return regs.ax && regs.ax < LOW_KB_MAX ? regs.ax : LOW_KB_MAX;
}

static void memory_from_sizes(void)
{
	uint32_t low_kb = memory_low_kb();
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
	memory_e820();
	memory_e801();
	memory_88();
	note("bzforge: setup: %u memory map entries from E820, %u KiB from E801, %u KiB from 88h\n",
		boot_params.e820_entries, (unsigned int)boot_params.alt_mem_k,
		boot_params.screen_info.ext_mem_k);
	if (boot_params.e820_entries < E820_USEFUL)
		memory_from_sizes();
}
