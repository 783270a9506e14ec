/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot entries, their names, and loader.conf; bls_order.c compares them. See bls.h. */
#include "core/bls.h"
#include "core/cmdline.h"

#define TRIES_DIGITS_MAX 9 /* so that a number fits into 32 bits */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool bls_line_next(struct span text, size_t *pos, struct bls_line *ret)
{
	while (*pos < text.len) {
		size_t at = *pos, end = at, key_end;

		while (end < text.len && text.ptr[end] != '\n')
			end++;
		*pos = end < text.len ? end + 1 : end;
		while (at < end && is_blank(text.ptr[at]))
			at++;
		while (end > at && is_blank(text.ptr[end - 1]))
			end--;
		if (at == end || text.ptr[at] == '#')
			continue;
		for (key_end = at; key_end < end && !is_blank(text.ptr[key_end]);)
			key_end++;
		ret->offset = at;
		ret->key = (struct span){text.ptr + at, key_end - at};
		while (key_end < end && is_blank(text.ptr[key_end]))
			key_end++;
		ret->value = (struct span){text.ptr + key_end, end - key_end};
		return true;
	}
	return false;
}

static enum err add(struct span *list, uint32_t cap, uint32_t *count, const struct bls_line *line,
	const char *what, struct fault *fault)
{
	if (*count == cap)
		return fault_set(fault, ERR_NO_SPACE, what, line->offset, cap);
	list[(*count)++] = line->value;
	return ERR_OK;
}

enum err bls_entry_parse(struct span text, struct bls_entry *ret, struct fault *fault)
{
	struct bls_line line;
	size_t pos = 0;
	enum err e;

