/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/range: ranges, alignment, sets of ranges, against a bitmap that says the same more slowly.
 */
#include "tests/unit/unit.h"

#include "core/range.h"

#define TOP UINT64_MAX

static void test_make(void **state)
{
	static const struct {
		const char *name;
		uint64_t start, size, end;
	} cases[] = {
		{"an ordinary range", 0x1000, 0x2000, 0x3000},
		{"an empty range", 0x1000, 0, 0x1000},
		{"the whole address space but its last byte", 0, TOP, TOP},
		{"cut at the end instead of wrapping", TOP - 5, 100, TOP},
		{"a start at the last byte leaves nothing", TOP, 1, TOP},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range r = range_make(cases[i].start, cases[i].size);

		CHECK_EQ(cases[i].name, r.start, cases[i].start);
		CHECK_EQ(cases[i].name, r.end, cases[i].end);
	}
}

static void test_overlap(void **state)
{
	static const struct {
		const char *name;
		struct range a, b;
		bool overlap, within;
	} cases[] = {
		{"apart", {1, 3}, {5, 7}, false, false},
		{"adjacent ranges do not overlap", {1, 3}, {3, 5}, false, false},
		{"one byte in common", {1, 4}, {3, 5}, true, false},
		{"inside", {3, 4}, {1, 9}, true, true},
		{"the same", {3, 4}, {3, 4}, true, true},
		{"an empty range overlaps nothing, and is within all", {3, 3}, {1, 9}, false, true},
		{"around", {1, 9}, {3, 4}, true, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK_EQ(cases[i].name, range_overlap(cases[i].a, cases[i].b), cases[i].overlap);
		CHECK_EQ(cases[i].name, range_overlap(cases[i].b, cases[i].a), cases[i].overlap);
		CHECK_EQ(cases[i].name, range_within(cases[i].a, cases[i].b), cases[i].within);
	}
}

static void test_align(void **state)
{
	static const struct {
		const char *name;
		uint64_t value, align, up, down;
		enum err e;
	} cases[] = {
		{"aligned already", 0x200000, 0x200000, 0x200000, 0x200000, ERR_OK},
		{"one above", 0x200001, 0x200000, 0x400000, 0x200000, ERR_OK},
		{"one below", 0x1fffff, 0x200000, 0x200000, 0, ERR_OK},
		{"align 1 changes nothing", 12345, 1, 12345, 12345, ERR_OK},
		{"zero", 0, 0x1000, 0, 0, ERR_OK},
		{"the last page", TOP - 0xfff, 0x1000, TOP - 0xfff, TOP - 0xfff, ERR_OK},
		{"up would wrap", TOP - 0xffe, 0x1000, 0, TOP - 0xfff, ERR_OVERFLOW},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t up = 0;

		CHECK_EQ(cases[i].name, align_up(cases[i].value, cases[i].align, &up), cases[i].e);
		CHECK_EQ(cases[i].name, up, cases[i].up);
		CHECK_EQ(cases[i].name, align_down(cases[i].value, cases[i].align), cases[i].down);
	}
}

/* op '+' or '-' with a range, on the set before; the set after, ended by an empty range. */
static void test_set(void **state)
{
	static const struct {
		const char *name;
		struct range before[4];
		char op;
		struct range r;
		size_t cap;
		struct range after[4];
		enum err e;
	} cases[] = {
		{"add to an empty set", {{0}}, '+', {1, 2}, 4, {{1, 2}}, ERR_OK},
		{"add nothing", {{1, 2}}, '+', {5, 5}, 4, {{1, 2}}, ERR_OK},
		{"add in front", {{5, 6}}, '+', {1, 2}, 4, {{1, 2}, {5, 6}}, ERR_OK},
		{"add between", {{1, 2}, {5, 6}}, '+', {3, 4}, 4, {{1, 2}, {3, 4}, {5, 6}}, ERR_OK},
		{"add joins what is adjacent on both sides", {{1, 2}, {3, 4}}, '+', {2, 3}, 4,
			{{1, 4}}, ERR_OK},
		{"add swallows", {{1, 2}, {3, 4}, {6, 9}}, '+', {0, 7}, 4, {{0, 9}}, ERR_OK},
		{"add inside changes nothing", {{1, 9}}, '+', {3, 4}, 4, {{1, 9}}, ERR_OK},
		{"add that joins needs no space", {{1, 2}, {4, 5}}, '+', {2, 3}, 2,
			{{1, 3}, {4, 5}}, ERR_OK},
		{"add without space fails and changes nothing", {{1, 2}, {4, 5}}, '+', {7, 8}, 2,
			{{1, 2}, {4, 5}}, ERR_NO_SPACE},
		{"remove from an empty set", {{0}}, '-', {1, 2}, 4, {{0}}, ERR_OK},
		{"remove nothing", {{1, 9}}, '-', {4, 4}, 4, {{1, 9}}, ERR_OK},
		{"remove a whole range", {{1, 2}, {4, 5}}, '-', {1, 2}, 4, {{4, 5}}, ERR_OK},
		{"remove splits", {{1, 9}}, '-', {3, 4}, 4, {{1, 3}, {4, 9}}, ERR_OK},
		{"remove without space for a split fails and changes nothing", {{1, 9}}, '-',
			{3, 4}, 1, {{1, 9}}, ERR_NO_SPACE},
		{"remove trims both ends", {{1, 4}, {5, 6}, {7, 9}}, '-', {3, 8}, 4,
			{{1, 3}, {8, 9}}, ERR_OK},
		{"remove what is not there", {{1, 2}}, '-', {2, 9}, 4, {{1, 2}}, ERR_OK},
		{"remove all", {{1, 2}, {3, 4}}, '-', {0, TOP}, 4, {{0}}, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range r[4] = {{0}};
		struct range_set s = {r, 0, cases[i].cap};

		while (s.count < 4 && !range_empty(cases[i].before[s.count])) {
			r[s.count] = cases[i].before[s.count];
			s.count++;
		}
		CHECK_EQ(cases[i].name,
			cases[i].op == '+' ? range_set_add(&s, cases[i].r)
					   : range_set_remove(&s, cases[i].r),
			cases[i].e);
		for (size_t n = 0; n < s.count; n++) {
			CHECK_EQ(cases[i].name, r[n].start, cases[i].after[n].start);
			CHECK_EQ(cases[i].name, r[n].end, cases[i].after[n].end);
		}
		CHECK(cases[i].name, s.count == 4 || range_empty(cases[i].after[s.count]));
	}
}

static void test_find(void **state)
{
	struct range r[] = {{0x1800, 0x5800}, {0x8000, 0x9000}, {TOP - 0x2fff, TOP}};
	struct range_set s = {r, COUNT(r), COUNT(r)};
	static const struct {
		const char *name;
		uint64_t size, align, min, max, low, high;
		enum err e;
	} cases[] = {
		{"lowest and highest", 0x1000, 0x1000, 0, TOP, 0x2000, TOP - 0x1fff, ERR_OK},
		{"below max", 0x1000, 0x1000, 0, 0x9000, 0x2000, 0x8000, ERR_OK},
		{"max cuts a range", 0x1000, 0x1000, 0, 0x8fff, 0x2000, 0x4000, ERR_OK},
		{"min cuts a range", 0x1000, 0x1000, 0x2001, 0x9000, 0x3000, 0x8000, ERR_OK},
		{"too large", 0x4001, 1, 0, TOP, 0, 0, ERR_NO_MEMORY},
		{"as large as a range", 0x4000, 1, 0, TOP, 0x1800, 0x1800, ERR_OK},
		{"alignment does not fit in", 0x4000, 0x1000, 0, TOP, 0, 0, ERR_NO_MEMORY},
		{"min above max", 0x10, 1, 0x5000, 0x2000, 0, 0, ERR_NO_MEMORY},
		{"aligning the last range up would wrap", 0x10, 1ull << 63, 0x9000, TOP, 0, 0,
			ERR_NO_MEMORY},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t low = 0, high = 0;

		CHECK_EQ(cases[i].name,
			range_set_find_low(&s, cases[i].size, cases[i].align, cases[i].min,
				cases[i].max, &low),
			cases[i].e);
		CHECK_EQ(cases[i].name,
			range_set_find_high(&s, cases[i].size, cases[i].align, cases[i].min,
				cases[i].max, &high),
			cases[i].e);
		CHECK_EQ(cases[i].name, low, cases[i].low);
		CHECK_EQ(cases[i].name, high, cases[i].high);
	}
}

/* A set over 64 addresses and the same as 64 bits. */
static struct range random_range(struct unit_random *random)
{
	uint64_t a = unit_below(random, 65), b = unit_below(random, 65);

	return a < b ? (struct range){a, b} : (struct range){b, a};
}

static uint64_t bits_of(struct range r)
{
	uint64_t bits = 0;

	for (uint64_t i = r.start; i < r.end; i++)
		bits |= 1ull << i;
	return bits;
}

static uint64_t set_bits(const struct range_set *s)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < s->count; i++) {
		assert_true(!range_empty(s->r[i]));
		assert_true(!i || s->r[i - 1].end < s->r[i].start);
		bits |= bits_of(s->r[i]);
	}
	return bits;
}

