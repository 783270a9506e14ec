/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is the A20 gate open? 16-bit real mode. */
#include "boot/lib/io.h"
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"

/*
 * The test writes to the vector of int 88h (reserved for BASIC interpreters, so nobody's) and looks
 * whether it shows 1 MiB higher as well, which is ffff:0230 in real mode.
 */
#define A20_PROBE_LOW   (0x88 * 4)
#define A20_PROBE_HIGH  (A20_PROBE_LOW + 0x10)
#define A20_HIGH_SEG    0xffff

bool a20_is_open(uint32_t tries)
{
	uint32_t saved, probe;
	bool open = false;

	fs_set(0);
	gs_set(A20_HIGH_SEG);
	saved = probe = fs_read32(A20_PROBE_LOW);
	while (!open && tries--) {
		fs_write32(A20_PROBE_LOW, ++probe);
		io_delay(); /* and the same pace on every machine */
		open = gs_read32(A20_PROBE_HIGH) != probe;
	}
	fs_write32(A20_PROBE_LOW, saved);
	return open;
}