	__builtin_memset(ret, 0, sizeof(*ret));
	while (bls_line_next(text, &pos, &line)) {
		e = ERR_OK;
		if (!line.value.len)
			continue;
		if (cmdline_equal(line.key, "title"))
			ret->title = line.value;
		else if (cmdline_equal(line.key, "version"))
			ret->version = line.value;
		else if (cmdline_equal(line.key, "sort-key"))
			ret->sort_key = line.value;
		else if (cmdline_equal(line.key, "machine-id"))
			ret->machine_id = line.value;
		else if (cmdline_equal(line.key, "architecture"))
			ret->architecture = line.value;
		else if (cmdline_equal(line.key, "initrd"))
			e = add(ret->initrd, BLS_INITRDS_MAX, &ret->initrd_count, &line, "initrd", fault);
		else if (cmdline_equal(line.key, "options"))
			e = add(ret->options, BLS_OPTIONS_MAX, &ret->options_count, &line, "options", fault);
		else if (cmdline_equal(line.key, "linux") || cmdline_equal(line.key, "efi") ||
			cmdline_equal(line.key, "uki")) {
			if (ret->kernel.len)
				e = fault_set(fault, ERR_BAD_BOOT_ENTRY, "a second kernel", line.offset, 0);
			ret->kernel = line.value;
		}
		if (e)
			return e;
	}
	if (!ret->kernel.len)
		return fault_set(fault, ERR_BAD_BOOT_ENTRY, "no line says linux, efi or uki", 0, 0);
	return ERR_OK;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool same_word(struct span s, const char *word)
{
	size_t i = 0;

	while (i < s.len && word[i] && lower(s.ptr[i]) == (uint8_t)word[i])
		i++;
	return i == s.len && !word[i];
}

bool bls_architecture_fits(struct span architecture)
{
	return !architecture.len || same_word(architecture, "x64");
}

/* The digits at the end of s as a number; cuts them off. False if there are none, or too many. */
static bool take_number(struct span *s, uint32_t *ret)
{
	uint32_t v = 0, unit = 1, digits = 0;

	for (; s->len && s->ptr[s->len - 1] >= '0' && s->ptr[s->len - 1] <= '9'; s->len--, digits++) {
		if (digits == TRIES_DIGITS_MAX)
			return false;
		v += (uint32_t)(s->ptr[s->len - 1] - '0') * unit;
		unit *= 10;
	}
	*ret = v;
	return digits > 0;
}

static bool take_char(struct span *s, uint8_t c)
{
	if (!s->len || s->ptr[s->len - 1] != c)
		return false;
	s->len--;
	return true;
}

/* id without "+LEFT" or "+LEFT-DONE" at its end; what has another form is a part of the name. */
static void take_counter(struct bls_name *name)
{
	struct span rest = name->id;
	uint32_t left, done = 0;

	if (!take_number(&rest, &left))
		return;
	if (take_char(&rest, '-')) {
		done = left;
		if (!take_number(&rest, &left))
			return;
	}
	if (!take_char(&rest, '+'))
		return;
	name->counted = true;
	name->left = left;
	name->done = done;
	name->counter = (struct span){name->id.ptr + rest.len, name->id.len - rest.len};
	name->id = rest;
}

bool bls_name_parse(struct span file_name, const char *suffix, struct bls_name *ret)
{
	struct bls_name name = {.id = file_name};
	size_t len = 0;

	while (suffix[len])
		len++;
	if (file_name.len <= len || file_name.ptr[0] == '.')
		return false;
	name.id.len -= len;
	if (!same_word((struct span){file_name.ptr + name.id.len, len}, suffix))
		return false;
	take_counter(&name);
	*ret = name;
	return true;
}

static size_t put_bytes(uint8_t *buf, size_t at, const uint8_t *from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf[at++] = from[i];
	return at;
}

static size_t put_number(uint8_t *buf, size_t at, uint32_t v)
{
	size_t digits = 1, i;

	for (uint32_t rest = v; rest >= 10; rest /= 10)
		digits++;
	for (i = digits; i > 0; i--, v /= 10)
		buf[at + i - 1] = (uint8_t)('0' + v % 10);
	return at + digits;
}

size_t bls_name_count(struct span file_name, const struct bls_name *name, size_t max, uint8_t *buf)
{
	size_t suffix = file_name.len - name->id.len - name->counter.len, at, left_end;

	if (!name->counted || !name->left)
		return 0;
	at = put_bytes(buf, 0, name->id.ptr, name->id.len);
	buf[at++] = '+';
	left_end = at = put_number(buf, at, name->left - 1);
	buf[at++] = '-';
	at = put_number(buf, at, name->done + 1);
	if (at + suffix > max)
		at = left_end;
	return put_bytes(buf, at, file_name.ptr + file_name.len - suffix, suffix);
}

static bool parse_bool(struct span v, bool otherwise)
{
	if (same_word(v, "yes") || same_word(v, "y") || same_word(v, "true") || same_word(v, "t") ||
		same_word(v, "on") || same_word(v, "1"))
		return true;
	if (same_word(v, "no") || same_word(v, "n") || same_word(v, "false") || same_word(v, "f") ||
		same_word(v, "off") || same_word(v, "0"))
		return false;
	return otherwise;
}

static void parse_timeout(struct span v, struct bls_config *config)
{
	struct span rest = v;
	uint32_t seconds;

	if (same_word(v, "menu-force"))
		config->timeout = BLS_TIMEOUT_FOREVER;
	else if (same_word(v, "menu-hidden") || same_word(v, "menu-disabled"))
		config->timeout = 0;
	else if (take_number(&rest, &seconds) && !rest.len)
		config->timeout = seconds;
	else
		return;
	config->timeout_given = true;
}

void bls_config_parse(struct span text, struct bls_config *ret)
{
	struct bls_line line;
	size_t pos = 0;

	*ret = (struct bls_config){.editor = true};
	while (bls_line_next(text, &pos, &line)) {
		if (cmdline_equal(line.key, "default"))
			ret->default_pattern = line.value;
		else if (cmdline_equal(line.key, "timeout"))
			parse_timeout(line.value, ret);
		else if (cmdline_equal(line.key, "editor"))
			ret->editor = parse_bool(line.value, ret->editor);
	}
}
