/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The consoles of the setup part: the screen through the BIOS, and one serial port if the command
 * line names one. 16-bit real mode; works from console_init on, and says nothing before.
 */
#include "boot/lib/fmt.h"
#include "boot/lib/serial.h"
#include "boot/setup/setup.h"

#define COM1_PORT 0x3f8

static struct console_params console;

/*
 * Without a port on the command line, errors still go to the first one, at the speed it has. A port
 * is set up only if an early console was asked for: otherwise its speed is none of our business.
 */
void console_init(struct span cmdline)
{
	console_parse(cmdline, &console);
	if (boot_params.hdr.loadflags & LOADFLAG_QUIET)
		console.quiet = true;
	if (!console.serial_port)
		console.serial_port = COM1_PORT;
	if (!serial_present(console.serial_port))
		console.serial_port = 0;
	else if (console.early_serial)
		serial_init(console.serial_port, console.serial_baud);
}

uint16_t console_serial_port(void)
{
	return console.serial_port;
}

bool console_wants_timeline(void)
{
	return console.timeline;
}

static void screen_put(char c, void *ctx)
{
	struct bios_regs regs;

	if (c == '\n')
		screen_put('\r', ctx);
	bios_regs_init(&regs, 0x0e00 | (uint8_t)c); /* int 10h AH=0eh: teletype */
	regs.bx = 0x0007; /* page 0, light grey */
	regs.cx = 1;
	bios_int(0x10, &regs);
}

static void serial_put(char c, void *ctx)
{
	if (c == '\n')
		serial_put('\r', ctx);
	serial_putc(console.serial_port, c);
}

/*
 * First the screen, then the port: where the BIOS shows its screen on the same port, the text comes
 * twice, but in one piece.
 */
static void console_print(bool screen, bool serial, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	if (screen)
		fmt_vprint(screen_put, NULL, format, args);
	if (serial && console.serial_port)
		fmt_vprint(serial_put, NULL, format, again);
	va_end(again);
}

void note(const char *format, ...)
{
	va_list args;

	if (console.quiet)
		return;
	va_start(args, format);
	console_print(console.early_vga, console.early_serial, format, args);
	va_end(args);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	console_print(true, true, format, args);
	va_end(args);
}
