/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's command line as boot code reads it: words separated by white space (bytes up to 0x20),
 * ended by NUL or by the span's end; quotes keep a word together, as in the kernel's own parser.
 */
#ifndef CORE_CMDLINE_H
#define CORE_CMDLINE_H

#include "core/span.h"

/* Is there a word that equals name, or a "name=..." word? */
bool cmdline_has(struct span cmdline, const char *name);

/* The value of the last "name=value" word; quotes around the value removed. False if there is none. */
bool cmdline_value(struct span cmdline, const char *name, struct span *ret_value);

/*
 * The last "name=N" as a whole decimal number, a minus sign allowed, cut to what 32 bits hold; 0 if
 * there is none or it is no number.
 */
int32_t cmdline_int(struct span cmdline, const char *name);

/* Go through the words: *pos starts at 0. False at the end. A word is name and, if has_value, value. */
struct cmdline_word {
	struct span name;
	struct span value;
	bool has_value;
};
bool cmdline_next(struct span cmdline, size_t *pos, struct cmdline_word *ret);

/* What comes behind the first word and its white space. */
struct span cmdline_behind_first(struct span cmdline);

/*
 * Is there nothing but what loaders put there by themselves: no word, or only GRUB's "BOOT_IMAGE=FILE"
 * in front?
 */
bool cmdline_is_empty(struct span cmdline);

/*
 * As systemd's stub has lines: control characters in text become spaces, those at its end are left away.
 * Returns the length.
 */
size_t cmdline_clean(uint8_t *text, size_t len);

/* Does text equal the NUL-terminated name? */
bool cmdline_equal(struct span text, const char *name);

/*
 * first, a space, second, NUL into buf (the space only between two non-empty parts). Errors:
 * CMDLINE_LONG when it needs more than cap bytes, NUL included.
 */
enum err cmdline_join(struct span first, struct span second, uint8_t *buf, size_t cap, size_t *ret_len)
	MUST_CHECK;

#endif /* CORE_CMDLINE_H */
