/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's command line: cut into words. Built for every mode, 16-bit setup included.
 *
 * The grammar is the kernel's own [admin-guide/kernel-parameters.rst]: a double quote anywhere in a
 * word turns white space into part of the word until the next quote; quotes around the whole word
 * or around the value are not part of them; the first '=' that is not the word's first byte ends
 * the name.
 */
#include "core/cmdline.h"

static bool is_end(struct span s, size_t pos)
{
	return pos >= s.len || !s.ptr[pos];
}

/* Bytes in front of the NUL or the span's end. */
static size_t text_len(struct span s)
{
	size_t len = 0;

	while (!is_end(s, len))
		len++;
	return len;
}

static struct span cut(struct span s, size_t from, size_t to)
{
	return (struct span){s.ptr + from, to - from};
}

bool cmdline_next(struct span cmdline, size_t *pos, struct cmdline_word *ret)
{
	const uint8_t *c = cmdline.ptr;
	size_t start, end, equals = 0;
	bool quoted, in_quote;

	for (start = *pos; !is_end(cmdline, start) && c[start] <= ' ';)
		start++;
	if (is_end(cmdline, start)) {
		*pos = start;
		return false;
	}
	quoted = in_quote = c[start] == '"';
	if (quoted)
		start++;
	for (end = start; !is_end(cmdline, end) && (in_quote || c[end] > ' '); end++) {
		if (c[end] == '"')
			in_quote = !in_quote;
		else if (c[end] == '=' && !equals && end > start)
			equals = end;
	}
	*pos = end;

	/* A quote in front of the word or of the value takes one at the end with it. */
	if (equals) {
		size_t value = equals + 1;

		if (value < end && c[value] == '"') {
			value++;
			quoted = true;
		}
		if (quoted && end > value && c[end - 1] == '"')
			end--;
		*ret = (struct cmdline_word){
			cut(cmdline, start, equals), cut(cmdline, value, end), true};
	} else {
		if (quoted && end > start && c[end - 1] == '"')
			end--;
		*ret = (struct cmdline_word){.name = cut(cmdline, start, end)};
	}
	return true;
}

bool cmdline_equal(struct span text, const char *name)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (!name[i] || text.ptr[i] != (uint8_t)name[i])
			return false;
	}
	return !name[i];
}

bool cmdline_has(struct span cmdline, const char *name)
{
	struct cmdline_word word;
	size_t pos = 0;

	while (cmdline_next(cmdline, &pos, &word)) {
		if (cmdline_equal(word.name, name))
			return true;
	}
	return false;
}

bool cmdline_value(struct span cmdline, const char *name, struct span *ret_value)
{
	struct cmdline_word word;
	size_t pos = 0;
	bool found = false;

	while (cmdline_next(cmdline, &pos, &word)) {
		if (word.has_value && cmdline_equal(word.name, name)) {
			*ret_value = word.value;
			found = true;
		}
	}
	return found;
}

struct span cmdline_behind_first(struct span cmdline)
{
	struct cmdline_word word;
	size_t pos = 0, end = text_len(cmdline);

	if (cmdline_next(cmdline, &pos, &word)) {
		while (pos < end && cmdline.ptr[pos] <= ' ')
			pos++;
	}
	return cut(cmdline, pos, end);
}

bool cmdline_is_empty(struct span cmdline)
{
	struct cmdline_word word;
	size_t pos = 0;

	if (!cmdline_next(cmdline, &pos, &word))
		return true;
	return cmdline_equal(word.name, "BOOT_IMAGE") && !cmdline_next(cmdline, &pos, &word);
}

size_t cmdline_clean(uint8_t *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ')
			text[i] = ' ';
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return len;
}

int32_t cmdline_int(struct span cmdline, const char *name)
{
	struct span value;
	int32_t n = 0;
	bool negative;

	if (!cmdline_value(cmdline, name, &value))
		return 0;
	negative = value.len && value.ptr[0] == '-';
	for (size_t i = negative; i < value.len; i++) {
		int32_t digit = value.ptr[i] - '0';

		if (digit < 0 || digit > 9)
			return 0;
		n = n > (INT32_MAX - digit) / 10 ? INT32_MAX : n * 10 + digit;
	}
	return negative ? -n : n;
}

enum err cmdline_join(
	struct span first, struct span second, uint8_t *buf, size_t cap, size_t *ret_len)
{
	size_t len1 = text_len(first), len2 = text_len(second);
	size_t space = len1 && len2;
	size_t room = cap;

	if (len1 >= room)
		return ERR_CMDLINE_LONG;
	room -= len1;
	if (space >= room)
		return ERR_CMDLINE_LONG;
	room -= space;
	if (len2 >= room)
		return ERR_CMDLINE_LONG;
	for (size_t i = 0; i < len1; i++)
		buf[i] = first.ptr[i];
	if (space)
		buf[len1] = ' ';
	for (size_t i = 0; i < len2; i++)
		buf[len1 + space + i] = second.ptr[i];
	buf[len1 + space + len2] = 0;
	*ret_len = len1 + space + len2;
	return ERR_OK;
}
