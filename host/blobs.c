/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding embedded boot code.
 */
#include <stdio.h>
#include <string.h>
#include "host/blobs.h"

/* One line of the table in the generated assembly file. */
struct blob {
	char name[16]; /* "setup", "sector", "loader", "guest_init" or a codec's name */
	const uint8_t *start;
	uint64_t size;
};

extern const struct blob blob_table[];
extern const uint64_t blob_count;

static struct span find(const char *name)
{
	uint64_t i;

	for (i = 0; i < blob_count; i++) {
		if (!strcmp(blob_table[i].name, name))
			return (struct span){blob_table[i].start, blob_table[i].size};
	}
	return (struct span){0};
}

struct span blob_setup(void)
{
	return find("setup");
}

struct span blob_sector(void)
{
	return find("sector");
}

struct span blob_loader(void)
{
	return find("loader");
}

struct span blob_guest_init(void)
{
	return find("guest_init");
}

struct span blob_stub(enum codec codec)
{
	return find(codec_name(codec));
}

void blob_codec_names(char *buf, size_t cap)
{
	size_t len = 0;
	int codec;

	buf[0] = 0;
	for (codec = 0; codec < CODEC_COUNT && len < cap; codec++) {
		if (blob_stub((enum codec)codec).len)
			len += (size_t)snprintf(buf + len, cap - len, "%s%s", len ? ", " : "",
				codec_name((enum codec)codec));
	}
}
