/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * earlyprintk=, console=, quiet, bzforge.debug: where early messages go, and which. Built for 16-bit setup and for the stub,
 * so that both speak on the same port at the same speed.
 *
 * The last earlyprintk= and the last console= that name a port count; earlyprintk= goes first, as
 * in the kernel's setup code. More than that code knows: ttyS2 and ttyS3, and console=ttySn, which
 * does not ask for early messages but tells where an error is best shown.
 */
#include "core/console.h"

#include "core/cmdline.h"
#include "core/memparam.h"

#define DEFAULT_BAUD 9600

static bool eat(struct span *s, const char *prefix)
{
	size_t len = 0;

	while (prefix[len]) {
		if (len >= s->len || s->ptr[len] != (uint8_t)prefix[len])
			return false;
		len++;
	}
	*s = (struct span){s->ptr + len, s->len - len};
	return true;
}

static bool eat_number(struct span *s, uint32_t max, uint32_t *ret)
{
	uint64_t value;
	size_t used;

	if (memparam_number(*s, &value, &used) || !value || value > max)
		return false;
	*s = (struct span){s->ptr + used, s->len - used};
	*ret = (uint32_t)value;
	return true;
}

/* The four ports that a PC has had since the AT; ttyS of another number is not ours to guess. */
static bool eat_tty(struct span *s, uint32_t *ret_port)
{
	struct span rest = *s;

	if (!eat(&rest, "ttyS") || !rest.len)
		return false;
	switch (rest.ptr[0]) {
	case '0':
		*ret_port = 0x3f8;
		break;
	case '1':
		*ret_port = 0x2f8;
		break;
	case '2':
		*ret_port = 0x3e8;
		break;
	case '3':
		*ret_port = 0x2e8;
		break;
	default:
		return false;
	}
	if (rest.len > 1 && rest.ptr[1] >= '0' && rest.ptr[1] <= '9')
		return false;
	*s = (struct span){rest.ptr + 1, rest.len - 1};
	return true;
}

static uint32_t eat_baud(struct span *s, uint32_t otherwise)
{
	uint32_t baud;

	return eat(s, ",") && eat_number(s, UINT32_MAX, &baud) ? baud : otherwise;
}

static void parse_earlyprintk(struct span value, struct console_params *p)
{
	uint32_t port = 0;

	if (eat(&value, "vga")) {
		p->early_vga = true;
		return;
	}
	if (eat(&value, "serial")) {
		struct span rest = value;

		port = 0x3f8;
		if (eat(&rest, ",") &&
			(eat_tty(&rest, &port) ||
				(rest.len > 1 && rest.ptr[1] == 'x' &&
					eat_number(&rest, UINT16_MAX, &port))))
			value = rest;
	} else if (!eat_tty(&value, &port)) {
		return;
	}
	p->serial_port = (uint16_t)port;
	p->serial_baud = eat_baud(&value, DEFAULT_BAUD);
	p->early_serial = true;
}

static void parse_console(struct span value, struct console_params *p)
{
	uint32_t port;
	bool early = eat(&value, "uart8250,io,") || eat(&value, "uart,io,");

	if (early ? !eat_number(&value, UINT16_MAX, &port) : !eat_tty(&value, &port))
		return;
	p->serial_port = (uint16_t)port;
	p->serial_baud = eat_baud(&value, 0);
	p->early_serial = early;
}

void console_parse(struct span cmdline, struct console_params *ret)
{
	struct console_params early = {0}, console = {0};
	struct cmdline_word word;
	bool debug = false, timeline = false;
	size_t pos = 0;

	while (cmdline_next(cmdline, &pos, &word)) {
		if (cmdline_equal(word.name, "bzforge.debug")) {
			timeline = true;
			debug |= !word.has_value || !cmdline_equal(word.value, "time");
		}
		if (!word.has_value)
			continue;
		if (cmdline_equal(word.name, "earlyprintk")) {
			early = (struct console_params){0};
			parse_earlyprintk(word.value, &early);
		} else if (cmdline_equal(word.name, "console")) {
			parse_console(word.value, &console);
		}
	}
	*ret = early.serial_port ? early : console;
	ret->early_vga = early.early_vga;
	ret->quiet = cmdline_has(cmdline, "quiet");
	ret->debug = debug;
	ret->timeline = timeline;
}
