/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/load_option: is it a boot option, or a command line? */
#include "tests/unit/unit.h"

#include "core/load_option.h"

/* "Debian", a hard drive node of which nobody looks inside, an end, and what is optional */
#define DEBIAN "D\0e\0b\0i\0a\0n\0\0\0"
#define PATH   "\x04\x04\x08\0A\0\0\0"
#define END    "\x7f\xff\x04\0"
#define DATA   "r\0o\0\0\0"

static void test_options(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len, data; /* where the data begins; 0: it is no load option */
	} cases[] = {
		{"whole", "\1\0\0\0\x0c\0" DEBIAN PATH END DATA, 38, 32},
		{"without data", "\1\0\0\0\x0c\0" DEBIAN PATH END, 32, 32},
		{"hidden application", "\x09\x01\0\0\x0c\0" DEBIAN PATH END DATA, 38, 32},
		{"no description", "\1\0\0\0\x0c\0\0\0" PATH END DATA, 26, 20},
		{"two paths", "\1\0\0\0\x18\0" DEBIAN PATH END PATH END DATA, 50, 44},
		{"only an end", "\1\0\0\0\x04\0" DEBIAN END DATA, 30, 24},
		{"nothing", "", 0, 0},
		{"a command line", "r\0o\0o\0t\0=\0x\0\0\0", 14, 0},
		{"a letter", "r\0\0\0", 4, 0},
		{"attributes that there are none of", "\1\0\1\0\x0c\0" DEBIAN PATH END DATA, 38, 0},
		{"too short", "\1\0\0\0\x0c", 5, 0},
		{"a description without an end", "\1\0\0\0\x0c\0D\0e\0b\0", 12, 0},
		{"half a character", "\1\0\0\0\x0c\0D\0e", 9, 0},
		{"paths longer than all", "\1\0\0\0\x13\0" DEBIAN PATH END DATA, 38, 0},
		{"paths without an end", "\1\0\0\0\x08\0" DEBIAN PATH DATA, 34, 0},
		{"no paths", "\1\0\0\0\0\0" DEBIAN DATA, 26, 0},
		{"a node that runs over the end", "\1\0\0\0\x0c\0" DEBIAN "\x04\x04\x0d\0A\0\0\0" END,
			32, 0},
		{"a node of no length", "\1\0\0\0\x0c\0" DEBIAN "\x04\x04\0\0A\0\0\0" END, 32, 0},
		{"half a node", "\1\0\0\0\x0e\0" DEBIAN PATH END "\x7f\xff", 34, 0},
		{"an end of one path only", "\1\0\0\0\x0c\0" DEBIAN PATH "\x7f\x01\x04\0" DATA, 38, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		/* on the heap, where the sanitizer knows its end */
		uint8_t *copy = malloc(cases[i].len + 1);

		memcpy(copy, cases[i].bytes, cases[i].len);
		struct span got = load_option_data((struct span){copy, cases[i].len});

		CHECK_EQ(cases[i].name, (size_t)(got.ptr - copy), cases[i].data);
		CHECK_EQ(cases[i].name, got.len, cases[i].len - cases[i].data);
		free(copy);
	}
}

/* However it is cut, it is all or what is left of the data. */
static void test_cut(void **state)
{
	static const uint8_t whole[] = "\1\0\0\0\x0c\0" DEBIAN PATH END DATA;

	for (size_t len = 0; len < 38; len++) {
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, whole, len);
		struct span got = load_option_data((struct span){copy, len});

		assert_int_equal(got.len, len < 32 ? len : len - 32);
		free(copy);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests_name("load_option", tests, NULL, NULL);
}
