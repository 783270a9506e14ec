/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/kaslr: slots against a count by trying every address, and at the edges of 64 bits. */
#include "tests/unit/unit.h"

#include "core/kaslr.h"

#define MIB 0x100000ull
#define GIB 0x40000000ull

static void test_count(void **state)
{
	static const struct {
		const char *name;
		struct range r[3];
		struct kaslr_bounds bounds; /* size, align, min, max */
		uint64_t count, first, last;
	} cases[] = {
		{"exactly one fits", {{16 * MIB, 32 * MIB}}, {16 * MIB, 2 * MIB, 0, UINT64_MAX}, 1,
			16 * MIB, 16 * MIB},
		{"one byte too small", {{16 * MIB, 32 * MIB - 1}},
			{16 * MIB, 2 * MIB, 0, UINT64_MAX}, 0},
		{"the start is aligned up", {{16 * MIB + 1, 40 * MIB}},
			{16 * MIB, 2 * MIB, 0, UINT64_MAX}, 4, 18 * MIB, 24 * MIB},
		{"several ranges", {{0, 8 * MIB}, {16 * MIB, 24 * MIB}},
			{6 * MIB, 2 * MIB, 0, UINT64_MAX}, 4, 0, 18 * MIB},
		{"min cuts", {{0, 64 * MIB}}, {16 * MIB, 2 * MIB, 40 * MIB, UINT64_MAX}, 5,
			40 * MIB, 48 * MIB},
		{"an unaligned min is aligned up", {{0, 64 * MIB}},
			{16 * MIB, 2 * MIB, 40 * MIB + 1, UINT64_MAX}, 4, 42 * MIB, 48 * MIB},
		{"max cuts", {{0, 64 * MIB}}, {16 * MIB, 2 * MIB, 40 * MIB, 60 * MIB}, 3, 40 * MIB,
			44 * MIB},
		{"min above max", {{0, 64 * MIB}}, {MIB, MIB, 40 * MIB, 20 * MIB}, 0},
		{"no memory", {{0}}, {MIB, MIB, 0, UINT64_MAX}, 0},
		{"a kernel of no size has no place", {{0, MIB}}, {0, MIB, 0, UINT64_MAX}, 0},
		{"an alignment that is none has no slots", {{0, MIB}}, {1, 3, 0, UINT64_MAX}, 0},
		{"alignment 0 has no slots", {{0, MIB}}, {1, 0, 0, UINT64_MAX}, 0},
		{"every byte of the address space is a slot", {{0, UINT64_MAX}},
			{1, 1, 0, UINT64_MAX}, UINT64_MAX, 0, UINT64_MAX - 1},
		{"the top of the address space", {{UINT64_MAX - 0x3fffff, UINT64_MAX}},
			{0x200000, 0x200000, 0, UINT64_MAX}, 1, UINT64_MAX - 0x3fffff,
			UINT64_MAX - 0x3fffff},
		{"aligning up would wrap", {{UINT64_MAX - 0x1000, UINT64_MAX}},
			{1, 0x200000, 0, UINT64_MAX}, 0},
		{"64 GiB for a stock kernel", {{16 * MIB, 3 * GIB}, {4 * GIB, 64 * GIB}},
			{0x3fca000, 0x200000, 16 * MIB, UINT64_MAX}, 1497 + 30689, 16 * MIB,
			64 * GIB - 0x4000000},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range r[3] = {cases[i].r[0], cases[i].r[1], cases[i].r[2]};
		struct range_set s = {r, 0, 3};
		uint64_t pa = 0;

		while (s.count < 3 && !range_empty(r[s.count]))
			s.count++;
		CHECK_EQ(cases[i].name, kaslr_count(&s, &cases[i].bounds), cases[i].count);
		CHECK_EQ(cases[i].name, kaslr_slot(&s, &cases[i].bounds, cases[i].count, &pa),
			ERR_NO_MEMORY);
		CHECK_EQ(cases[i].name, pa, 0);
		if (!cases[i].count)
			continue;
		CHECK_EQ(cases[i].name, kaslr_slot(&s, &cases[i].bounds, 0, &pa), ERR_OK);
		CHECK_EQ(cases[i].name, pa, cases[i].first);
		CHECK_EQ(cases[i].name, kaslr_slot(&s, &cases[i].bounds, cases[i].count - 1, &pa),
			ERR_OK);
		CHECK_EQ(cases[i].name, pa, cases[i].last);
	}
}

