/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/e820: memory maps of real firmware, and maps that no firmware should make. */
#include "tests/unit/unit.h"

#include "core/e820.h"

#define MIB 0x100000ull
#define GIB 0x40000000ull

struct map {
	const char *name;
	struct e820_entry entries[20];
	size_t count;
	struct range usable[12]; /* ended by an empty one */
};

static const struct map maps[] = {
	{
		"SeaBIOS 1.16 (QEMU 7.2, pc, 6 GiB)",
		{
			{0x0000000000000000, 0x9fc00, E820_RAM},
			{0x000000000009fc00, 0x400, E820_RESERVED},
			{0x00000000000f0000, 0x10000, E820_RESERVED},
			{0x0000000000100000, 0xbfee0000, E820_RAM},
			{0x00000000bffe0000, 0x20000, E820_RESERVED},
			{0x00000000fffc0000, 0x40000, E820_RESERVED},
			{0x0000000100000000, 0xc0000000, E820_RAM},
			{0x000000fd00000000, 0x300000000, E820_RESERVED},
		},
		8,
		{{0, 0x9fc00}, {0x100000, 0xbffe0000}, {0x100000000, 0x1c0000000}},
	},
	{
		"OVMF (edk2 2022.11, QEMU 7.2, q35, 1 GiB) as the EFI stub hands it over",
		{
			{0x00000000, 0xa0000, E820_RAM},
			{0x00100000, 0x706000, E820_RAM},
			{0x00806000, 0x2000, E820_NVS},
			{0x00808000, 0x8000, E820_RAM},
			{0x00810000, 0xf0000, E820_NVS},
			{0x00900000, 0x3e1a0000, E820_RAM},
			{0x3eaa0000, 0x102000, E820_RESERVED},
			{0x3eba2000, 0x94a000, E820_RAM},
			{0x3f4ec000, 0x280000, E820_RESERVED},
			{0x3f76c000, 0x12000, E820_ACPI},
			{0x3f77e000, 0x80000, E820_NVS},
			{0x3f7fe000, 0x6f6000, E820_RAM},
			{0x3fef4000, 0x84000, E820_RESERVED},
			{0x3ff78000, 0x88000, E820_NVS},
			{0xb0000000, 0x10000000, E820_RESERVED},
			{0xffc00000, 0x400000, E820_RESERVED},
		},
		16,
		{{0, 0xa0000}, {0x100000, 0x806000}, {0x808000, 0x810000}, {0x900000, 0x3eaa0000},
			{0x3eba2000, 0x3f4ec000}, {0x3f7fe000, 0x3fef4000}},
	},
	{"an empty map has no memory", {{0}}, 0, {{0}}},
	{"order does not matter", {{2 * MIB, MIB, E820_RAM}, {0, MIB, E820_RAM}}, 2,
		{{0, MIB}, {2 * MIB, 3 * MIB}}},
	{"adjacent entries are one", {{0, MIB, E820_RAM}, {MIB, MIB, E820_RAM}}, 2, {{0, 2 * MIB}}},
	{"entries of size zero are nothing", {{MIB, 0, E820_RAM}, {0, 0, E820_RESERVED}}, 2, {{0}}},
	{"reserved wins over RAM before it", {{0, 4 * MIB, E820_RAM}, {MIB, MIB, E820_RESERVED}}, 2,
		{{0, MIB}, {2 * MIB, 4 * MIB}}},
	{"reserved wins over RAM behind it", {{MIB, MIB, E820_RESERVED}, {0, 4 * MIB, E820_RAM}}, 2,
		{{0, MIB}, {2 * MIB, 4 * MIB}}},
	{"RAM twice is RAM once", {{0, 2 * MIB, E820_RAM}, {MIB, 2 * MIB, E820_RAM}}, 2,
		{{0, 3 * MIB}}},
	{"an unknown type is not RAM", {{0, 2 * MIB, E820_RAM}, {0, MIB, 0x99}}, 2,
		{{MIB, 2 * MIB}}},
	{"type 0 is not RAM", {{0, 2 * MIB, E820_RAM}, {0, MIB, 0}}, 2, {{MIB, 2 * MIB}}},
	{"RAM that wraps is cut at the end", {{UINT64_MAX - 0xfff, 0x5000, E820_RAM}}, 1,
		{{UINT64_MAX - 0xfff, UINT64_MAX}}},
	{"reserved that wraps does not reach address 0",
		{{0, MIB, E820_RAM}, {UINT64_MAX - 0xfff, 0x5000, E820_RESERVED}}, 2, {{0, MIB}}},
	{"reserved everywhere leaves nothing", {{0, MIB, E820_RAM}, {0, UINT64_MAX, E820_RESERVED}},
		2, {{0}}},
	{"persistent memory is not RAM", {{4 * GIB, GIB, E820_PMEM}, {8 * GIB, GIB, E820_PRAM}}, 2,
		{{0}}},
};

static struct span entries_span(const struct e820_entry *entries, size_t count)
{
	return (struct span){(const uint8_t *)entries, count * E820_ENTRY_SIZE};
}

