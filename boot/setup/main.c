/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of events in the setup part. Entered once from entry.S, in 16-bit real mode with the
 * BIOS alive, stack and bss ready, interrupts on. Leaves through pm.c with boot_params filled as
 * the kernel's own setup part would fill it, or through die.c.
 *
 * The CPU comes before anything that might need it; memory before the screen, so that a video BIOS
 * that changes the map (shared memory) finds the old one recorded, as the kernel is used to; A20
 * last but one, since some BIOS calls close the gate again.
 */
#include "boot/setup/setup.h"

struct boot_params boot_params __attribute__((aligned(16)));

/* entry.S prints the words for SETUP_SIGNATURE itself: they must be the ones of core/err.h. */
#define CHECK_WORDS(name, number, text)                                                    \
	_Static_assert(number != ERR_SETUP_SIGNATURE ||                                    \
		(number == 74 && __builtin_strcmp(text, SETUP_BAD_TEXT) == 0), "entry.S");
ERR_LIST(CHECK_WORDS)

_Noreturn void setup_main(void)
{
	timeline_init();
	params_init();
	console_init(params_cmdline());
	heap_init();
	cpu_check();
	platform_announce();
	memory_detect();
	timeline_stamp(TIMELINE_MEMORY);
	keyboard_init();
	platform_query_ist();
	edd_query();
	timeline_stamp(TIMELINE_DISKS);
	video_init();
	timeline_stamp(TIMELINE_VIDEO);
	pm_enter();
}
