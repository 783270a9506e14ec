/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/console: which ports a command line asks for. */
#include "tests/unit/unit.h"

#include "core/console.h"

static void test_lines(void **state)
{
	static const struct {
		const char *line;
		struct console_params want; /* port, baud, early serial, early VGA, quiet, debug, timeline */
	} cases[] = {
		{"", {0}},
		{"root=/dev/sda1 ro", {0}},
		{"earlyprintk=serial", {0x3f8, 9600, true}},
		{"earlyprintk=serial,ttyS1", {0x2f8, 9600, true}},
		{"earlyprintk=serial,ttyS0,115200", {0x3f8, 115200, true}},
		{"earlyprintk=serial,ttyS2,57600", {0x3e8, 57600, true}},
		{"earlyprintk=serial,0x2e8,38400", {0x2e8, 38400, true}},
		{"earlyprintk=serial,0x1234", {0x1234, 9600, true}},
		{"earlyprintk=serial,115200", {0x3f8, 115200, true}},
		{"earlyprintk=serial,ttyS0,115200,keep", {0x3f8, 115200, true}},
		{"earlyprintk=serial,keep", {0x3f8, 9600, true}},
		{"earlyprintk=serial,0x12345", {0x3f8, 74565, true}},
		{"earlyprintk=ttyS1", {0x2f8, 9600, true}},
		{"earlyprintk=ttyS0,115200", {0x3f8, 115200, true}},
		{"earlyprintk=ttyS9", {0}},
		{"earlyprintk=ttyS10", {0}},
		{"earlyprintk=ttyS", {0}},
		{"earlyprintk=ttyS0,0", {0x3f8, 9600, true}},
		{"earlyprintk=vga", {0, 0, false, true}},
		{"earlyprintk=serial earlyprintk=vga", {0, 0, false, true}},
		{"earlyprintk=efi", {0}},
		{"earlyprintk", {0}},
		{"console=ttyS0", {0x3f8, 0, false}},
		{"console=ttyS1,115200n8", {0x2f8, 115200, false}},
		{"console=tty0", {0}},
		{"console=ttyS0 console=tty0", {0x3f8, 0, false}},
		{"console=ttyS0 console=ttyS1", {0x2f8, 0, false}},
		{"console=uart8250,io,0x3f8,115200n8", {0x3f8, 115200, true}},
		{"console=uart,io,0x2f8", {0x2f8, 0, true}},
		{"console=uart8250,mmio,0xfe000000", {0}},
		{"console=uart8250,io,0", {0}},
		{"console=ttyS0,115200 earlyprintk=ttyS1,9600", {0x2f8, 9600, true}},
		{"console=ttyS0,115200 earlyprintk=vga", {0x3f8, 115200, false, true}},
		{"quiet", {.quiet = true}},
		{"earlyprintk=serial quiet bzforge.debug", {0x3f8, 9600, true, false, true, true, true}},
		{"bzforge.debug=time", {.timeline = true}},
		{"bzforge.debug=1", {.debug = true, .timeline = true}},
		{"bzforge.debug=times", {.debug = true, .timeline = true}},
		{"bzforge.debug=", {.debug = true, .timeline = true}},
		{"bzforge.debug=time bzforge.debug", {.debug = true, .timeline = true}},
		{"bzforge.debug bzforge.debug=time", {.debug = true, .timeline = true}},
		{"bzforge.debugger=time xbzforge.debug", {0}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *line = cases[i].line;
		struct console_params got;

		memset(&got, 0xaa, sizeof(got));
		console_parse(text_span(line), &got);
		CHECK_EQ(line, got.serial_port, cases[i].want.serial_port);
		CHECK_EQ(line, got.serial_baud, cases[i].want.serial_baud);
		CHECK_EQ(line, got.early_serial, cases[i].want.early_serial);
		CHECK_EQ(line, got.early_vga, cases[i].want.early_vga);
		CHECK_EQ(line, got.quiet, cases[i].want.quiet);
		CHECK_EQ(line, got.debug, cases[i].want.debug);
		CHECK_EQ(line, got.timeline, cases[i].want.timeline);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
