/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a cpio archive in the format "newc": for each member a header of hexadecimal numbers, the
 * name with its NUL, the data; header with name, and data, are filled up to a multiple of four
 * [Linux Documentation/driver-api/early-userspace/buffer-format.rst].
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "host/initramfs.h"

#define NEWC_ALIGN 4

struct archive {
	uint8_t *buf;
	size_t cap;
	size_t size;
	bool full; /* something did not fit */
	unsigned int members;
};

static void put(struct archive *a, const void *bytes, size_t size)
{
	size_t padded = (size + NEWC_ALIGN - 1) / NEWC_ALIGN * NEWC_ALIGN;

	if (padded < size || padded > a->cap - a->size) {
		a->full = true;
		return;
	}
	memcpy(a->buf + a->size, bytes, size);
	memset(a->buf + a->size + size, 0, padded - size);
	a->size += padded;
}

struct member {
	const char *name;
	unsigned int mode;
	struct span data;
	unsigned int major, minor; /* of a device */
};

static void add(struct archive *a, const struct member *m)
{
	char text[256];
	int len;

	len = snprintf(text, sizeof(text),
		"070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s", ++a->members,
		m->mode, 0, 0, S_ISDIR(m->mode) ? 2 : 1, 0, (unsigned int)m->data.len, 0, 0,
		m->major, m->minor, (unsigned int)strlen(m->name) + 1, 0, m->name);
	put(a, text, (size_t)len + 1);
	put(a, m->data.ptr ? m->data.ptr : (const uint8_t *)"", m->data.len);
}

size_t initramfs_build(struct span program, uint8_t *buf, size_t cap)
{
	const struct member members[] = {
		{.name = "dev", .mode = S_IFDIR | 0755},
		{.name = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1},
		{.name = "init", .mode = S_IFREG | 0755, .data = program},
		{.name = "TRAILER!!!"},
	};
	struct archive a = {.buf = buf, .cap = cap};
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		add(&a, &members[i]);
	return a.full ? 0 : a.size;
}
