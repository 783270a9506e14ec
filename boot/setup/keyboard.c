/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keyboard through the BIOS: shift state for the kernel, repeat rate, and reading keys for the
 * mode menu and for "press a key". 16-bit real mode.
 */
#include "boot/setup/setup.h"

void keyboard_init(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x0200); /* int 16h AH=02h: shift flags */
	bios_int(0x16, &regs);
	boot_params.kbd_status = regs.al;

	bios_regs_init(&regs, 0x0305); /* AX=0305h: repeat rate BH, BL = 0: fastest, 250 ms delay */
	bios_int(0x16, &regs);
}
