/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/levels: how many levels, and the room to change their number in. */
#include "tests/unit/unit.h"

#include "core/levels.h"
#include "spec/bootparam.h"

#define MIB  0x100000ull
#define GIB  0x40000000ull
#define BOTH (XLF_5LEVEL | XLF_5LEVEL_ENABLED)

static void test_wanted(void **state)
{
	static const struct {
		const char *name;
		struct levels_facts facts; /* xloadflags, cpu_can, forbidden */
		bool five;
	} cases[] = {
		{"all can", {BOTH, true, false}, true},
		{"no5lvl", {BOTH, true, true}, false},
		{"the CPU cannot", {BOTH, false, false}, false},
		{"the kernel can be entered with it but does not use it",
			{XLF_5LEVEL, true, false}, false},
		{"the kernel contradicts itself", {XLF_5LEVEL_ENABLED, true, false}, false},
		{"an old kernel", {0, true, false}, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].name, levels_want_five(&cases[i].facts), cases[i].five);
}

static void test_low_end(void **state)
{
	static const struct {
		const char *name;
		uint16_t ebda_segment, base_kb;
		uint64_t end;
	} cases[] = {
		{"SeaBIOS", 0x9fc0, 639, 0x9f000},
		{"a large EBDA", 0x9800, 639, 0x98000},
		{"an EBDA that starts inside a page", 0x98c1, 639, 0x98000},
		{"less base memory", 0, 512, 0x80000},
		{"base memory below the EBDA", 0x9000, 512, 0x80000},
		{"no BIOS at all", 0, 0, 0x9f000},
		{"all ones", 0xffff, 0xffff, 0x9f000},
		{"the least that is believed", 0, 128, 0x20000},
		{"too little to be believed", 0, 127, 0x9f000},
		{"an EBDA too low to be believed", 0x1fff, 639, 0x9f000},
		{"the lowest EBDA that is believed", 0x2000, 639, 0x20000},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].name,
			levels_low_end(cases[i].ebda_segment, cases[i].base_kb), cases[i].end);
}

static void test_room(void **state)
{
	static const struct {
		const char *name;
		struct range r[3];
		uint64_t low_end;
		enum err err;
		uint64_t pa;
	} cases[] = {
		{"below the BIOS's memory", {{0, 0x9fc00}, {MIB, GIB}}, 0x9f000, 0, 0x9d000},
		{"the map ends earlier", {{0, 0x80800}, {MIB, GIB}}, 0x9f000, 0, 0x7e000},
		{"exactly two pages", {{0x5000, 0x7000}, {MIB, GIB}}, 0x9f000, 0, 0x5000},
		{"two pages, but not aligned", {{0x5001, 0x7001}, {MIB, GIB}}, 0x9f000, 0,
			GIB - 0x2000},
		{"page 0 does not count", {{0, 0x2fff}, {MIB, GIB}}, 0x9f000, 0, GIB - 0x2000},
		{"nothing low", {{MIB, 3 * GIB}, {4 * GIB, 9 * GIB}}, 0x9f000, 0, 3 * GIB - 0x2000},
		{"the page below 4 GiB", {{GIB, 9 * GIB}}, 0x9f000, 0, 4 * GIB - 0x2000},
		{"between the BIOS's memory and 1 MiB there is nothing",
			{{0x9f000, MIB}, {4 * GIB, 9 * GIB}}, 0x9f000, ERR_NO_MEMORY, 7},
		{"all above 4 GiB", {{4 * GIB, 9 * GIB}}, 0x9f000, ERR_NO_MEMORY, 7},
		{"no memory", {{0}}, 0x9f000, ERR_NO_MEMORY, 7},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range r[3] = {cases[i].r[0], cases[i].r[1], cases[i].r[2]};
		struct range_set s = {r, 0, 3};
		uint64_t pa = 7;

		while (s.count < 3 && !range_empty(r[s.count]))
			s.count++;
		CHECK_EQ(cases[i].name, levels_find_room(&s, cases[i].low_end, &pa), cases[i].err);
		CHECK_EQ(cases[i].name, pa, cases[i].pa);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_low_end),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests_name("levels", tests, NULL, NULL);
}
