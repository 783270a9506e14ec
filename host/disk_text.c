/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_text.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "core/bls.h"
#include "host/disk_text.h"

/* Room that is left in a name for a second one of the same version. */
#define ID_ROOM 8

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_linux(struct span version)
{
	return version.len && is_digit(version.ptr[0]);
}

/* The first word of Linux's version is the release; other kernels say their names first. */
static struct span name_of(struct span version)
{
	size_t len = 0;

	while (len < version.len && version.ptr[len] &&
		(!is_linux(version) || version.ptr[len] > ' '))
		len++;
	while (len && version.ptr[len - 1] <= ' ')
		len--;
	return (struct span){version.ptr, len};
}

static bool is_id_character(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
		c == '_' || c == '-';
}

void disk_text_id(struct span version, char ret[DISK_ID_MAX])
{
	struct span name = name_of(version);
	size_t i;

	for (i = 0; i < name.len && i < DISK_ID_MAX - ID_ROOM; i++)
		ret[i] = is_id_character(name.ptr[i]) ? (char)name.ptr[i]
			: name.ptr[i] == ' '	      ? '-'
						      : '_';
	ret[i] = 0;
	/* FAT drops dots and spaces at a name's end; a dot at its beginning hides the entry. */
	while (i && ret[i - 1] == '.')
		ret[--i] = 0;
	if (ret[0] == '.')
		ret[0] = '_';
	if (!i)
		snprintf(ret, DISK_ID_MAX, "linux");
}

void disk_text_title(struct span version, char ret[DISK_TITLE_MAX])
{
	struct span name = name_of(version);
	size_t len = 0, i;

	if (is_linux(version) || !name.len)
		len = (size_t)snprintf(ret, DISK_TITLE_MAX, name.len ? "Linux " : "Linux");
	for (i = 0; i < name.len && len < DISK_TITLE_MAX - 1; i++)
		ret[len++] = name.ptr[i] >= ' ' && name.ptr[i] < 0x7f ? (char)name.ptr[i] : '?';
	ret[len] = 0;
}

bool disk_text_is_line(const char *text)
{
	bool something = false;

	for (; *text; text++) {
		if (iscntrl((unsigned char)*text))
			return false;
		something |= *text != ' ';
	}
	return something;
}

/* Append to a buffer; *len becomes cap + 1 once it is too small. */
static __attribute__((format(printf, 4, 5))) void put(
	char *buf, size_t cap, size_t *len, const char *format, ...)
{
	va_list args;
	int n;

	if (*len > cap)
		return;
	va_start(args, format);
	n = vsnprintf(buf + *len, cap - *len, format, args);
	va_end(args);
	*len = n < 0 || (size_t)n >= cap - *len ? cap + 1 : *len + (size_t)n;
}

size_t disk_text_entry(const struct disk_entry *entry, char *buf, size_t cap)
{
	size_t len = 0, i;

	put(buf, cap, &len, "title %s\n", entry->title);
	if (entry->version && *entry->version)
		put(buf, cap, &len, "version %s\n", entry->version);
	put(buf, cap, &len, "linux %s\n", entry->linux_path);
	for (i = 0; i < entry->initrd_count; i++)
		put(buf, cap, &len, "initrd %s\n", entry->initrd_paths[i]);
	if (entry->options && *entry->options)
		put(buf, cap, &len, "options %s\n", entry->options);
	return len > cap ? 0 : len;
}

/* The next line of *rest, without its end; false after the last one. */
static bool next_line(struct span *rest, struct span *ret)
{
	const uint8_t *end;

	if (!rest->len)
		return false;
	end = memchr(rest->ptr, '\n', rest->len);
	*ret = (struct span){rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
	rest->ptr += ret->len + (end != NULL);
	rest->len -= ret->len + (end != NULL);
	return true;
}

static bool is_word(struct span s, const char *word)
{
	return s.len == strlen(word) && !memcmp(s.ptr, word, s.len);
}

static bool is_default(struct span text)
{
	struct bls_line line;
	size_t pos = 0;

	return bls_line_next(text, &pos, &line) && is_word(line.key, "default");
}

/* A line as it was. */
static void put_line(char *buf, size_t cap, size_t *len, struct span line)
{
	if (*len > cap || line.len >= cap - *len) {
		*len = cap + 1;
		return;
	}
	memcpy(buf + *len, line.ptr, line.len);
	*len += line.len;
	buf[(*len)++] = '\n';
}

size_t disk_text_conf(
	struct span old, const char *id, unsigned int timeout_s, char *buf, size_t cap)
{
	struct span rest = old, line;
	bool said = false;
	size_t len = 0;

	while (next_line(&rest, &line)) {
		if (!is_default(line)) {
			put_line(buf, cap, &len, line);
		} else if (!said) {
			put(buf, cap, &len, "default %s\n", id);
			said = true;
		}
	}
	if (!said)
		put(buf, cap, &len, "default %s\n", id);
	if (!old.len)
		put(buf, cap, &len, "timeout %u\n", timeout_s);
	return len > cap ? 0 : len;
}

/* As FAT compares: of either case. */
bool disk_text_names(struct span entry, const char *path)
{
	struct bls_line line;
	size_t pos = 0;

	while (*path == '/')
		path++;
	while (bls_line_next(entry, &pos, &line)) {
		struct span value = line.value;

		while (value.len && value.ptr[0] == '/') {
			value.ptr++;
			value.len--;
		}
		if (value.len == strlen(path) &&
			!strncasecmp((const char *)value.ptr, path, value.len))
			return true;
	}
	return false;
}
