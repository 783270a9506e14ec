/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/device_path: which partition, which file; and paths that lie. */
#include "tests/unit/unit.h"

#include "core/device_path.h"

#define END    "\x7f\xff\x04\0"
#define PCI    "\x01\x01\x06\0\x00\x1f"
#define SATA   "\x03\x12\x0a\0\0\0\xff\xff\0\0"
#define GUID   "\x10\x32\x54\x76\x98\xba\xdc\xfe\x01\x23\x45\x67\x89\xab\xcd\xef"
#define DISK(size, type) \
	"\x04\x01" size "\0" "\1\0\0\0" "\0\x08\0\0\0\0\0\0" "\0\0\x10\0\0\0\0\0" GUID "\2" type
#define FILE_A "\x04\x04\x0a\0\\\0A\0\0\0"
#define FILE_B "\x04\x04\x0c\0\\\0B\0c\0\0\0"

static void test_partition(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
		bool there;
	} cases[] = {
		{"GPT", PCI SATA DISK("\x2a", "\2") END, 62, true},
		{"with a file behind it", DISK("\x2a", "\2") FILE_A END, 56, true},
		{"MBR", PCI SATA DISK("\x2a", "\1") END, 62, false},
		{"none", PCI SATA END, 20, false},
		{"behind the end", END DISK("\x2a", "\2") END, 50, false},
		{"a node that is too short for it", DISK("\x29", "\2") END, 46, false},
		{"a node that ends behind the path", DISK("\x2a", "\2"), 41, false},
		{"a node of no length", "\x04\x01\0\0" DISK("\x2a", "\2") END, 50, false},
		{"nothing", "", 0, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t *copy = malloc(cases[i].len + 1), guid[16] = {0};
		char text[GUID_TEXT_SIZE];

		memcpy(copy, cases[i].bytes, cases[i].len);
		CHECK_EQ(cases[i].name, device_path_partition((struct span){copy, cases[i].len}, guid),
			cases[i].there);
		guid_text(guid, text);
		CHECK(cases[i].name, !strcmp(text, cases[i].there ? "76543210-ba98-fedc-0123-456789abcdef"
						      : "00000000-0000-0000-0000-000000000000"));
		free(copy);
	}
}

static void test_file(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len, cap;
		const char *want; /* NULL: it is no file */
	} cases[] = {
		{"one node", FILE_B END, 16, 16, "\\Bc"},
		{"two are joined", FILE_A FILE_B END, 26, 16, "\\A\\Bc"},
		{"joined where there is no backslash", FILE_A "\x04\x04\x08\0B\0\0\0" END, 22, 16, "\\A\\B"},
		{"slashes", "\x04\x04\x0c\0/\0/\0A\0\0\0" END, 16, 16, "\\A"},
		{"no NUL", "\x04\x04\x08\0A\0B\0" END, 12, 16, "AB"},
		{"half a character is none", "\x04\x04\x09\0A\0B\0C" END, 13, 16, "AB"},
		{"just enough room", FILE_B END, 16, 4, "\\Bc"},
		{"too little room", FILE_B END, 16, 3, NULL},
		{"a device in front", PCI FILE_A END, 20, 16, NULL},
		{"no name", "\x04\x04\x06\0\0\0" END, 10, 16, NULL},
		{"no node", END, 4, 16, NULL},
		{"no end", FILE_A, 10, 16, NULL},
		{"a node that ends behind the path", FILE_A FILE_B, 20, 16, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t *copy = malloc(cases[i].len + 1);
		uint16_t *got = malloc(2 * cases[i].cap);

		memcpy(copy, cases[i].bytes, cases[i].len);
		CHECK_EQ(cases[i].name,
			device_path_file((struct span){copy, cases[i].len}, got, cases[i].cap),
			cases[i].want != NULL);
		for (size_t j = 0; cases[i].want && j <= strlen(cases[i].want); j++)
			CHECK_EQ(cases[i].name, got[j], cases[i].want[j]);
		free(got);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_partition),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
