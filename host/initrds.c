/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See initrds.h. */
#include <stdlib.h>
#include <string.h>
#include "host/initrds.h"

#define CPIO_ALIGN 4

static size_t aligned(size_t v)
{
	return (v + CPIO_ALIGN - 1) / CPIO_ALIGN * CPIO_ALIGN;
}

uint8_t *initrds_join(const struct span *initrd, size_t count, struct span *ret)
{
	size_t size = 0, i;
	uint8_t *p;

	for (i = 0; i < count; i++)
		size = aligned(size) + initrd[i].len;
	p = calloc(1, size + 1);
	if (!p)
		return NULL;
	for (i = 0, size = 0; i < count; i++) {
		size = aligned(size);
		if (initrd[i].len)
			memcpy(p + size, initrd[i].ptr, initrd[i].len);
		size += initrd[i].len;
	}
	*ret = (struct span){p, size};
	return p;
}
