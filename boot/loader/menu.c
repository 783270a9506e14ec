/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu: a list, keys, and a line to edit. On screen and serial port alike, hence nothing but lines that are
 * written again when something changes.
 */
#include "boot/loader/loader.h"
#include "core/cmdline.h"

#define SECOND_MS  1000
#define HOLD_MS    50 /* a key pressed before the menu would come brings it */
#define LINES      20 /* entries to be seen at once */
#define KEYS_EDIT  'e'

/* Titles that are not alone get their version behind them. */
static bool title_is_shared(uint32_t i)
{
	struct span title = entry_list[i]->conf.title, other;

	for (uint32_t k = 0; k < entry_count; k++) {
		other = entry_list[k]->conf.title;
		if (k != i && other.len == title.len &&
			!__builtin_memcmp(other.ptr, title.ptr, title.len))
			return true;
	}
	return false;
}

static void say_title(uint32_t i)
{
	struct entry *entry = entry_list[i];

	say_span(entry->conf.title, TITLE_MAX);
	if (title_is_shared(i)) {
		say(" (");
		say_span(entry->conf.version.len ? entry->conf.version : entry->name, TITLE_MAX);
		say(")");
	}
	if (entry->key.counted)
		say(" [tries left: %u]", entry->key.left);
	if (entry->error)
		say(" [%s]", err_text(entry->error));
	say("\n");
}

static void draw(uint32_t chosen)
{
	uint32_t first = chosen < LINES ? 0 : chosen - LINES + 1;

	clear_screen();
	say("bzforge: choose with the arrow keys, ENTER boots%s\n\n",
		config.editor ? ", e edits the command line" : "");
	for (uint32_t i = first; i < entry_count && i < first + LINES; i++) {
		say(i == chosen ? "  > " : "    ");
		say_title(i);
	}
	say("\n");
}

/* The first that the pattern fits, with or without its suffix; else the first of all. */
static uint32_t find_default(void)
{
	for (uint32_t i = 0; config.default_pattern.len && i < entry_count; i++) {
		struct entry *entry = entry_list[i];

		if (bls_glob(config.default_pattern, entry->key.id) ||
			bls_glob(config.default_pattern, entry->name))
			return i;
	}
	return 0;
}

enum err entry_cmdline(const struct entry *entry, char *cmdline)
{
	size_t len = 0;

	cmdline[0] = 0;
	for (uint32_t i = 0; i < entry->conf.options_count; i++) {
		struct span so_far = {(const uint8_t *)cmdline, len}, next = entry->conf.options[i];

		if (len + 1 + next.len >= CMDLINE_MAX)
			return ERR_CMDLINE_LONG;
		if (so_far.len && next.len)
			cmdline[len++] = ' ';
		__builtin_memcpy(cmdline + len, next.ptr, next.len);
		len += next.len;
		cmdline[len] = 0;
	}
	return ERR_OK;
}

/* At the line's end only. False: escape. */
static bool edit(char *cmdline)
{
	size_t len = __builtin_strlen(cmdline);

	say("command line (ENTER boots, Ctrl-U clears, ESC goes back):\n%s", cmdline);
	for (;;) {
		uint32_t key = key_wait_ms(SECOND_MS);

		if (key == KEY_ENTER) {
			say("\n");
			return true;
		}
		if (key == KEY_ESCAPE)
			return false;
		if (key == KEY_BACKSPACE && len) {
			cmdline[--len] = 0;
			say("\b \b");
		} else if (key == KEY_KILL) {
			for (; len; len--)
				say("\b \b");
			cmdline[0] = 0;
		} else if (key >= ' ' && key < 0x7f && len + 1 < CMDLINE_MAX) {
			cmdline[len++] = (char)key;
			cmdline[len] = 0;
			say("%c", (int)key);
		}
	}
}

/* Wait for a key while the seconds run; KEY_ENTER when they are over. */
static uint32_t count_down(uint32_t seconds)
{
	for (; seconds; seconds--) {
		uint32_t key;

		say("\rbooting in %u s; any key stops this  ", seconds);
		key = key_wait_ms(SECOND_MS);
		if (key) {
			say("\n");
			return key;
		}
	}
	say("\n");
	return KEY_ENTER;
}

struct entry *menu_run(bool again, char *cmdline)
{
	uint32_t chosen = find_default(), key = KEY_NONE;
	enum err e;

	if (!again && !config.timeout && !key_wait_ms(HOLD_MS))
		key = KEY_ENTER;
	else if (!again)
		draw(chosen);
	if (!again && config.timeout && config.timeout != BLS_TIMEOUT_FOREVER)
		key = count_down(config.timeout);
	if (again) {
		say("press a key for the menu\n");
		while (!key_wait_ms(SECOND_MS))
			continue;
		draw(chosen);
	}
	for (;; key = KEY_NONE) {
		while (!key)
			key = key_wait_ms(SECOND_MS);
		e = entry_cmdline(entry_list[chosen], cmdline);
		if (e && (key == KEY_ENTER || key == KEYS_EDIT)) {
			complain(e, entry_list[chosen]->name, NULL);
			continue;
		}
		if (key == KEY_ENTER)
			return entry_list[chosen];
		if (key == KEYS_EDIT && config.editor && edit(cmdline))
			return entry_list[chosen];
		if (key == KEY_UP && chosen)
			chosen--;
		if (key == KEY_DOWN && chosen + 1 < entry_count)
			chosen++;
		draw(chosen);
	}
}
