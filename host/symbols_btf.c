/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a kernel's BTF is: in the section .BTF. Of an image the sections have names of our own; there the
 * header is looked for, whose fields Linux always fills in the same way (24 bytes, types, strings behind
 * them). What is inside is checked by those who read it.
 */
#include <string.h>
#include "core/btf.h"
#include "host/symbols_parts.h"

#define HEADER_SIZE 24
#define STRINGS_AT  16 /* str_off: where strings begin, from the end of the header; then their size */

static struct span in_section(struct span kernel, const struct symbols_sections *s)
{
	struct span btf = {0};

	for (uint16_t i = 1; i < s->count; i++) {
		if (s->section[i].name < s->names_size &&
			!strcmp(s->names + s->section[i].name, ".BTF") &&
			!span_sub(kernel, s->section[i].offset, s->section[i].size, &btf))
			break;
	}
	return btf;
}

static uint32_t u32(struct span s, size_t at, bool big_endian)
{
	uint32_t v = le32_get(s.ptr + at);

	return big_endian ? __builtin_bswap32(v) : v;
}

static struct span by_header(struct span kernel, bool big_endian)
{
	static const uint8_t little[] = {0x9f, 0xeb, 1, 0, HEADER_SIZE, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t big[] = {0xeb, 0x9f, 1, 0, 0, 0, 0, HEADER_SIZE, 0, 0, 0, 0};
	struct span rest = kernel, btf;
	const uint8_t *found;

	while ((found = memmem(rest.ptr, rest.len, big_endian ? big : little, sizeof(big)))) {
		rest = (struct span){found + 1, rest.len - (size_t)(found + 1 - rest.ptr)};
		btf = (struct span){found, rest.len + 1};
		if (btf.len >= HEADER_SIZE &&
			u32(btf, STRINGS_AT, big_endian) == u32(btf, STRINGS_AT - 4, big_endian) &&
			!span_sub(btf, 0,
				(uint64_t)HEADER_SIZE + u32(btf, STRINGS_AT, big_endian) +
					u32(btf, STRINGS_AT + 4, big_endian),
				&btf))
			return btf;
	}
	return (struct span){0};
}

struct span symbols_find_btf(struct span kernel, const struct symbols_sections *s, bool big_endian)
{
	struct span btf = in_section(kernel, s);

	return btf.len ? btf : by_header(kernel, big_endian);
}