static void test_maps(void **state)
{
	for (size_t i = 0; i < COUNT(maps); i++) {
		const struct map *m = &maps[i];
		struct range r[3][24];
		struct range_set ram = {r[0], 0, 24}, reserved = {r[1], 0, 24},
				 usable = {r[2], 7, 24};
		struct fault fault = {0};

		CHECK_EQ(m->name,
			e820_split(entries_span(m->entries, m->count), &ram, &reserved, &fault),
			ERR_OK);
		CHECK_EQ(m->name, e820_usable(&ram, &reserved, &usable), ERR_OK);
		for (size_t n = 0; n < usable.count; n++) {
			CHECK_EQ(m->name, usable.r[n].start, m->usable[n].start);
			CHECK_EQ(m->name, usable.r[n].end, m->usable[n].end);
		}
		CHECK(m->name, range_empty(m->usable[usable.count]));
	}
}

static void test_second_table_adds(void **state)
{
	const struct e820_entry first = {0, MIB, E820_RAM};
	const struct e820_entry second[] = {{MIB, MIB, E820_RAM}, {0x1000, 0x1000, E820_NVS}};
	struct range r[3][8];
	struct range_set ram = {r[0], 0, 8}, reserved = {r[1], 0, 8}, usable = {r[2], 0, 8};

	assert_int_equal(e820_split(entries_span(&first, 1), &ram, &reserved, NULL), ERR_OK);
	assert_int_equal(e820_split(entries_span(second, 2), &ram, &reserved, NULL), ERR_OK);
	assert_int_equal(e820_usable(&ram, &reserved, &usable), ERR_OK);
	assert_int_equal(range_set_bytes(&usable), 2 * MIB - 0x1000);
}

static void test_errors(void **state)
{
	const struct e820_entry two[] = {{0, MIB, E820_RAM}, {2 * MIB, MIB, E820_RAM}};
	struct range r[3][4];
	struct range_set ram = {r[0], 0, 1}, reserved = {r[1], 0, 4}, usable = {r[2], 0, 1};
	struct fault fault = {0};
	struct span odd = entries_span(two, 2);

	odd.len--;
	assert_int_equal(e820_split(odd, &ram, &reserved, &fault), ERR_BAD_MEMORY_MAP);
	assert_int_equal(fault.value, 39);
	assert_int_equal(e820_split(entries_span(two, 2), &ram, &reserved, &fault), ERR_NO_SPACE);
	assert_int_equal(fault.offset, 20);

	ram = (struct range_set){r[0], 1, 4};
	r[0][0] = (struct range){0, MIB};
	reserved.count = 1;
	r[1][0] = (struct range){0x1000, 0x2000};
	assert_int_equal(e820_usable(&ram, &reserved, &usable), ERR_NO_SPACE);
}

static void test_from_sizes(void **state)
{
	static const struct {
		const char *name;
		uint32_t low_kb, ext_kb, ext16_64kb;
		size_t cap;
		struct e820_entry want[3];
		size_t count;
		enum err e;
	} cases[] = {
		{"88h: 639 KiB and 15 MiB", 639, 15360, 0, 4,
			{{0, 639 * 1024, 1}, {MIB, 15 * MIB, 1}}, 2, ERR_OK},
		{"88h: up to 64 MiB - 1 KiB", 640, 0xffff, 0, 4,
			{{0, 640 * 1024, 1}, {MIB, 0xffffull * 1024, 1}}, 2, ERR_OK},
		{"E801h: joined where there is no hole", 640, 15360, 0x1f0, 4,
			{{0, 640 * 1024, 1}, {MIB, 46 * MIB, 1}}, 2, ERR_OK},
		{"E801h: a hole below 16 MiB", 640, 14336, 0x100, 4,
			{{0, 640 * 1024, 1}, {MIB, 14 * MIB, 1}, {16 * MIB, 16 * MIB, 1}}, 3,
			ERR_OK},
		{"E801h: more than 15 MiB below 16 MiB is not believed", 640, 0xffff, 0x10, 4,
			{{0, 640 * 1024, 1}, {MIB, 16 * MIB, 1}}, 2, ERR_OK},
		{"E801h: almost 4 GiB", 640, 15360, 0xffff, 4,
			{{0, 640 * 1024, 1}, {MIB, 15 * MIB + 0xffffull * 65536, 1}}, 2, ERR_OK},
		{"more than 640 KiB of low memory is not believed", 1024, 0, 0, 4,
			{{0, 640 * 1024, 1}}, 1, ERR_OK},
		{"no memory at all", 0, 0, 0, 4, {{0}}, 0, ERR_OK},
		{"no room for the second entry", 640, 1024, 0, 1, {{0}}, 0, ERR_NO_SPACE},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct e820_entry table[4] = {{0}};
		size_t count = 0;

		CHECK_EQ(cases[i].name,
			e820_from_sizes(cases[i].low_kb, cases[i].ext_kb, cases[i].ext16_64kb,
				table, cases[i].cap, &count),
			cases[i].e);
		CHECK_EQ(cases[i].name, count, cases[i].count);
		CHECK(cases[i].name, !memcmp(table, cases[i].want, count * sizeof(table[0])));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_second_table_adds),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_from_sizes),
	};

	return cmocka_run_group_tests_name("e820", tests, NULL, NULL);
}
