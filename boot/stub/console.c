/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See console.h. 64-bit mode, any stage of the stub. The serial port is initialised when it is
 * first used, so that a machine whose command line asks for no early output is not touched.
 */
#include "boot/stub/console.h"
#include "boot/lib/fmt.h"
#include "boot/lib/io.h"
#include "boot/lib/serial.h"
#include "boot/stub/die.h"
#include "boot/stub/vga.h"

#define SERIAL_DEFAULT_PORT 0x3f8
#define LINE_POLLS          (1 << 22)

enum channel {
	CHANNEL_SERIAL = 1 << 0,
	CHANNEL_VGA = 1 << 1,
	CHANNEL_FIRMWARE = 1 << 2,
};

static struct {
	struct console_params params;
	bool serial_ready;
	bool serial_absent;
	bool in_line;
	void (*firmware)(char c);
} console;

void console_init(const struct screen_info *screen, uint32_t vga_position)
{
	vga_init(screen, vga_position);
}

void console_configure(const struct console_params *params)
{
	console.params = *params;
	console.serial_ready = false;
}

void console_firmware(void (*put)(char c))
{
	console.firmware = put;
}

uint32_t console_vga_position(void)
{
	return vga_position();
}

void console_screen_range(uint64_t *ret_start, uint64_t *ret_end)
{
	vga_range(ret_start, ret_end);
}

static uint16_t serial_port(void)
{
	return console.params.serial_port ? console.params.serial_port : SERIAL_DEFAULT_PORT;
}

static bool serial_usable(void)
{
	if (!console.serial_ready) {
		console.serial_ready = true;
		console.serial_absent = !serial_present(serial_port());
		/* A port that nobody asked for keeps the speed that it has. */
		if (!console.serial_absent && console.params.serial_port)
			serial_init(serial_port(), console.params.serial_baud);
	}
	return !console.serial_absent;
}

static void put(char c, void *ctx)
{
	unsigned int channels = *(const unsigned int *)ctx;

	if (channels & CHANNEL_SERIAL) {
		if (c == '\n')
			serial_putc(serial_port(), '\r');
		serial_putc(serial_port(), c);
	}
	if (channels & CHANNEL_VGA)
		vga_putc(c);
	if (channels & CHANNEL_FIRMWARE)
		console.firmware(c);
}

/*
 * One line at a time, whoever has something to say. The wait is bounded, for who is told of an exception in
 * the middle of a line; a line takes a tenth of a second at 9600 baud.
 */
static void line_begin(void)
{
	for (int i = 0; i < LINE_POLLS; i++) {
		if (!__atomic_test_and_set(&console.in_line, __ATOMIC_ACQUIRE))
			return;
		cpu_pause();
	}
}

static void line_end(void)
{
	__atomic_clear(&console.in_line, __ATOMIC_RELEASE);
}

static void line(unsigned int channels, const char *format, va_list args)
{
	die_check(); /* the last word is another processor's */
	line_begin();
	/* It writes to serial ports and screens by itself. */
	if (console.firmware && channels)
		channels = CHANNEL_FIRMWARE;
	if ((channels & CHANNEL_SERIAL) && !serial_usable())
		channels &= ~(unsigned int)CHANNEL_SERIAL;
	for (const char *p = "bzforge: "; *p; p++)
		put(*p, &channels);
	fmt_vprint(put, &channels, format, args);
	put('\n', &channels);
	line_end();
}

static unsigned int early_channels(void)
{
	return (console.params.early_serial ? CHANNEL_SERIAL : 0u) |
		(console.params.early_vga ? CHANNEL_VGA : 0u);
}

void say(const char *format, ...)
{
	va_list args;

	if (console.params.quiet)
		return;
	va_start(args, format);
	line(early_channels(), format, args);
	va_end(args);
}

void say_debug(const char *format, ...)
{
	va_list args;

	if (console.params.quiet || !console.params.debug)
		return;
	va_start(args, format);
	line(early_channels(), format, args);
	va_end(args);
}

void tell(const char *format, ...)
{
	va_list args;

	if (console.params.quiet)
		return;
	va_start(args, format);
	line(early_channels() ? early_channels() : CHANNEL_SERIAL, format, args);
	va_end(args);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line(early_channels(), format, args);
	va_end(args);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line(CHANNEL_SERIAL | CHANNEL_VGA, format, args);
	va_end(args);
}

bool console_key(void)
{
	return serial_usable() && serial_poll(serial_port());
}
