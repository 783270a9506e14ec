/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vga=ask, and what a mode that does not exist leads to: a list of modes, and a prompt for one of
 * them by its place in the list (0 to z) or by its number. 16-bit real mode.
 */
#include "boot/lib/pit.h"
#include "boot/setup/setup.h"
#include "boot/setup/video.h"

#define MENU_SECONDS 30
#define MENU_POLL_MS 50
#define MENU_PLACES  36 /* 0 to 9, a to z */
#define MENU_COLUMNS 4
#define MENU_DIGITS  4 /* of a mode number */

static void menu_show(const struct video_mode *modes, size_t count, unsigned int *place)
{
	for (size_t i = 0; i < count; i++) {
		unsigned int n = (*place)++;
		char key = n < 10 ? (char)('0' + n) : n < MENU_PLACES ? (char)('a' + n - 10) : ' ';

		say("%c %03x %4ux%u", key, modes[i].id, modes[i].width, modes[i].height);
		if (modes[i].depth)
			say("x%-3u", modes[i].depth);
		else
			say(" text");
		say(n % MENU_COLUMNS == MENU_COLUMNS - 1 ? "\n" : "  ");
	}
}

static void menu_show_all(void)
{
	const struct video_mode *modes;
	unsigned int place = 0;
	size_t count;

	say("Video modes (%s):\n", vga_adapter_name());
	modes = vga_modes(&count);
	menu_show(modes, count, &place);
	modes = vesa_modes(&count);
	menu_show(modes, count, &place);
	say("\nKey or number of a mode, or only ENTER for the present one: ");
}

static int menu_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1;
}

/* One character is a place in the list, more are a mode number in hexadecimal. */
static uint16_t menu_read(void)
{
	unsigned int count = 0;
	uint16_t v = 0;

	for (;;) {
		uint8_t c = (uint8_t)keyboard_read();
		int digit = menu_digit(c);

		if (c == '\r')
			break;
		if (c == '\b' && count) {
			say("\b \b");
			count--;
			v >>= 4;
		} else if (digit >= 0 && count < MENU_DIGITS) {
			say("%c", c);
			v = count++ ? (uint16_t)(v << 4 | (digit & 15)) : (uint16_t)digit;
		}
	}
	say("\n");
	return count ? v : MODE_CURRENT;
}

/* A key within 30 seconds, 0 if there is none. */
static uint8_t menu_first_key(void)
{
	for (unsigned int i = 0; i < MENU_SECONDS * 1000 / MENU_POLL_MS; i++) {
		if (keyboard_pending())
			return (uint8_t)keyboard_read();
		pit_wait_ms(MENU_POLL_MS);
	}
	return 0;
}

uint16_t video_menu(void)
{
	uint8_t key;

	while (keyboard_pending())
		keyboard_read();
	say("Press ENTER to see the video modes, SPACE to go on; going on in %u seconds.\n",
		MENU_SECONDS);
	do
		key = menu_first_key();
	while (key && key != ' ' && key != '\r');
	if (key != '\r')
		return MODE_CURRENT;
	menu_show_all();
	return menu_read();
}
