/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mem= and memmap= of the command line. The kernel applies them to its map after we have gone, and
 * must find itself inside what is left; so the stub places it by the same rules. Built for every
 * mode.
 *
 * What the kernel does, in the order of the command line: exactmap forgets all that was there,
 * mem=N and memmap=N cut off what is there above N, the others add an entry; and in the end, where
 * entries overlap, those that are not RAM win. Hence two passes: first what makes and cuts RAM,
 * then what takes parts of it away. Two liberties, both towards using less memory: memmap=N@S
 * without exactmap adds nothing, and memmap=N%S-old+new (which changes types) takes the range away.
 */
#include "core/memparam.h"

#include "core/cmdline.h"

#define NO_DIGIT 0xff

static uint32_t digit_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20; /* to lower case */
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10u;
	return NO_DIGIT;
}

/* K is 2^10, M 2^20 and so on; 0 for another character. */
static unsigned suffix_shift(uint8_t c)
{
	switch (c | 0x20) {
	case 'k':
		return 10;
	case 'm':
		return 20;
	case 'g':
		return 30;
	case 't':
		return 40;
	case 'p':
		return 50;
	case 'e':
		return 60;
	}
	return 0;
}

enum err memparam_number(struct span text, uint64_t *ret_value, size_t *ret_used)
{
	const uint8_t *c = text.ptr;
	uint64_t value = 0, limit;
	uint32_t base = 10;
	size_t pos = 0;

	if (text.len > 2 && c[0] == '0' && (c[1] | 0x20) == 'x' && digit_value(c[2]) < 16) {
		base = 16;
		pos = 2;
	} else if (text.len && c[0] == '0') {
		base = 8;
	}
	if (pos >= text.len || digit_value(c[pos]) >= base)
		return ERR_BAD_NUMBER;
	/* Constants, because dividing by a variable needs a library function in 16-bit setup. */
	limit = base == 16 ? UINT64_MAX / 16 : base == 10 ? UINT64_MAX / 10 : UINT64_MAX / 8;
	for (; pos < text.len && digit_value(c[pos]) < base; pos++) {
		uint32_t digit = digit_value(c[pos]);

		if (value > limit || value * base > UINT64_MAX - digit)
			return ERR_OVERFLOW;
		value = value * base + digit;
	}
	if (pos < text.len) {
		unsigned shift = suffix_shift(c[pos]);

		if (shift) {
			if (value > UINT64_MAX >> shift)
				return ERR_OVERFLOW;
			value <<= shift;
			pos++;
		}
	}
	*ret_value = value;
	*ret_used = pos;
	return ERR_OK;
}

/* One item of memmap=, or mem= as the item "N". */
struct item {
	uint8_t kind; /* the character between size and start; 0: size alone; 'x': exactmap */
	uint64_t size;
	uint64_t start;
};

static bool item_parse(struct span text, struct item *ret)
{
	struct item item = {0};
	struct span rest;
	size_t used;

	if (cmdline_equal(text, "exactmap")) {
		*ret = (struct item){.kind = 'x'};
		return true;
	}
	if (memparam_number(text, &item.size, &used))
		return false;
	rest = (struct span){text.ptr + used, text.len - used};
	if (rest.len) {
		switch (rest.ptr[0]) {
		case '@':
		case '$':
		case '#':
		case '!':
		case '%':
			item.kind = rest.ptr[0];
			rest.ptr++;
			rest.len--;
			if (memparam_number(rest, &item.start, &used))
				return false;
		}
	}
	*ret = item;
	return item.size != 0;
}

/* Goes through the items of all mem= and memmap= words, up to "--", behind which words are for
 * init. */
struct walk {
	struct span cmdline;
	size_t pos;
	struct span items; /* of the current memmap= word, what is left */
};

static bool walk_next(struct walk *w, struct item *ret)
{
	struct cmdline_word word;

	for (;;) {
		while (w->items.len) {
			struct span text = {w->items.ptr, 0};
			size_t skip;

			while (text.len < w->items.len && w->items.ptr[text.len] != ',')
				text.len++;
			skip = text.len < w->items.len ? text.len + 1 : text.len;
			w->items = (struct span){w->items.ptr + skip, w->items.len - skip};
			if (item_parse(text, ret))
				return true;
		}
		if (!cmdline_next(w->cmdline, &w->pos, &word))
			return false;
		if (!word.has_value && cmdline_equal(word.name, "--"))
			return false;
		if (!word.has_value)
			continue;
		if (cmdline_equal(word.name, "memmap")) {
			w->items = word.value;
		} else if (cmdline_equal(word.name, "mem") && item_parse(word.value, ret)) {
			if (ret->kind == 'x')
				continue; /* mem=exactmap means nothing */
			ret->kind = 0; /* what follows the number is not looked at */
			return true;
		}
	}
}

enum err memparam_apply(struct span cmdline, struct range_set *usable)
{
	struct walk w = {.cmdline = cmdline};
	struct item item;
	size_t exactmaps = 0;
	enum err e;

	while (walk_next(&w, &item)) {
		e = ERR_OK;
		if (item.kind == 'x') {
			usable->count = 0;
			exactmaps++;
		} else if (item.kind == '@' && exactmaps) {
			e = range_set_add(usable, range_make(item.start, item.size));
		} else if (!item.kind) {
			e = range_set_remove(usable, (struct range){item.size, UINT64_MAX});
		}
		if (e)
			return e;
	}

	/* What was said before the last exactmap is forgotten. */
	w = (struct walk){.cmdline = cmdline};
	while (walk_next(&w, &item)) {
		if (item.kind == 'x') {
			exactmaps--;
		} else if (!exactmaps && item.kind && item.kind != '@') {
			e = range_set_remove(usable, range_make(item.start, item.size));
			if (e)
				return e;
		}
	}
	return ERR_OK;
}
