/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See cpio.h. Digits and order of numbers are those of systemd-stub's archives, too: a PCR that was
 * extended with one of them does not tell who wrote it.
 */
#include "core/cpio.h"

#define DIGITS 8

static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";

static void put(struct cpio *c, const void *bytes, uint64_t len)
{
	const uint8_t *p = bytes;

	for (uint64_t i = 0; c->buf && i < len; i++)
		c->buf[c->at + i] = p ? p[i] : 0;
	c->at += len;
}

static void put_number(struct cpio *c, uint32_t v, const char *digits)
{
	char text[DIGITS];

	for (int i = 0; i < DIGITS; i++)
		text[i] = digits[v >> 4 * (DIGITS - 1 - i) & 0xf];
	put(c, text, DIGITS);
}

static void pad(struct cpio *c)
{
	put(c, NULL, -c->at % CPIO_ALIGN);
}

static uint64_t padded(uint64_t size)
{
	return (size + CPIO_ALIGN - 1) / CPIO_ALIGN * CPIO_ALIGN;
}

static size_t length(const char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	return len;
}

struct entry {
	uint32_t inode, mode;
	struct span folder, name; /* a slash between them, if there is a folder */
	uint32_t size;
	const char *digits;
};

static uint64_t name_size(const struct entry *e)
{
	return e->folder.len + (e->folder.len ? 1 : 0) + e->name.len + 1;
}

/* Header and name. There is room. */
static void put_head(struct cpio *c, const struct entry *e)
{
	const uint32_t numbers[13] = {e->inode, e->mode, 0, 0, 1 /* link */, 0, e->size, 0, 0, 0, 0,
		(uint32_t)name_size(e), 0};

	put(c, "070701", 6);
	for (int i = 0; i < 13; i++)
		put_number(c, numbers[i], e->digits);
	put(c, e->folder.ptr, e->folder.len);
	if (e->folder.len)
		put(c, "/", 1);
	put(c, e->name.ptr, e->name.len);
	put(c, NULL, 1);
	pad(c);
}

static enum err add(struct cpio *c, const struct entry *e, uint8_t **ret_data)
{
	uint64_t head = padded(CPIO_HEADER + name_size(e)), room = c->cap - c->at;

	if (head > room || padded(e->size) > room - head)
		return ERR_NO_SPACE;
	put_head(c, e);
	if (ret_data)
		*ret_data = c->buf ? c->buf + c->at : NULL;
	put(c, NULL, padded(e->size));
	c->inode = e->inode;
	return ERR_OK;
}

enum err cpio_add_folder(struct cpio *c, const char *path, uint32_t permissions)
{
	size_t len = length(path);

	for (size_t i = 1; i <= len; i++) {
		struct entry e = {.inode = c->inode + 1, .digits = lower,
			.mode = CPIO_DIR | (i < len ? 0555 : permissions),
			.name = {(const uint8_t *)path, i}};

		if (i < len && path[i] != '/')
			continue;
		enum err err = add(c, &e, NULL);

		if (err)
			return err;
	}
	return ERR_OK;
}

enum err cpio_add_file(struct cpio *c, const char *folder, struct span name, uint32_t permissions,
	uint64_t size, uint8_t **ret_data)
{
	const struct entry e = {.inode = c->inode + 1, .digits = lower, .mode = CPIO_FILE | permissions,
		.folder = {(const uint8_t *)folder, length(folder)}, .name = name,
		.size = (uint32_t)size};

	if (size > UINT32_MAX || name.len > UINT16_MAX)
		return ERR_OVERFLOW;
	return add(c, &e, ret_data);
}

enum err cpio_finish(struct cpio *c)
{
	static const char name[] = "TRAILER!!!";
	const struct entry e = {.digits = upper, .name = {(const uint8_t *)name, sizeof(name) - 1}};

	return add(c, &e, NULL);
}
