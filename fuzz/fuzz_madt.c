/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a MADT, seen by a processor whose ID and mode are the first two bytes: whoever is
 * called stands in the table as enabled, and is neither itself nor everybody. The oracle reads the same
 * entries the other way round: for each ID that was found it looks for an entry.
 */
#include "fuzz/fuzz.h"

#include "core/madt.h"
#include "spec/acpi.h"

#define IDS_MAX 16

static bool is_entry_of(const uint8_t *e, size_t len, uint32_t id)
{
	if (e[0] == 0 && len >= 8)
		return e[3] == id && (e[4] & 1);
	return e[0] == 9 && len >= 16 && le32_get(e + 4) == id && (e[8] & 1);
}

static bool has_entry(struct span madt, uint32_t id)
{
	for (size_t off = ACPI_MADT_ENTRIES; off < madt.len; off += madt.ptr[off + 1]) {
		if (is_entry_of(madt.ptr + off, madt.ptr[off + 1], id))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = {0};
	uint32_t id[IDS_MAX];

	if (size < 2)
		return 0;
	struct span madt = {data + 2, size - 2};
	struct apic_ids ids = {.id = id, .cap = data[1] >> 4, .own = data[0], .wide = data[1] & 1};

	if (madt_processors(madt, &ids, &fault)) {
		FUZZ_CHECK(fault.text && !ids.count && fault.offset < madt.len);
		return 0;
	}
	FUZZ_CHECK(ids.count <= ids.cap);
	for (size_t i = 0; i < ids.count; i++) {
		FUZZ_CHECK(id[i] != ids.own && id[i] != 0xffffffff && (ids.wide || id[i] < 0xff));
		FUZZ_CHECK(has_entry(madt, id[i]));
		for (size_t j = 0; j < i; j++)
			FUZZ_CHECK(id[i] != id[j]);
	}
	return 0;
}
