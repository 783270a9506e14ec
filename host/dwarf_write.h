/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers in DWARF's forms, written or only counted: what measures and what writes are the same code.
 */
#ifndef HOST_DWARF_WRITE_H
#define HOST_DWARF_WRITE_H

#include <string.h>
#include "core/elf_file.h"

struct dwarf_out {
	uint8_t *bytes; /* NULL: count only */
	uint64_t size; /* so far */
	struct elf_form form;
};

static inline void dwarf_put8(struct dwarf_out *o, uint8_t v)
{
	if (o->bytes)
		o->bytes[o->size] = v;
	o->size++;
}

static inline void dwarf_put16(struct dwarf_out *o, uint16_t v)
{
	if (o->bytes)
		le16_put(o->bytes + o->size, o->form.big_endian ? __builtin_bswap16(v) : v);
	o->size += 2;
}

static inline void dwarf_put32(struct dwarf_out *o, uint32_t v)
{
	if (o->bytes)
		le32_put(o->bytes + o->size, o->form.big_endian ? __builtin_bswap32(v) : v);
	o->size += 4;
}

static inline void dwarf_put64(struct dwarf_out *o, uint64_t v)
{
	if (o->bytes)
		le64_put(o->bytes + o->size, o->form.big_endian ? __builtin_bswap64(v) : v);
	o->size += 8;
}

static inline void dwarf_put_address(struct dwarf_out *o, uint64_t v)
{
	if (o->form.is64)
		dwarf_put64(o, v);
	else
		dwarf_put32(o, (uint32_t)v);
}

/* LEB128: seven bits a byte, low ones first; bit 7 says that more follow [DWARF 4, 7.6]. */
static inline void dwarf_put_unsigned(struct dwarf_out *o, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		dwarf_put8(o, (uint8_t)(v | 0x80));
	dwarf_put8(o, (uint8_t)v);
}

static inline void dwarf_put_signed(struct dwarf_out *o, int64_t v)
{
	for (; v < -0x40 || v > 0x3f; v >>= 7)
		dwarf_put8(o, (uint8_t)(v | 0x80));
	dwarf_put8(o, (uint8_t)(v & 0x7f));
}

static inline void dwarf_put_string(struct dwarf_out *o, const char *s)
{
	size_t size = strlen(s) + 1;

	if (o->bytes)
		memcpy(o->bytes + o->size, s, size);
	o->size += size;
}

#endif /* HOST_DWARF_WRITE_H */
