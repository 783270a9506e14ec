/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/efi_e820: maps of UEFI firmware as the boot protocol has them. */
#include "tests/unit/unit.h"

#include "core/efi_e820.h"

#define DESC  48 /* firmware's are larger than the specification's 40 */
#define ROOM  16
#define PAGE  0x1000ull

struct piece {
	uint32_t type;
	uint64_t start, pages, attribute;
};

static struct span map_make(uint8_t *buf, const struct piece *pieces, size_t count)
{
	memset(buf, 0xee, count * DESC);
	for (size_t i = 0; i < count; i++) {
		le32_put(buf + i * DESC, pieces[i].type);
		le64_put(buf + i * DESC + 8, pieces[i].start);
		le64_put(buf + i * DESC + 24, pieces[i].pages);
		le64_put(buf + i * DESC + 32, pieces[i].attribute);
	}
	return (struct span){buf, count * DESC};
}

static void test_types(void **state)
{
	static const struct {
		const char *name;
		uint32_t efi;
		uint64_t attribute;
		uint32_t e820;
	} cases[] = {
		{"reserved", 0, 0, 2},
		{"loader's code is free later", 1, 0, 1},
		{"loader's data is free later", 2, 0, 1},
		{"boot services' code is free later", 3, 0, 1},
		{"boot services' data is free later", 4, 0, 1},
		{"runtime code stays", 5, 1ull << 63, 2},
		{"runtime data stays", 6, 1ull << 63, 2},
		{"conventional", 7, 0xf, 1},
		{"conventional for a purpose", 7, 1 << 18, 0xefffffff},
		{"unusable", 8, 0, 5},
		{"ACPI tables", 9, 0, 3},
		{"ACPI NVS", 10, 0, 4},
		{"MMIO", 11, 0, 2},
		{"MMIO ports", 12, 0, 2},
		{"PAL code", 13, 0, 2},
		{"persistent", 14, 0, 7},
		{"not accepted yet", 15, 0, 2},
		{"of a later specification", 16, 0, 2},
		{"of a vendor", 0x80000001, 0, 2},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].name, efi_e820_type(cases[i].efi, cases[i].attribute), cases[i].e820);
}

static void test_neighbours_become_one(void **state)
{
	static const struct piece pieces[] = {
		{3, 0, 1, 0xf}, {7, PAGE, 0x9f, 0xf}, /* one */
		{0, 0xa0000, 0x60, 0}, /* two */
		{7, 0x100000, 16, 0xf}, {10, 0x110000, 1, 0xf}, {9, 0x111000, 1, 0xf}, /* to five */
		{7, 0x112000, 0, 0xf}, /* nothing */
		{7, 0x200000, 1, 0xf}, {7, 0x202000, 1, 0xf}, /* a hole between six and seven */
	};
	static const struct e820_entry want[] = {
		{0, 0xa0000, 1}, {0xa0000, 0x60000, 2}, {0x100000, 0x10000, 1}, {0x110000, PAGE, 4},
		{0x111000, PAGE, 3}, {0x200000, PAGE, 1}, {0x202000, PAGE, 1},
	};
	uint8_t map[COUNT(pieces) * DESC];
	struct e820_entry got[ROOM];
	size_t count;

	assert_int_equal(efi_e820(map_make(map, pieces, COUNT(pieces)), DESC, got, ROOM, &count, NULL),
		ERR_OK);
	assert_int_equal(count, COUNT(want));
	assert_memory_equal(got, want, sizeof(want));

	/* too little room: counted, not written */
	memset(got, 0xaa, sizeof(got));
	assert_int_equal(efi_e820((struct span){map, sizeof(map)}, DESC, got, 3, &count, NULL), ERR_OK);
	assert_int_equal(count, COUNT(want));
	assert_memory_equal(got, want, 3 * sizeof(*want));
	assert_int_equal(got[3].type, 0xaaaaaaaa);
}

static void test_refused(void **state)
{
	static const struct piece wraps = {7, UINT64_MAX - PAGE + 1, 2, 0};
	static const struct piece huge = {7, 0, UINT64_MAX, 0};
	uint8_t map[DESC];
	struct e820_entry got[ROOM];
	struct fault fault = {0};
	size_t count = 99;

	assert_int_equal(efi_e820(map_make(map, &wraps, 1), 39, got, ROOM, &count, &fault),
		ERR_BAD_MEMORY_MAP);
	assert_int_equal(fault.value, 39);
	assert_int_equal(efi_e820((struct span){map, DESC - 1}, DESC, got, ROOM, &count, NULL),
		ERR_BAD_MEMORY_MAP);
	assert_int_equal(efi_e820(map_make(map, &wraps, 1), DESC, got, ROOM, &count, &fault),
		ERR_BAD_MEMORY_MAP);
	assert_int_equal(efi_e820(map_make(map, &huge, 1), DESC, got, ROOM, &count, &fault),
		ERR_BAD_MEMORY_MAP);
	assert_int_equal(count, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_neighbours_become_one),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("efi_e820", tests, NULL, NULL);
}
