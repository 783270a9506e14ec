/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preparing a BIOS call, and the A20 gate seen from protected mode. See boot/lib/bios.h. */
#include "boot/lib/bios.h"
#include "boot/lib/io.h"

/* The vector of int 88h (reserved for BASIC interpreters, so nobody's), and 1 MiB above. */
#define A20_PROBE 0x220
#define A20_MIB   0x100000

/* Segment 0 reaches what is below 64 KiB: our stack, and .low. Interrupts are on in a BIOS call. */
void bios_regs_init(struct bios_regs *regs, uint16_t ax)
{
	*regs = (struct bios_regs){.eax = ax, .flags = FLAG_IF | FLAG_CF};
}

static volatile uint32_t *word_at(uintptr_t pa)
{
	__asm__("" : "+r"(pa)); /* compilers take page 0 for a null pointer */
	return (volatile uint32_t *)pa;
}

bool a20_is_open(uint32_t tries)
{
	volatile uint32_t *low = word_at(A20_PROBE), *high = word_at(A20_PROBE + A20_MIB);
	uint32_t saved = *low, probe = saved;
	bool open = false;

	while (!open && tries--) {
		*low = ++probe;
		io_delay(); /* and the same pace on every machine */
		open = *high != probe;
	}
	*low = saved;
	return open;
}
