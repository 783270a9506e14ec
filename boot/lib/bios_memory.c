/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the BIOS knows of memory: E820, E801, 88h, 12h. For setup and loader, each in its mode.
 */
#include "boot/lib/bios.h"
#include "core/span.h"

#define SMAP 0x534d4150 /* "SMAP" [ACPI 6.4 section 15.1] */
#define E820_BUFFER 32 /* more than a BIOS writes (20 or 24 bytes), whatever it is asked for */

#define E801_HOLE_KB (15 * 1024) /* from 1 MiB to 16 MiB: where E801's second register begins */
#define E801_UNIT_KB 64
#define LOW_KB_MAX   640

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
unsigned int bios_e820(struct e820_entry *ret_table, unsigned int cap)
{
	uint8_t buffer[E820_BUFFER] = {0}; /* on the stack, which the BIOS reaches */
	struct bios_regs regs;
	uint32_t next = 0;
	unsigned int count = 0;

	while (count < cap) {
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
			e820_same(&entry, &ret_table[count - 1]))
			break;
		ret_table[count++] = entry;
		next = regs.ebx;
		if (!next)
			break;
	}
	return count;
}

/* int 15h AX=e801h: KiB from 1 MiB on, 64 KiB units from 16 MiB on; in ax, bx or in cx, dx. */
uint32_t bios_e801_kb(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0xe801);
	bios_int(0x15, &regs);
	if (bios_failed(&regs))
		return 0;
	if (regs.cx || regs.dx) {
		regs.ax = regs.cx;
		regs.bx = regs.dx;
	}
	if (regs.ax > E801_HOLE_KB)
		return 0; /* no such call, but no carry either */
	/* One number: what lies above a hole at 16 MiB does not count. */
	if (regs.ax < E801_HOLE_KB)
		return regs.ax;
	return regs.ax + regs.bx * (uint32_t)E801_UNIT_KB;
}

/* int 15h AH=88h: KiB from 1 MiB on, at most 64 MiB of them. */
uint16_t bios_88_kb(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x8800);
	bios_int(0x15, &regs);
	return regs.ax;
}

/* int 12h: KiB of memory below the extended BIOS data area. */
uint32_t bios_low_kb(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0);
	bios_int(0x12, &regs);
	return regs.ax && regs.ax < LOW_KB_MAX ? regs.ax : LOW_KB_MAX;
}
