/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/smbios: entry points of both kinds, and strings of structures. */
#include "tests/unit/unit.h"

#include "core/smbios.h"

/* An entry point of the length that its byte at length_at says, with its checksum at sum_at. */
static size_t entry_make(uint8_t *ret, const char *anchor, size_t length_at, size_t sum_at, uint8_t len)
{
	memset(ret, 0, 64);
	memcpy(ret, anchor, strlen(anchor));
	ret[length_at] = len;
	ret[sum_at] = 0;
	return len;
}

static void sum_put(uint8_t *entry, size_t sum_at, size_t len)
{
	uint8_t sum = 0;

	entry[sum_at] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + entry[i]);
	entry[sum_at] = (uint8_t)-sum;
}

static void test_entry_points(void **state)
{
	static const struct {
		const char *name;
		int kind;
		uint8_t length;
		size_t given; /* bytes that there are, 0: length */
		uint64_t pa;
		uint32_t size;
		uint8_t spoilt; /* added to the last byte */
		enum err err;
	} cases[] = {
		{"64 bits", 3, 0x18, 0, 0x123456789000, 0x1000, 0, ERR_OK},
		{"32 bits", 2, 0x1f, 0, 0xdf000000, 0x1000, 0, ERR_OK},
		{"32 bits, a length that some write", 2, 0x1e, 0, 0xdf000000, 0x1000, 0, ERR_OK},
		{"more behind it", 3, 0x18, 0x40, 0x1000, 0x1000, 0, ERR_OK},
		{"checksum", 3, 0x18, 0, 0x1000, 0x1000, 1, ERR_BAD_SMBIOS},
		{"checksum, 32 bits", 2, 0x1f, 0, 0x1000, 0x1000, 1, ERR_BAD_SMBIOS},
		{"says it is shorter than it can be", 3, 0x17, 0x18, 0x1000, 0x1000, 0,
			ERR_BAD_SMBIOS},
		{"is shorter than it says", 3, 0x20, 0x18, 0x1000, 0x1000, 0, ERR_BAD_SMBIOS},
		{"cut off", 3, 0x18, 0x17, 0x1000, 0x1000, 0, ERR_TRUNCATED},
		{"cut off, 32 bits", 2, 0x1f, 0x1d, 0x1000, 0x1000, 0, ERR_TRUNCATED},
		{"no table", 3, 0x18, 0, 0, 0x1000, 0, ERR_BAD_SMBIOS},
		{"over the end of all addresses", 3, 0x18, 0, UINT64_MAX - 0xfff, 0x1000, 0,
			ERR_BAD_SMBIOS},
		{"another anchor", 0, 0x18, 0, 0x1000, 0x1000, 0, ERR_BAD_SMBIOS},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		uint64_t pa = 7;
		uint32_t size = 7;
		uint8_t entry[64];
		size_t len;

		if (cases[i].kind == 2) {
			len = entry_make(entry, "_SM_", 5, 4, cases[i].length);
			memcpy(entry + 0x10, "_DMI_", 5);
			le16_put(entry + 0x16, (uint16_t)cases[i].size);
			le32_put(entry + 0x18, (uint32_t)cases[i].pa);
			sum_put(entry, 4, len);
		} else {
			len = entry_make(entry, cases[i].kind ? "_SM3_" : "_XXX_", 6, 5,
				cases[i].length);
			le32_put(entry + 0x0c, cases[i].size);
			le64_put(entry + 0x10, cases[i].pa);
			sum_put(entry, 5, len);
		}
		entry[len - 1] = (uint8_t)(entry[len - 1] + cases[i].spoilt);
		/* as long as it may be, so that a read too far is seen */
		size_t given = cases[i].given ? cases[i].given : len;
		uint8_t *bytes = malloc(given);

		memcpy(bytes, entry, given);
		CHECK_EQ(name, smbios_table((struct span){bytes, given}, &pa, &size, NULL),
			cases[i].err);
		CHECK_EQ(name, pa, cases[i].err ? 7 : cases[i].pa);
		CHECK_EQ(name, size, cases[i].err ? 7 : cases[i].size);
		free(bytes);
	}
}

#define BIOS   "\x00\x06\x00\x00\x01\x02" "Apple\0" "1.0\0" "\0" /* type 0, two strings */
#define BARE   "\x20\x04\x00\x00" "\0\0" /* no strings */
#define SYSTEM "\x01\x08\x01\x00\x01\x02\x03\x00" "Apple Inc.\0" "MacBookPro11,3\0" "v\0" "\0"
#define END    "\x7f\x04\x02\x00\0\0"

static void test_strings(void **state)
{
#define TABLE(text) text, sizeof(text) - 1
	static const struct {
		const char *name, *table;
		size_t len;
		uint8_t type, at;
		const char *want; /* NULL: none */
	} cases[] = {
		{"the first structure", TABLE(SYSTEM), 1, 5, "MacBookPro11,3"},
		{"behind others", TABLE(BIOS BARE SYSTEM END), 1, 5, "MacBookPro11,3"},
		{"its first string", TABLE(BIOS SYSTEM), 1, 4, "Apple Inc."},
		{"its last string", TABLE(BIOS SYSTEM), 1, 6, "v"},
		{"of two the first", TABLE(SYSTEM "\1\6\0\0\1\1x\0\0"), 1, 5, "MacBookPro11,3"},
		{"string 0 is none", TABLE(SYSTEM), 1, 7, NULL},
		{"a field that the structure has not", TABLE(SYSTEM), 1, 8, NULL},
		{"no such structure", TABLE(BIOS BARE END), 1, 5, NULL},
		{"behind the end", TABLE(BIOS END SYSTEM), 1, 5, NULL},
		{"no such string", TABLE("\1\6\0\0\1\2x\0\0"), 1, 5, NULL},
		{"no strings at all", TABLE("\1\6\0\0\1\2\0\0"), 1, 5, NULL},
		{"the string does not end", TABLE("\1\6\0\0\1\1xyz"), 1, 5, NULL},
		{"the strings before do not end", TABLE("\0\4\0\0xyz"), 1, 5, NULL},
		{"an only NUL behind a structure", TABLE("\0\4\0\0\0"), 1, 5, NULL},
		{"length below the header", TABLE("\0\3\0\0\0\0" SYSTEM), 1, 5, NULL},
		{"length 0", TABLE("\0\0\0\0\0\0" SYSTEM), 1, 5, NULL},
		{"longer than the table", TABLE("\1\x10\0\0\1\1x\0\0"), 1, 5, NULL},
		{"half a header", TABLE("\1\6\0"), 1, 5, NULL},
		{"empty", "", 0, 1, 5, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t *bytes = malloc(cases[i].len ? cases[i].len : 1);
		struct span table = {bytes, cases[i].len}, got = {NULL, 0};
		struct fault fault = {0};

		memcpy(bytes, cases[i].table, cases[i].len);
		enum err err = smbios_string(table, cases[i].type, cases[i].at, &got, &fault);

		CHECK_EQ(cases[i].name, err, cases[i].want ? ERR_OK : ERR_BAD_SMBIOS);
		CHECK(cases[i].name, !cases[i].want == (fault.text != NULL));
		if (cases[i].want) {
			CHECK_EQ(cases[i].name, got.len, strlen(cases[i].want));
			CHECK(cases[i].name, !memcmp(got.ptr, cases[i].want, got.len));
		}
		free(bytes);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entry_points),
		cmocka_unit_test(test_strings),
	};

	return cmocka_run_group_tests_name("smbios", tests, NULL, NULL);
}
