/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reader of DWARF 4 of its own, typed from the standard (7.5), for tests: one unit, the forms that there
 * are in types. It believes nothing.
 */
#ifndef TESTS_DWARF_WALK_H
#define TESTS_DWARF_WALK_H

#include <string.h>
#include "core/span.h"

struct dwarf_attribute {
	uint64_t name, form, value; /* value of a string: its offset; of an address expression: the address */
	const char *text;
};

struct dwarf_entry {
	uint64_t at, tag;
	unsigned int depth; /* of the unit 0 */
	unsigned int count;
	struct dwarf_attribute attribute[8];
};

struct dwarf_bytes {
	struct span info, abbrev, str;
	bool big_endian;
};

/* Tell of each entry. false: this is no DWARF, or tell said so. */
bool dwarf_walk(const struct dwarf_bytes *d, bool (*tell)(void *context, const struct dwarf_entry *entry),
	void *context);

static inline const struct dwarf_attribute *dwarf_get(const struct dwarf_entry *e, uint64_t name)
{
	for (unsigned int i = 0; i < e->count; i++) {
		if (e->attribute[i].name == name)
			return &e->attribute[i];
	}
	return NULL;
}

#endif /* TESTS_DWARF_WALK_H */