static void check_find(const struct range_set *s, uint64_t bits, struct unit_random *random)
{
	uint64_t size = 1 + unit_below(random, 12), align = 1ull << unit_below(random, 4);
	struct range limits = random_range(random);
	uint64_t low = 99, high = 99, want_low = 99, want_high = 99;

	for (uint64_t at = 0; at + size <= 64; at += align) {
		uint64_t need = bits_of((struct range){at, at + size});

		if ((need & bits) != need || at < limits.start || at + size > limits.end)
			continue;
		want_low = want_low == 99 ? at : want_low;
		want_high = at;
	}
	assert_int_equal(range_set_find_low(s, size, align, limits.start, limits.end, &low),
		want_low == 99 ? ERR_NO_MEMORY : ERR_OK);
	assert_int_equal(range_set_find_high(s, size, align, limits.start, limits.end, &high),
		want_low == 99 ? ERR_NO_MEMORY : ERR_OK);
	assert_int_equal(low, want_low);
	assert_int_equal(high, want_high);
}

static void test_set_like_a_bitmap(void **state)
{
	struct unit_random random = {1};

	for (unsigned round = 0; round < 2000; round++) {
		struct range r[33], old[33];
		struct range_set s = {r, 0, 1 + unit_below(&random, 33)};
		uint64_t bits = 0;

		for (unsigned step = 0; step < 40; step++) {
			struct range change = random_range(&random);
			struct range probe = random_range(&random);
			size_t old_count = s.count;
			bool add = unit_random(&random) & 1;

			memcpy(old, r, sizeof(old));
			if (add ? range_set_add(&s, change) : range_set_remove(&s, change)) {
				assert_int_equal(s.count, old_count);
				assert_memory_equal(r, old, old_count * sizeof(*r));
			} else {
				bits = add ? bits | bits_of(change) : bits & ~bits_of(change);
			}
			assert_int_equal(set_bits(&s), bits);
			assert_int_equal(range_set_bytes(&s), __builtin_popcountll(bits));
			assert_int_equal(range_set_covers(&s, probe), !(bits_of(probe) & ~bits));
			assert_int_equal(range_set_touches(&s, probe), !!(bits_of(probe) & bits));
			check_find(&s, bits, &random);
		}
	}
}

