/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as an EFI memory map. Input: u8 size of a descriptor, u8 version, u8 flags, then the map.
 * Oracle: each page of what may be chosen is in a conventional descriptor and in no other one.
 */
#include "fuzz/fuzz.h"

#include "core/efi_map.h"
#include "spec/efi.h"

static bool is_choosable(const struct efi_memory *m, bool soft_reserve)
{
	return m->type == EFI_CONVENTIONAL_MEMORY &&
		!(soft_reserve && m->attribute & EFI_MEMORY_SP);
}

static void check_byte(
	const struct efi_map *map, size_t count, bool soft_reserve, uint64_t pa, bool chosen, bool mirrored)
{
	struct range byte = {pa, pa + 1};
	bool good = false, bad = false, reliable = false;

	for (size_t i = 0; i < count; i++) {
		struct efi_memory m = efi_map_entry(map, i);

		if (!range_within(byte, m.range))
			continue;
		if (!is_choosable(&m, soft_reserve))
			bad = true;
		else
			good = true;
		if (is_choosable(&m, soft_reserve) && m.attribute & EFI_MEMORY_MORE_RELIABLE)
			reliable = true;
	}
	FUZZ_CHECK(chosen == (good && !bad));
	FUZZ_CHECK(mirrored == (reliable && !bad));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint32_t desc_size = (uint32_t)fuzz_take(&input, 1);
	uint32_t version = (uint32_t)fuzz_take(&input, 1);
	bool soft_reserve = fuzz_take(&input, 1) & 1;
	const struct efi_map map = {input, desc_size, version};
	struct range c[256], m[256], s[256], u[256];
	struct range_set conventional = {c, 0, 256}, mirrored = {m, 0, 256};
	struct range_set scratch = {s, 0, 256}, unaccepted = {u, 0, 256};
	const struct efi_sets sets = {&conventional, &mirrored, &scratch};
	struct fault fault = {0};
	size_t count = 0;

	if (efi_map_split(&map, soft_reserve, &sets, &fault)) {
		FUZZ_CHECK(fault.text);
		return 0;
	}
	FUZZ_CHECK(!efi_map_check(&map, &count, NULL) && version == 1 && desc_size >= 40);
	for (size_t i = 0; i < count && i < 64; i++) {
		struct range r = efi_map_entry(&map, i).range;
		uint64_t probe[] = {r.start, r.end, r.start - 1, r.end - 1};

		for (unsigned n = 0; n < 4; n++) {
			struct range byte = {probe[n], probe[n] + 1};

			if (probe[n] == UINT64_MAX)
				continue;
			check_byte(&map, count, soft_reserve, probe[n],
				range_set_covers(&conventional, byte), range_set_covers(&mirrored, byte));
		}
	}
	if (efi_map_unaccepted(&map, &unaccepted, NULL))
		return 0;
	for (size_t i = 0; i < unaccepted.count; i++)
		FUZZ_CHECK(!range_set_touches(&conventional, u[i]));
	return 0;
}
