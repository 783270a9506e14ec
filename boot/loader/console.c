/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Screen and keyboard through the BIOS, and the first serial port as a terminal beside them, at the speed it
 * has. What is typed on either counts.
 */
#include "boot/lib/fmt.h"
#include "boot/lib/pit.h"
#include "boot/lib/serial.h"
#include "boot/loader/loader.h"

#define COM1_PORT 0x3f8
#define POLL_MS   10
#define ESC_MS    20 /* how long the rest of a terminal's sequence may take */
#define SCAN_UP   0x48
#define SCAN_DOWN 0x50

static uint16_t port;
static bool complained;

void console_init(void)
{
	if (serial_present(COM1_PORT)) {
		port = COM1_PORT;
		serial_init(port, 0);
	}
}

static void put(char c, void *ctx)
{
	struct bios_regs regs;

	if (c == '\n')
		put('\r', ctx);
	bios_regs_init(&regs, 0x0e00 | (uint8_t)c); /* int 10h AH=0eh: teletype */
	regs.bx = 0x0007; /* page 0, light grey */
	bios_int(0x10, &regs);
	if (port)
		serial_putc(port, c);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fmt_vprint(put, NULL, format, args);
	va_end(args);
}

void say_span(struct span text, size_t max)
{
	for (size_t i = 0; i < text.len && i < max; i++)
		put(text.ptr[i] >= ' ' && text.ptr[i] < 0x7f ? (char)text.ptr[i] : '?', NULL);
}

void clear_screen(void)
{
	struct bios_regs regs;

	if (complained) { /* somebody has to read it */
		complained = false;
		say("\n");
		return;
	}
	bios_regs_init(&regs, 0x0003); /* int 10h AX=0003h: text of 80 columns, cleared */
	bios_int(0x10, &regs);
	for (const char *s = port ? "\x1b[2J\x1b[H" : ""; *s; s++)
		serial_putc(port, *s);
}

void complain(enum err e, struct span what, const struct fault *fault)
{
	complained = true;
	say("\nbzforge: E%d %s", e, err_text(e));
	if (what.len) {
		say(": ");
		say_span(what, what.len);
	}
	/* What concerns the disk has a place there, everything else one in the file. */
	if (fault && fault->text)
		say(e >= ERR_BAD_PARTITIONS && e <= ERR_DISK_WRITE ? ": %s (sector %llu, value 0x%llx)"
								   : ": %s (offset 0x%llx, value 0x%llx)",
			fault->text, (unsigned long long)fault->offset, (unsigned long long)fault->value);
	say("\n");
}

/* A terminal sends ESC [ A for an arrow, or an ESC alone for that key. */
static uint32_t serial_key(uint8_t c)
{
	uint8_t next[2] = {0, 0};

	if (c == '\n')
		return KEY_ENTER;
	if (c == 0x7f)
		return KEY_BACKSPACE;
	if (c != KEY_ESCAPE)
		return c;
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int ms = 0; ms < ESC_MS && !serial_read(port, &next[i]); ms++)
			pit_wait_ms(1);
		if (!i && next[0] != '[' && next[0] != 'O')
			return KEY_ESCAPE;
	}
	return next[1] == 'A' ? KEY_UP : next[1] == 'B' ? KEY_DOWN : KEY_OTHER;
}

uint32_t key_poll(void)
{
	uint8_t c;

	if (keyboard_pending()) {
		uint16_t key = keyboard_read();

		c = (uint8_t)key;
		if (c && c != 0xe0)
			return c;
		return key >> 8 == SCAN_UP ? KEY_UP : key >> 8 == SCAN_DOWN ? KEY_DOWN : KEY_OTHER;
	}
	if (port && serial_read(port, &c))
		return serial_key(c);
	return KEY_NONE;
}

uint32_t key_wait_ms(uint32_t ms)
{
	uint32_t key = key_poll();

	for (; !key && ms >= POLL_MS; ms -= POLL_MS) {
		pit_wait_ms(POLL_MS);
		key = key_poll();
	}
	return key;
}
