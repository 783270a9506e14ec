/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of events in the loader. Entered once from head.S, with all of the loader in memory, in 32-bit
 * protected mode, bss and stack ready, interrupts off. Leaves to a kernel (linux.c), or hands the machine back to
 * the BIOS when there is nothing that could be booted.
 */
#include "boot/loader/loader.h"

#define LOW_KB_MIN (LOADER_END / 1024)
#define STAY_S     10 /* so long words stay on the screen if nobody presses a key */

static char cmdline[CMDLINE_MAX];

/* The BIOS goes on with its next device. */
static _Noreturn void give_up(enum err e, const struct fault *fault)
{
	complain(e, (struct span){0}, fault);
	say("bzforge: back to the BIOS in %u s, or with a key\n", STAY_S);
	key_wait_ms(STAY_S * 1000);
	bios_boot_next();
}

static enum err prepare(struct fault *fault)
{
	const char *method;
	enum err e;

	if (bios_low_kb() < LOW_KB_MIN)
		return fault_set(fault, ERR_LOW_MEMORY, "KiB there are", 0, bios_low_kb());
	e = a20_open(&method);
	if (!e)
		e = memory_init();
	if (!e)
		e = disk_open(fault);
	if (!e)
		e = volumes_find(fault);
	return e;
}

_Noreturn void loader_main(void)
{
	struct fault fault = {0};
	struct entry *entry;
	enum err e;

	console_init();
	e = prepare(&fault);
	if (e)
		give_up(e, &fault);
	entries_find();
	if (!entry_count)
		give_up(ERR_NO_ENTRY, NULL);
	for (bool again = false;; again = true) {
		entry = menu_run(again, cmdline);
		linux_boot(entry, cmdline);
	}
}
