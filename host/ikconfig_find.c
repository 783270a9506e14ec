/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a kernel's embedded configuration.
 */
#include <string.h>
#include "host/ikconfig.h"

#define START     "IKCFG_ST\037\213" /* and gzip's magic: the bare word occurs elsewhere, too */
#define START_LEN 8
#define END       "IKCFG_ED"
#define GZIP_MIN  18 /* header and trailer [RFC 1952] */

bool ikconfig_find(struct span elf, struct span *ret_gzip)
{
	const uint8_t *start, *end;
	size_t left;

	start = memmem(elf.ptr, elf.len, START, sizeof(START) - 1);
	if (!start)
		return false;
	start += START_LEN;
	left = elf.len - (size_t)(start - elf.ptr);
	end = memmem(start, left, END, sizeof(END) - 1);
	if (!end || end - start < GZIP_MIN)
		return false;
	*ret_gzip = (struct span){start, (size_t)(end - start)};
	return true;
}
