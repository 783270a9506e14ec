/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as an entry point (the first byte says how many) and a table of structures behind it: an
 * entry point that is taken adds up to 0 and its table is no larger than addresses go; a string that is
 * found is the one that a reader finds who splits the table at NULs, as the specification writes it.
 */
#include "fuzz/fuzz.h"

#include "core/smbios.h"

static void check_entry(struct span entry)
{
	uint64_t pa = 0;
	uint32_t size = 0;
	uint8_t sum = 0;

	if (smbios_table(entry, &pa, &size, NULL)) {
		FUZZ_CHECK(!pa && !size);
		return;
	}
	FUZZ_CHECK(entry.len >= 0x1e || (entry.len >= 0x18 && !memcmp(entry.ptr, "_SM3_", 5)));
	for (size_t i = 0; i < entry.ptr[entry.ptr[3] == '_' ? 5 : 6]; i++)
		sum = (uint8_t)(sum + entry.ptr[i]);
	FUZZ_CHECK(!sum && pa && pa + size >= pa);
}

/* The same by whole structures, with the C library's functions; the table has NULs behind it. */
static const char *find(const uint8_t *table, size_t len, uint8_t type, uint8_t at)
{
	size_t pos = 0;

	while (len - pos >= 4 && table[pos + 1] >= 4 && table[pos + 1] <= len - pos) {
		const uint8_t *s = table + pos;
		size_t text = pos + s[1];
		int number = s[0] == type && at < s[1] ? s[at] : 0;

		for (int n = 1; text < len && table[text]; n++) {
			size_t end = text + strlen((const char *)table + text);

			if (n == number)
				return end < len ? (const char *)table + text : NULL;
			text = end + 1;
		}
		if (s[0] == type || s[0] == 127)
			return NULL;

		const uint8_t *two = memmem(s + s[1], len - pos - s[1], "\0\0", 2);

		if (!two)
			return NULL;
		pos = (size_t)(two - table) + 2;
	}
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	size_t head = (size_t)fuzz_take(&input, 1);
	struct span entry = {input.ptr, head < input.len ? head : input.len};
	struct span table = {input.ptr + entry.len, input.len - entry.len};
	uint8_t *copy = calloc(1, table.len + 4);

	check_entry(entry);
	if (table.len)
		memcpy(copy, table.ptr, table.len);
	for (unsigned int type = 0; type < 3; type++) {
		for (uint8_t at = 4; at < 8; at++) {
			struct span got = {NULL, 0};
			const char *want = find(copy, table.len, (uint8_t)type, at);
			enum err err = smbios_string(table, (uint8_t)type, at, &got, NULL);

			FUZZ_CHECK(!want == (err != ERR_OK));
			if (err)
				continue;
			FUZZ_CHECK(fuzz_within(got, table) && got.len == strlen(want));
			FUZZ_CHECK(!memcmp(got.ptr, want, got.len));
		}
	}
	free(copy);
	return 0;
}