/* Pushed in any order and settled is the same as added one by one; and keep_only against a bitmap. */
static void test_many_at_once(void **state)
{
	struct unit_random random = {6};

	for (unsigned round = 0; round < 20000; round++) {
		struct range a[40], b[40], c[40];
		struct range_set pushed = {a, 0, 40}, added = {b, 0, 40}, allowed = {c, 0, 40};
		unsigned count = (unsigned)unit_below(&random, 40);
		bool want[210] = {false};

		for (unsigned i = 0; i < count; i++) {
			uint64_t start = unit_below(&random, 200);
			struct range r = {start, start + unit_below(&random, 9)};

			assert_int_equal(range_set_push(&pushed, r), ERR_OK);
			assert_int_equal(range_set_add(&added, r), ERR_OK);
			start = unit_below(&random, 200);
			assert_int_equal(range_set_add(&allowed,
				(struct range){start, start + unit_below(&random, 9)}), ERR_OK);
		}
		range_set_settle(&pushed);
		assert_int_equal(pushed.count, added.count);
		assert_memory_equal(a, b, added.count * sizeof(*a));
		for (uint64_t at = 0; at < 210; at++)
			want[at] = range_set_covers(&added, (struct range){at, at + 1}) &&
				range_set_covers(&allowed, (struct range){at, at + 1});
		assert_int_equal(range_set_keep_only(&pushed, &allowed), ERR_OK);
		for (uint64_t at = 0; at < 210; at++)
			assert_int_equal(range_set_covers(&pushed, (struct range){at, at + 1}), want[at]);
	}
}

/* A full list makes room by joining what it holds. */
static void test_push_into_a_full_set(void **state)
{
	struct range r[3];
	struct range_set s = {r, 0, 3};

	assert_int_equal(range_set_push(&s, (struct range){8, 9}), ERR_OK);
	assert_int_equal(range_set_push(&s, (struct range){4, 5}), ERR_OK);
	assert_int_equal(range_set_push(&s, (struct range){5, 6}), ERR_OK);
	assert_int_equal(range_set_push(&s, (struct range){0, 1}), ERR_OK);
	assert_int_equal(range_set_push(&s, (struct range){2, 3}), ERR_NO_SPACE);
	assert_int_equal(range_set_push(&s, (struct range){2, 2}), ERR_OK);
	range_set_settle(&s);
	assert_int_equal(s.count, 3);
	assert_int_equal(r[1].end, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_align),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_set_like_a_bitmap),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_push_into_a_full_set),
	};

	return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
