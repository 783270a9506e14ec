/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the stub says, on the serial port and on the VGA text screen. Each line begins with
 * "bzforge: ".
 */
#ifndef BOOT_STUB_CONSOLE_H
#define BOOT_STUB_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/console.h"
#include "spec/bootparam.h"

#define PRINTF_LIKE __attribute__((format(printf, 1, 2)))

/*
 * params: NULL until the command line has been read; errors then go to the first serial port.
 * screen stays in use. vga_position: 0, or where another copy of the stub stopped writing.
 */
/* Firmware that still runs has the only console; NULL when it is gone. */
void console_firmware(void (*put)(char c));
void console_init(const struct screen_info *screen, uint32_t vga_position);
void console_configure(const struct console_params *params);
uint32_t console_vga_position(void);
/* Memory that the screen lies in, [start, end); empty if there is no text screen. */
void console_screen_range(uint64_t *ret_start, uint64_t *ret_end);

/* Progress: on consoles that the command line asked for early output on, unless it says quiet. */
void say(const char *format, ...) PRINTF_LIKE;
/* Tables: as say, under bzforge.debug. */
void say_debug(const char *format, ...) PRINTF_LIKE;
/* What was asked for by name: as say, but on the first serial port if there is no early console. */
void tell(const char *format, ...) PRINTF_LIKE;
/* Something the user should know: on every early console, even when quiet. */
void warn(const char *format, ...) PRINTF_LIKE;
/* The end: on every console there is. */
void complain(const char *format, ...) PRINTF_LIKE;
/* Did somebody send a byte to one of our serial ports? */
bool console_key(void);

#endif /* BOOT_STUB_CONSOLE_H */
