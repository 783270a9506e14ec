/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preparing a BIOS call. 16-bit real mode.
 */
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"

void bios_regs_init(struct bios_regs *regs, uint16_t ax)
{
	uint16_t segment = ds_get();

	*regs = (struct bios_regs){
		.eax = ax,
		.flags = (eflags_get() & FLAG_IF) | FLAG_CF,
		.ds = segment,
		.es = segment,
	};
}
