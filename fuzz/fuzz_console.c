/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a command line that names consoles: the answer makes sense, and repeats. */
#include "fuzz/fuzz.h"

#include "core/cmdline.h"
#include "core/console.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = {data, size};
	struct console_params p, again;

	memset(&p, 0, sizeof(p));
	memset(&again, 0xff, sizeof(again));
	console_parse(line, &p);
	console_parse(line, &again);
	FUZZ_CHECK(p.serial_port == again.serial_port && p.serial_baud == again.serial_baud &&
		p.early_serial == again.early_serial && p.early_vga == again.early_vga);
	FUZZ_CHECK(p.serial_port || (!p.serial_baud && !p.early_serial));
	FUZZ_CHECK(p.quiet == cmdline_has(line, "quiet"));
	FUZZ_CHECK(!p.early_vga || cmdline_has(line, "earlyprintk"));
	FUZZ_CHECK(
		!p.serial_port || cmdline_has(line, "earlyprintk") || cmdline_has(line, "console"));
	return 0;
}