/* Small numbers: try every address, and get the same slots in the same order. */
static void test_like_brute_force(void **state)
{
	struct unit_random random = {3};

	for (unsigned round = 0; round < 20000; round++) {
		struct range r[4];
		struct range_set s = {r, 0, 4};
		struct kaslr_bounds b = {1 + unit_below(&random, 20),
			1ull << unit_below(&random, 5), unit_below(&random, 100),
			unit_below(&random, 140)};
		uint64_t at = 0, found = 0, pa;

		while (s.count < 4) {
			uint64_t start = at + 1 + unit_below(&random, 20);

			at = start + 1 + unit_below(&random, 40);
			r[s.count++] = (struct range){start, at};
		}
		for (uint64_t try = 0; try < 300; try += b.align) {
			if (try < b.min || try + b.size > b.max ||
				!range_set_covers(&s, (struct range){try, try + b.size}))
				continue;
			assert_int_equal(kaslr_slot(&s, &b, found, &pa), ERR_OK);
			assert_int_equal(pa, try);
			found++;
		}
		assert_int_equal(kaslr_count(&s, &b), found);
	}
}

static void test_pick(void **state)
{
	struct range r[] = {{16 * MIB, 26 * MIB}, {64 * MIB, 70 * MIB}};
	struct range_set s = {r, 2, 2};
	const struct kaslr_bounds b = {4 * MIB, 2 * MIB, 0, UINT64_MAX};
	struct kaslr_bounds too_large = b;
	struct random_state random;
	uint64_t pa = 0, slots = 0;
	unsigned seen[6] = {0};

	random_init(&random);
	for (unsigned i = 0; i < 600; i++) {
		assert_int_equal(kaslr_pick(&s, &b, &random, &pa, &slots), ERR_OK);
		assert_int_equal(slots, 6);
		for (uint64_t n = 0; n < slots; n++) {
			uint64_t slot;

			assert_int_equal(kaslr_slot(&s, &b, n, &slot), ERR_OK);
			seen[n] += slot == pa;
		}
	}
	for (unsigned n = 0; n < 6; n++)
		assert_in_range(seen[n], 60, 140);

	too_large.size = 11 * MIB;
	pa = slots = 7;
	assert_int_equal(kaslr_pick(&s, &too_large, &random, &pa, &slots), ERR_NO_MEMORY);
	assert_int_equal(pa, 7);
	assert_int_equal(slots, 7);
}

static void test_virtual(void **state)
{
	static const struct {
		const char *name;
		uint64_t size, align, min, slots;
	} cases[] = {
		{"a stock kernel", 0x3a00000, 0x200000, 0x1000000, 476},
		{"it just fits", KASLR_WINDOW - 0x1000000, 0x200000, 0x1000000, 1},
		{"one byte too large", KASLR_WINDOW - 0x1000000 + 1, 0x200000, 0x1000000, 0},
		{"larger than the window", 2 * GIB, 0x200000, 0x1000000, 0},
		{"starts behind the window", MIB, 0x200000, 2 * GIB, 0},
	};
	struct random_state random;

	random_init(&random);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t offset = 0, slots = 0, lowest = UINT64_MAX, highest = 0;

		for (unsigned n = 0; n < 5000; n++) {
			CHECK_EQ(cases[i].name,
				kaslr_pick_virtual(cases[i].size, cases[i].align, cases[i].min,
					&random, &offset, &slots),
				cases[i].slots ? ERR_OK : ERR_NO_MEMORY);
			CHECK_EQ(cases[i].name, slots, cases[i].slots);
			CHECK_EQ(cases[i].name, offset % cases[i].align, 0);
			lowest = offset < lowest ? offset : lowest;
			highest = offset > highest ? offset : highest;
		}
		if (!cases[i].slots)
			continue;
		CHECK_EQ(cases[i].name, lowest, cases[i].min);
		CHECK_EQ(cases[i].name, highest,
			cases[i].min + (cases[i].slots - 1) * cases[i].align);
		CHECK(cases[i].name, highest + cases[i].size <= KASLR_WINDOW);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_like_brute_force),
		cmocka_unit_test(test_pick),
		cmocka_unit_test(test_virtual),
	};

	return cmocka_run_group_tests_name("kaslr", tests, NULL, NULL);
}
