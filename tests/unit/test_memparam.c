/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/memparam: numbers with suffixes, and what mem= and memmap= leave of the memory. */
#include "tests/unit/unit.h"

#include "core/memparam.h"

#define MIB 0x100000ull
#define GIB 0x40000000ull

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
		size_t used;
		enum err e;
	} cases[] = {
		{"0", 0, 1, ERR_OK},
		{"1234", 1234, 4, ERR_OK},
		{"0x1F", 0x1f, 4, ERR_OK},
		{"0XaB", 0xab, 4, ERR_OK},
		{"017", 15, 3, ERR_OK},
		{"018", 1, 2, ERR_OK},
		{"0x", 0, 1, ERR_OK},
		{"0xg", 0, 1, ERR_OK},
		{"64K", 64 << 10, 3, ERR_OK},
		{"64k", 64 << 10, 3, ERR_OK},
		{"2M@", 2 << 20, 2, ERR_OK},
		{"3G", 3 * GIB, 2, ERR_OK},
		{"1T", 1ull << 40, 2, ERR_OK},
		{"1P", 1ull << 50, 2, ERR_OK},
		{"1E", 1ull << 60, 2, ERR_OK},
		{"0x10MB", 16 << 20, 5, ERR_OK},
		{"18446744073709551615", UINT64_MAX, 20, ERR_OK},
		{"18446744073709551616", 0, 0, ERR_OVERFLOW},
		{"0xffffffffffffffff", UINT64_MAX, 18, ERR_OK},
		{"0x10000000000000000", 0, 0, ERR_OVERFLOW},
		{"16E", 0, 0, ERR_OVERFLOW},
		{"15E", 15ull << 60, 3, ERR_OK},
		{"", 0, 0, ERR_BAD_NUMBER},
		{"M", 0, 0, ERR_BAD_NUMBER},
		{"-1", 0, 0, ERR_BAD_NUMBER},
		{" 1", 0, 0, ERR_BAD_NUMBER},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t value = 0;
		size_t used = 0;

		CHECK_EQ(cases[i].text, memparam_number(text_span(cases[i].text), &value, &used),
			cases[i].e);
		CHECK_EQ(cases[i].text, value, cases[i].value);
		CHECK_EQ(cases[i].text, used, cases[i].used);
	}
}

/* Before: 0 to 640 KiB, 1 MiB to 2 GiB. */
static void test_apply(void **state)
{
	static const struct {
		const char *name, *line;
		struct range after[5]; /* ended by an empty one */
	} cases[] = {
		{"nothing asked, nothing changed", "quiet", {{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"mem= cuts off", "mem=64M", {{0, 0xa0000}, {MIB, 64 * MIB}}},
		{"mem= above all memory changes nothing", "mem=1T", {{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"the smaller of two counts", "mem=1G mem=64M mem=128M",
			{{0, 0xa0000}, {MIB, 64 * MIB}}},
		{"mem=0 is not believed", "mem=0", {{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"mem=nopentium is no number", "mem=nopentium", {{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"what follows mem's number is not looked at", "mem=64M@16M",
			{{0, 0xa0000}, {MIB, 64 * MIB}}},
		{"memmap=N alone cuts off like mem=", "memmap=64M",
			{{0, 0xa0000}, {MIB, 64 * MIB}}},
		{"$ reserves", "memmap=16M$32M",
			{{0, 0xa0000}, {MIB, 32 * MIB}, {48 * MIB, 2 * GIB}}},
		{"# is ACPI data", "memmap=16M#32M",
			{{0, 0xa0000}, {MIB, 32 * MIB}, {48 * MIB, 2 * GIB}}},
		{"! is persistent", "memmap=16M!32M",
			{{0, 0xa0000}, {MIB, 32 * MIB}, {48 * MIB, 2 * GIB}}},
		{"% changes the type: not ours to use", "memmap=16M%32M-1+2",
			{{0, 0xa0000}, {MIB, 32 * MIB}, {48 * MIB, 2 * GIB}}},
		{"reserving below 1 MiB does not limit", "memmap=4K$0",
			{{0x1000, 0xa0000}, {MIB, 2 * GIB}}},
		{"several in one word", "memmap=64K$64K,1M$16M,64M",
			{{0, 0x10000}, {0x20000, 0xa0000}, {MIB, 16 * MIB}, {17 * MIB, 64 * MIB}}},
		{"several words", "memmap=64K$64K x memmap=1M$16M mem=64M",
			{{0, 0x10000}, {0x20000, 0xa0000}, {MIB, 16 * MIB}, {17 * MIB, 64 * MIB}}},
		{"a bad item is skipped", "memmap=foo,64K$64K,$,1M$",
			{{0, 0x10000}, {0x20000, 0xa0000}, {MIB, 2 * GIB}}},
		{"empty items are skipped", "memmap=,,64K$64K,",
			{{0, 0x10000}, {0x20000, 0xa0000}, {MIB, 2 * GIB}}},
		{"@ adds nothing to the firmware's map", "memmap=1G@4G",
			{{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"exactmap forgets the firmware's map", "memmap=exactmap", {{0, 0}}},
		{"exactmap, then what the user says", "memmap=exactmap memmap=640K@0 memmap=63M@1M",
			{{0, 0xa0000}, {MIB, 64 * MIB}}},
		{"exactmap in one word", "memmap=exactmap,640K@0,63M@1M",
			{{0, 0xa0000}, {MIB, 64 * MIB}}},
		{"reserved wins over a later @", "memmap=exactmap,1M$2M,63M@1M",
			{{MIB, 2 * MIB}, {3 * MIB, 64 * MIB}}},
		{"what comes before exactmap is forgotten",
			"memmap=1M$2M mem=4M memmap=exactmap,63M@1M", {{MIB, 64 * MIB}}},
		{"a limit after @ cuts it", "memmap=exactmap,63M@1M mem=32M", {{MIB, 32 * MIB}}},
		{"a limit before @ does not", "memmap=exactmap,32M,63M@1M", {{MIB, 64 * MIB}}},
		{"behind -- words are for init", "quiet -- mem=64M",
			{{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"mem without value", "mem memmap", {{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"mem=exactmap means nothing", "mem=exactmap", {{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"a number that overflows is no number", "mem=99999999999999999999",
			{{0, 0xa0000}, {MIB, 2 * GIB}}},
		{"a range that wraps is cut", "memmap=0xffffffffffffffff$1G",
			{{0, 0xa0000}, {MIB, GIB}}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range r[16] = {{0, 0xa0000}, {MIB, 2 * GIB}};
		struct range_set usable = {r, 2, 16};

		CHECK_EQ(cases[i].name, memparam_apply(text_span(cases[i].line), &usable), ERR_OK);
		for (size_t n = 0; n < usable.count; n++) {
			CHECK_EQ(cases[i].name, r[n].start, cases[i].after[n].start);
			CHECK_EQ(cases[i].name, r[n].end, cases[i].after[n].end);
		}
		CHECK(cases[i].name, range_empty(cases[i].after[usable.count]));
	}
}

static void test_no_space(void **state)
{
	struct range r[1] = {{MIB, GIB}};
	struct range_set usable = {r, 1, 1};

	assert_int_equal(memparam_apply(text_span("memmap=1M$16M"), &usable), ERR_NO_SPACE);
	assert_int_equal(
		memparam_apply(text_span("memmap=exactmap,1M@0,1M@4M"), &usable), ERR_NO_SPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_apply),
		cmocka_unit_test(test_no_space),
	};

	return cmocka_run_group_tests_name("memparam", tests, NULL, NULL);
}
