/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * E820 memory maps: from entries to sets of ranges. Built for 16-bit setup too, which fills the
 * table from what the BIOS says; the stub splits it into usable and reserved memory.
 *
 * A set of ranges does by itself what a map from firmware lacks: it sorts, joins and drops empty
 * entries, in O(n log n). Entries that run over the end of the address space are cut there by range_make.
 */
#include "core/e820.h"

#define KIB	    1024
#define MIB	    (1024 * 1024)
#define LOW_KB_MAX  640 /* above is video memory and ROM, whatever the BIOS says */
#define E801_KB_MAX (15 * 1024) /* first of E801h's pair: 1 MiB to 16 MiB */

enum err e820_split(
	struct span table, struct range_set *ram, struct range_set *reserved, struct fault *fault)
{
	if (table.len % E820_ENTRY_SIZE)
		return fault_set(fault, ERR_BAD_MEMORY_MAP, "length of E820 table", 0, table.len);
	for (size_t off = 0; off < table.len; off += E820_ENTRY_SIZE) {
		const uint8_t *entry = table.ptr + off;
		struct range r = range_make(le64_get(entry), le64_get(entry + 8));
		uint32_t type = le32_get(entry + 16);

		if (range_set_push(type == E820_RAM ? ram : reserved, r))
			return fault_set(fault, ERR_NO_SPACE, "E820 entry", off, r.start);
	}
	range_set_settle(ram);
	range_set_settle(reserved);
	return ERR_OK;
}

enum err e820_usable(
	const struct range_set *ram, const struct range_set *reserved, struct range_set *usable)
{
	enum err e;

	usable->count = 0;
	for (size_t i = 0; i < ram->count; i++) {
		e = range_set_push(usable, ram->r[i]); /* in order already */
		if (e)
			return e;
	}
	for (size_t i = 0; i < reserved->count; i++) {
		e = range_set_remove(usable, reserved->r[i]);
		if (e)
			return e;
	}
	return ERR_OK;
}

enum err e820_from_sizes(uint32_t low_kb, uint32_t ext_kb, uint32_t ext16_64kb,
	struct e820_entry *ret_table, size_t cap, size_t *ret_count)
{
	struct range found[3];
	struct range_set ram = {found, 0, 3};

	/* Three disjoint ranges at most: the set has room for all, and add cannot fail. */
	if (range_set_add(&ram,
		    range_make(0, (uint64_t)(low_kb < LOW_KB_MAX ? low_kb : LOW_KB_MAX) * KIB)))
		return ERR_NO_SPACE;
	if (ext16_64kb && ext_kb > E801_KB_MAX)
		ext_kb = E801_KB_MAX;
	if (range_set_add(&ram, range_make(MIB, (uint64_t)ext_kb * KIB)))
		return ERR_NO_SPACE;
	if (range_set_add(&ram, range_make(16 * MIB, (uint64_t)ext16_64kb * 64 * KIB)))
		return ERR_NO_SPACE;
	if (ram.count > cap)
		return ERR_NO_SPACE;
	for (size_t i = 0; i < ram.count; i++)
		ret_table[i] = (struct e820_entry){
			found[i].start, found[i].end - found[i].start, E820_RAM};
	*ret_count = ram.count;
	return ERR_OK;
}
