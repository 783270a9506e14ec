/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leaving real mode: the last calls to the BIOS and to the loader, then interrupts off wherever
 * they can come from. Ends in pmjump.S. 16-bit real mode.
 */
#include "boot/lib/io.h"
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"

#define CMOS_INDEX    0x70
#define CMOS_NMI_OFF  0x80
#define FPU_BUSY      0xf0 /* a write clears the latch of IGNNE# [PC/AT] */
#define FPU_RESET     0xf1
#define PIC1_DATA     0x21
#define PIC2_DATA     0xa1
#define PIC_ALL       0xff
#define PIC_CASCADE   0x04 /* the one line that leads to the other PIC */

_Noreturn void pm_jump(uint32_t entry_pa, uint32_t boot_params_pa); /* pmjump.S */
void pm_call_hook(uint32_t far_pointer); /* pmjump.S */

static void interrupts_off(void)
{
	if (boot_params.hdr.realmode_swtch) {
		/* The loader wants to have the last word; turning NMI off is then its job too. */
		pm_call_hook(boot_params.hdr.realmode_swtch);
	} else {
		cpu_cli();
		outb(CMOS_INDEX, CMOS_NMI_OFF);
		io_delay();
	}
	outb(FPU_BUSY, 0);
	io_delay();
	outb(FPU_RESET, 0);
	io_delay();
	outb(PIC2_DATA, PIC_ALL);
	io_delay();
	outb(PIC1_DATA, PIC_ALL & ~PIC_CASCADE);
	io_delay();
}

/*
 * A20 is opened while the BIOS can still speak for us if it fails, and looked at once more when the
 * loader's hook has run: a DOS memory manager may close it there.
 */
_Noreturn void pm_enter(void)
{
	const char *method;

	if (a20_open(&method) != ERR_OK)
		die(ERR_A20, NULL);
	note("bzforge: setup: A20 gate: %s; protected mode at 0x%08x\n", method,
		(unsigned int)boot_params.hdr.code32_start);
	interrupts_off();
	if (a20_open(&method) != ERR_OK)
		die(ERR_A20, "the loader's hook closed it");
	timeline_hand_over();
	pm_jump(boot_params.hdr.code32_start,
		((uint32_t)ds_get() << 4) + (uint32_t)(uintptr_t)&boot_params);
}
