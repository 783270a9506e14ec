/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end when the kernel cannot be started: say why on every console, give somebody a chance to
 * read it, reset. Follows panic= of the command line as the kernel does after a panic: below 0
 * reset now, above 0 after that many seconds, 0 or none: wait for a key or a serial byte. 16-bit
 * real mode with the BIOS alive.
 */
#include "boot/lib/pit.h"
#include "boot/lib/serial.h"
#include "boot/setup/setup.h"
#include "core/cmdline.h"

#define TYPED_MAX 64 /* more than a keyboard or a port keeps */
#define POLL_MS  50

/* Has somebody pressed a key or sent a byte? It is taken. */
static bool die_key(void)
{
	uint16_t port = console_serial_port();

	if (keyboard_pending()) {
		keyboard_read();
		return true;
	}
	return port && serial_poll(port);
}

_Noreturn void die(enum err e, const char *detail)
{
	int32_t seconds = cmdline_int(params_cmdline(), "panic");

	say("\nbzforge: E%d %s%s%s\n", e, err_text(e), detail ? ": " : "", detail ? detail : "");
	if (seconds < 0) {
		say("bzforge: restarting now (panic=%d)\n", (int)seconds);
	} else if (seconds > 0) {
		say("bzforge: restarting in %d s (panic=%d)\n", (int)seconds, (int)seconds);
		while (seconds--)
			pit_wait_ms(1000);
	} else {
		/* What was typed before is no answer. */
		for (unsigned int i = 0; i < TYPED_MAX && die_key(); i++)
			continue;
		say("bzforge: press a key to restart\n");
		while (!die_key())
			pit_wait_ms(POLL_MS);
	}
	machine_reset();
}
