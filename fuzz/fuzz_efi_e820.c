/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a UEFI memory map; the first byte says how far apart descriptors lie. A smaller table
 * gets the same entries, none more; no two neighbours could be one.
 */
#include "fuzz/fuzz.h"

#include "core/efi_e820.h"

#define CAP 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct e820_entry entries[CAP + 1], few[3];
	size_t count, count_few;
	struct fault fault = {0};

	if (!size)
		return 0;
	struct span map = {data + 1, size - 1};
	enum err err = efi_e820(map, data[0], entries, CAP, &count, &fault);

	FUZZ_CHECK(efi_e820(map, data[0], few, 2, &count_few, &fault) == err);
	if (err)
		return 0;
	FUZZ_CHECK(count == count_few && count <= (size - 1) / data[0]);
	for (size_t i = 0; i < count && i < CAP; i++) {
		FUZZ_CHECK(i >= 2 || !memcmp(&few[i], &entries[i], sizeof(few[i])));
		FUZZ_CHECK(!i || entries[i].type != entries[i - 1].type ||
			entries[i - 1].addr + entries[i - 1].size != entries[i].addr);
	}
	return 0;
}
