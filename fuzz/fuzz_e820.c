/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a memory map: around every border of every entry, an address is usable if and only
 * if an entry says RAM and none says otherwise.
 */
#include "fuzz/fuzz.h"

#include "core/e820.h"

#define ENTRIES_MAX 64

static bool naive_usable(struct span table, uint64_t address)
{
	bool ram = false;

	if (address == UINT64_MAX) /* is never part of a range */
		return false;
	for (size_t at = 0; at < table.len; at += E820_ENTRY_SIZE) {
		uint64_t start = le64_get(table.ptr + at), size = le64_get(table.ptr + at + 8);

		if (address < start || address - start >= size)
			continue;
		if (le32_get(table.ptr + at + 16) != E820_RAM)
			return false;
		ram = true;
	}
	return ram;
}

static void check_set(const struct range_set *s)
{
	for (size_t i = 0; i < s->count; i++) {
		FUZZ_CHECK(s->r[i].start < s->r[i].end);
		FUZZ_CHECK(!i || s->r[i - 1].end < s->r[i].start);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span table = {data, size};
	struct range r[3][2 * ENTRIES_MAX + 2];
	struct range_set ram = {r[0], 0, 2 * ENTRIES_MAX}, reserved = {r[1], 0, 2 * ENTRIES_MAX};
	struct range_set usable = {r[2], 0, 2 * ENTRIES_MAX + 2};
	struct fault fault = {0};

	if (size % E820_ENTRY_SIZE) {
		FUZZ_CHECK(e820_split(table, &ram, &reserved, &fault) == ERR_BAD_MEMORY_MAP);
		return 0;
	}
	if (size > ENTRIES_MAX * E820_ENTRY_SIZE)
		return 0;
	FUZZ_CHECK(!e820_split(table, &ram, &reserved, &fault));
	FUZZ_CHECK(!e820_usable(&ram, &reserved, &usable));
	check_set(&ram);
	check_set(&reserved);
	check_set(&usable);
	for (size_t at = 0; at < size; at += E820_ENTRY_SIZE) {
		uint64_t start = le64_get(data + at), end = start + le64_get(data + at + 8);
		const uint64_t probes[] = {start - 1, start, start + 1, end - 1, end, end + 1};

		for (unsigned i = 0; i < 6; i++) {
			struct range byte = range_make(probes[i], 1);

			FUZZ_CHECK((!range_empty(byte) && range_set_covers(&usable, byte)) ==
				naive_usable(table, probes[i]));
		}
	}
	return 0;
}
