/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two words with the BIOS that belong to nothing else. 16-bit real mode.
 *
 * APM is not asked for: kernels for 64-bit CPUs are built without it, and boot_params.apm_bios_info
 * stays zero as in their own setup part.
 */
#include "boot/setup/setup.h"

#define TARGET_LONG_MODE 2
#define IST_MAGIC        0x47534943 /* asks for Intel SpeedStep information */

/* int 15h AX=ec00h: the BIOS hears which CPU mode comes [AMD, "Hammer" BIOS developer's guide]. */
void platform_announce(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0xec00);
	regs.bx = TARGET_LONG_MODE;
	bios_int(0x15, &regs);
}

/*
 * int 15h AX=e980h. Some BIOSes older than SpeedStep crash in it, but no 64-bit CPU runs on those.
 * The registers are handed on as they come, failed call included: whoever reads them checks the
 * signature.
 */
void platform_query_ist(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0xe980);
	regs.edx = IST_MAGIC;
	bios_int(0x15, &regs);
	boot_params.ist_info = (struct ist_info){
		.signature = regs.eax,
		.command = regs.ebx,
		.event = regs.ecx,
		.perf_level = regs.edx,
	};
}
