/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_text.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
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

	while (len < version.len && version.ptr[len] && (!is_linux(version) || version.ptr[len] > ' '))
		len++;
	while (len && version.ptr[len - 1] <= ' ')
		len--;
	return (struct span){version.ptr, len};
}

static bool is_id_character(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
	       c == '-';
}

void disk_text_id(struct span version, char ret[DISK_ID_MAX])
{
	struct span name = name_of(version);
	size_t i;

	for (i = 0; i < name.len && i < DISK_ID_MAX - ID_ROOM; i++)
		ret[i] = is_id_character(name.ptr[i]) ? (char)name.ptr[i] : name.ptr[i] == ' ' ? '-' : '_';
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

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next line of *rest, without its end and the spaces around it; false after the last one. */
static bool next_line(struct span *rest, struct span *ret)
{
	struct span line = *rest;
	const uint8_t *end;

	if (!rest->len)
		return false;
	end = memchr(rest->ptr, '\n', rest->len);
	if (end)
		line.len = (size_t)(end - rest->ptr);
	rest->ptr += line.len + (end != NULL);
	rest->len -= line.len + (end != NULL);
	while (line.len && is_space(line.ptr[line.len - 1]))
		line.len--;
	while (line.len && is_space(line.ptr[0])) {
		line.ptr++;
		line.len--;
	}
	*ret = line;
	return true;
}

/* Cut the first word off a line. */
static struct span first_word(struct span *line)
{
	struct span word = {line->ptr, 0};

	while (word.len < line->len && !is_space(word.ptr[word.len]))
		word.len++;
	line->ptr += word.len;
	line->len -= word.len;
	while (line->len && is_space(line->ptr[0])) {
		line->ptr++;
		line->len--;
	}
	return word;
}

static bool is_word(struct span s, const char *word)
{
	return s.len == strlen(word) && !strncasecmp((const char *)s.ptr, word, s.len);
}

size_t disk_text_conf(struct span old, const char *id, unsigned int timeout_s, char *buf, size_t cap)
{
	struct span rest = old, line, value;
	bool said = false;
	size_t len = 0;

	while (next_line(&rest, &line)) {
		value = line;
		if (!is_word(first_word(&value), "default")) {
			put(buf, cap, &len, "%.*s\n", (int)line.len, (const char *)line.ptr);
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

bool disk_text_names(struct span entry, const char *path)
{
	struct span line;

	while (*path == '/')
		path++;
	while (next_line(&entry, &line)) {
		struct span key = first_word(&line);

		while (line.len && line.ptr[0] == '/') {
			line.ptr++;
			line.len--;
		}
		if (key.len && key.ptr[0] != '#' && is_word(line, path))
			return true;
	}
	return false;
}
