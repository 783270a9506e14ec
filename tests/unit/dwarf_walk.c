/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/dwarf_walk.h"

struct cursor {
	struct span s;
	uint64_t at;
	bool big_endian, bad;
};

static uint64_t take(struct cursor *c, unsigned int size)
{
	uint64_t v = 0;

	if (!span_has(c->s, c->at, size)) {
		c->bad = true;
		return 0;
	}
	for (unsigned int i = 0; i < size; i++) {
		unsigned int shift = c->big_endian ? size - 1 - i : i;

		v |= (uint64_t)c->s.ptr[c->at + i] << (8 * shift);
	}
	c->at += size;
	return v;
}

static uint64_t leb(struct cursor *c, bool is_signed)
{
	uint64_t v = 0, byte;
	unsigned int shift = 0;

	do {
		byte = take(c, 1);
		if (shift < 64)
			v |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80 && !c->bad);
	if (is_signed && byte & 0x40 && shift < 64)
		v |= ~UINT64_C(0) << shift;
	return v;
}

static const char *text(struct cursor *c)
{
	const char *s = (const char *)c->s.ptr + c->at;
	size_t left = c->at < c->s.len ? c->s.len - c->at : 0, len = strnlen(s, left);

	if (len == left)
		c->bad = true;
	else
		c->at += len + 1;
	return s;
}

/* The abbreviation's tag and flag, and what follows it. */
static bool find_abbreviation(struct cursor *c, uint64_t code, uint64_t *ret_tag, uint64_t *ret_children)
{
	for (;;) {
		uint64_t found = leb(c, false), name, form;

		if (!found || c->bad)
			return false;
		*ret_tag = leb(c, false);
		*ret_children = take(c, 1);
		if (found == code)
			return !c->bad && *ret_children <= 1;
		do {
			name = leb(c, false);
			form = leb(c, false);
		} while ((name || form) && !c->bad);
	}
}

static void read_value(struct cursor *c, unsigned int address, struct span str, struct dwarf_attribute *a)
{
	struct cursor strings = {.s = str};
	uint64_t size;

	switch (a->form) {
	case 0x01: /* addr */
		a->value = take(c, address);
		break;
	case 0x0b: /* data1 */
		a->value = take(c, 1);
		break;
	case 0x13: /* ref4 */
		a->value = take(c, 4);
		break;
	case 0x0d: /* sdata */
	case 0x0f: /* udata */
		a->value = leb(c, a->form == 0x0d);
		break;
	case 0x08: /* string */
		a->text = text(c);
		break;
	case 0x0e: /* strp */
		a->value = strings.at = take(c, 4);
		a->text = text(&strings);
		c->bad |= strings.bad;
		break;
	case 0x18: /* exprloc: DW_OP_addr and an address */
		size = leb(c, false);
		c->bad |= size != 1 + address || take(c, 1) != 0x03;
		a->value = take(c, address);
		break;
	case 0x19: /* flag_present */
		a->value = 1;
		break;
	default:
		c->bad = true;
	}
}

bool dwarf_walk(const struct dwarf_bytes *d, bool (*tell)(void *context, const struct dwarf_entry *entry),
	void *context)
{
	struct cursor c = {d->info, 0, d->big_endian, false};
	uint64_t length = take(&c, 4), version = take(&c, 2), abbrev = take(&c, 4);
	unsigned int address = (unsigned int)take(&c, 1), depth = 0;

	if (c.bad || length != d->info.len - 4 || version != 4 || abbrev || (address != 4 && address != 8))
		return false;
	do {
		struct dwarf_entry e = {.at = c.at, .depth = depth};
		struct cursor form = {.s = d->abbrev};
		uint64_t code = leb(&c, false), children;

		if (!code) {
			if (!depth--)
				return false;
			continue;
		}
		if (!find_abbreviation(&form, code, &e.tag, &children))
			return false;
		for (;; e.count++) {
			struct dwarf_attribute a = {.name = leb(&form, false)};

			a.form = leb(&form, false);
			if (!a.name && !a.form)
				break;
			if (e.count == 8)
				return false;
			read_value(&c, address, d->str, &a);
			e.attribute[e.count] = a;
		}
		if (c.bad || form.bad || !tell(context, &e))
			return false;
		depth += (unsigned int)children;
	} while (depth && !c.bad);
	return !c.bad && c.at == d->info.len;
}
