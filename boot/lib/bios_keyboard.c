/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys, through the BIOS. For setup and loader, each in its mode. */
#include "boot/lib/bios.h"

bool keyboard_pending(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x0100); /* AH=01h: ZF set if there is no key */
	regs.flags |= FLAG_ZF; /* a BIOS without this call changes nothing: no key */
	bios_int(0x16, &regs);
	return !(regs.flags & FLAG_ZF);
}

uint16_t keyboard_read(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x0000); /* AH=00h: wait for a key */
	bios_int(0x16, &regs);
	return regs.ax;
}
