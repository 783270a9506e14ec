/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting the machine anew. For setup and loader, each in its mode. */
#include "boot/lib/bios.h"
#include "boot/lib/io.h"
#include "boot/lib/pit.h"

#define KBC_STATUS   0x64
#define KBC_COMMAND  0x64
#define KBC_RESET    0xfe /* pulse the CPU's reset line */
#define KBC_ABSENT   0xff
#define PCI_RESET    0xcf9
#define PCI_RESET_ARM 0x02
#define PCI_RESET_CPU 0x06

#define RESET_MS 50 /* how long a way of resetting gets to work */

/* From the gentlest to the surest. */
_Noreturn void machine_reset(void)
{
	if (inb(KBC_STATUS) != KBC_ABSENT)
		outb(KBC_COMMAND, KBC_RESET);
	pit_wait_ms(RESET_MS);
	outb(PCI_RESET, PCI_RESET_ARM);
	outb(PCI_RESET, PCI_RESET_CPU);
	pit_wait_ms(RESET_MS);
	bios_reset();
}
