/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/reloc_compact and reloc_encode: codes at literal bytes, tables that lie, and that the three
 * ways agree: encode and expand give the same words back, and applying codes directly is expanding
 * and applying words.
 */
#include "tests/unit/unit.h"

#include "core/reloc_compact.h"

#define BASE 0x1000000
#define SIZE 0x20000 /* more than 64-bit codes in groups can reach */
#define W(off) ((uint32_t)(0x80000000 + BASE + (off))) /* the word for a place in the kernel */
#define LE24(v) (v) & 0xff, (v) >> 8 & 0xff, (v) >> 16

static struct span put_words(uint8_t *buf, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		le32_put(buf + 4 * i, words[i]);
	return (struct span){buf, 4 * count};
}

/* The published format, typed again: one table, byte for byte. */
static void test_bytes(void **state)
{
	static const uint32_t words[] = {
		0, W(0x10), W(0x18), W(0x18 + 223 * 8), W(0x18 + 447 * 8), W(0x1c + 447 * 8),
		W(0x1c + 447 * 8),
		/* inverse */
		0, 0x80000001,
		/* 32-bit */
		0, 0x80000000, 0x800000df, 0x800001bf, 0x8000039e, 0x8000237d, 0x8000435d,
		0x8000435d, 0x8000435d,
	};
	static const uint8_t coded[] = {
		15, 0, 0, 0, 1, 0, 0, 0, 15, 0, 0, 0,
		/* more than two bytes can say; 8, 223 * 8, 224 * 8, half a unit, no distance */
		255, 0x10, 0x00, 0x00, 0x01, 1, 223, 224, 0, 255, 4, 0, 0, 0, 0,
		/* inverse */
		1,
		/* 0, 223, 224, 479, 8159, 8160, 0, 0 */
		0, 223, 224, 0, 224, 255, 254, 255, 255, 0xe0, 0x1f, 0, 0, 0, 0,
	};
	uint8_t table[sizeof(words)], buf[sizeof(coded)], again[sizeof(words)];
	struct reloc_compact c;
	struct reloc_table t;
	uint64_t size = 0;
	struct span span;

	span = put_words(table, words, COUNT(words));
	assert_int_equal(reloc_split(span, RELOC_LINUX_3, &t, NULL), ERR_OK);
	assert_int_equal(reloc_compact_encode(&t, buf, sizeof(buf), &size), ERR_OK);
	assert_int_equal(size, sizeof(coded));
	assert_memory_equal(buf, coded, sizeof(coded));

	assert_int_equal(reloc_compact_split((struct span){coded, sizeof(coded)}, RELOC_LINUX_3, &c,
				 NULL),
		ERR_OK);
	assert_int_equal(reloc_compact_expanded_size(&c, &size, NULL), ERR_OK);
	assert_int_equal(size, sizeof(table));
	assert_int_equal(reloc_compact_expand(&c, again, size, NULL), ERR_OK);
	assert_memory_equal(again, table, sizeof(table));
	/* The size must be the very one. */
	assert_int_equal(reloc_compact_expand(&c, again, size - 4, NULL), ERR_NO_SPACE);
	assert_int_equal(reloc_compact_expand(&c, again, 0, NULL), ERR_NO_SPACE);
}

static void test_what_cannot_be_encoded(void **state)
{
	static const struct {
		const char *name;
		uint32_t words[6];
		size_t count;
		enum reloc_layout layout;
		enum err e;
	} cases[] = {
		{"nothing", {0}, 0, RELOC_NONE, ERR_BAD_RELOC},
		{"empty lists", {0, 0}, 2, RELOC_LINUX_2, ERR_OK},
		{"three empty lists", {0, 0, 0}, 3, RELOC_LINUX_3, ERR_OK},
		{"a place twice", {0, W(8), W(8), 0}, 4, RELOC_LINUX_2, ERR_OK},
		{"64-bit places descend", {0, W(8), W(0), 0}, 4, RELOC_LINUX_2, ERR_BAD_RELOC},
		{"32-bit places descend", {0, 0, W(8), W(7)}, 4, RELOC_LINUX_2, ERR_BAD_RELOC},
		{"inverse places descend", {0, 0, W(8), W(7), 0}, 5, RELOC_LINUX_3, ERR_BAD_RELOC},
		{"each list begins anew", {0, W(16), 0, W(8), 0, W(4)}, 6, RELOC_LINUX_3, ERR_OK},
		{"a place below the top 2 GiB", {0, 0x7fffffff, 0}, 3, RELOC_LINUX_2, ERR_BAD_RELOC},
		{"the lowest and the highest place", {0, 0, 0x80000000, 0xffffffff}, 4, RELOC_LINUX_2,
			ERR_OK},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t table[64], buf[64], words[64];
		struct span span = put_words(table, cases[i].words, cases[i].count);
		struct reloc_table t;
		struct reloc_compact c;
		uint64_t size = 99, expanded;

		CHECK_EQ(cases[i].name, reloc_split(span, cases[i].layout, &t, NULL), ERR_OK);
		CHECK_EQ(cases[i].name, reloc_compact_encode(&t, buf, sizeof(buf), &size), cases[i].e);
		if (cases[i].e) {
			CHECK_EQ(cases[i].name, size, 99);
			continue;
		}
		for (uint64_t cap = 0; cap < size; cap++)
			CHECK_EQ(cases[i].name, reloc_compact_encode(&t, words, cap, &expanded),
				ERR_NO_SPACE);
		CHECK_EQ(cases[i].name,
			reloc_compact_split((struct span){buf, size}, cases[i].layout, &c, NULL),
			ERR_OK);
		CHECK_EQ(cases[i].name, reloc_compact_expanded_size(&c, &expanded, NULL), ERR_OK);
		CHECK_EQ(cases[i].name, expanded, span.len);
		CHECK_EQ(cases[i].name, reloc_compact_expand(&c, words, expanded, NULL), ERR_OK);
		CHECK(cases[i].name, !memcmp(words, table, span.len));
	}
}

/* Lengths in front, two lists of them. */
#define HEAD(n64, n32) n64, 0, 0, 0, n32, 0, 0, 0

static void test_split_refuses(void **state)
{
	static const struct {
		const char *name;
		uint8_t table[20];
		size_t len;
		enum reloc_layout layout;
		enum err e;
		uint64_t offset;
	} cases[] = {
		{"nothing", {0}, 0, RELOC_LINUX_2, ERR_BAD_RELOC, 0},
		{"lengths are cut off", {HEAD(0, 0)}, 7, RELOC_LINUX_2, ERR_BAD_RELOC, 0},
		{"empty lists", {HEAD(0, 0)}, 8, RELOC_LINUX_2, ERR_OK, 0},
		{"lengths of two lists for three", {HEAD(0, 0)}, 8, RELOC_LINUX_3, ERR_BAD_RELOC, 0},
		{"lengths of three lists for two", {HEAD(0, 0), 0, 0, 0, 0}, 12, RELOC_LINUX_2,
			ERR_BAD_RELOC, 8},
		{"the first list is longer", {HEAD(2, 0), 1}, 9, RELOC_LINUX_2, ERR_BAD_RELOC, 0},
		{"the second list is longer", {HEAD(1, 1), 1}, 9, RELOC_LINUX_2, ERR_BAD_RELOC, 4},
		{"the lists are shorter", {HEAD(1, 1), 1, 1, 1}, 11, RELOC_LINUX_2, ERR_BAD_RELOC, 10},
		{"lengths whose sum wraps", {255, 255, 255, 255, 2, 0, 0, 0, 1}, 9, RELOC_LINUX_2,
			ERR_BAD_RELOC, 0},
		{"no table", {HEAD(0, 0)}, 8, RELOC_NONE, ERR_BAD_RELOC, 0},
		{"dynamic relocations", {HEAD(0, 0)}, 8, RELOC_DYNAMIC, ERR_BAD_RELOC, 0},
		{"an unknown layout", {HEAD(0, 0)}, 8, (enum reloc_layout)77, ERR_BAD_RELOC, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct reloc_compact c = {.layout = (enum reloc_layout)99};
		struct fault fault = {0};
		/* no byte more than it says, for the address sanitizer */
		uint8_t *table = malloc(cases[i].len ? cases[i].len : 1);

		assert_non_null(table);
		memcpy(table, cases[i].table, cases[i].len);
		CHECK_EQ(cases[i].name,
			reloc_compact_split(
				(struct span){table, cases[i].len}, cases[i].layout, &c, &fault),
			cases[i].e);
		CHECK_EQ(cases[i].name, fault.offset, cases[i].offset);
		CHECK_EQ(cases[i].name, c.layout, cases[i].e ? 99 : cases[i].layout);
		free(table);
	}
}

/* Read 32-bit codes with everything: the same is to be refused everywhere. */
static void test_codes_refused(void **state)
{
	static const struct {
		const char *name;
		uint8_t codes[16];
		size_t len;
		enum err count, expand, apply;
		uint64_t offset; /* of the code, in the list */
	} cases[] = {
		{"the first place", {255, 0, 0, 0, 1}, 5, ERR_OK, ERR_OK, ERR_OK, 0},
		{"a place below the kernel", {255, 255, 255, 255, 0}, 5, ERR_OK, ERR_OK,
			ERR_RELOC_OUTSIDE, 0},
		{"a place far below", {0}, 1, ERR_OK, ERR_OK, ERR_RELOC_OUTSIDE, 0},
		{"the last place", {255, LE24(SIZE - 4), 1}, 5, ERR_OK, ERR_OK,
			ERR_OK, 0},
		{"a place that runs over", {255, LE24(SIZE - 3), 1}, 5, ERR_OK,
			ERR_OK, ERR_RELOC_OUTSIDE, 0},
		{"the last place, and one more", {255, LE24(SIZE - 4), 1, 1}, 6,
			ERR_OK, ERR_OK, ERR_RELOC_OUTSIDE, 5},
		{"the last place, and two bytes", {255, LE24(SIZE - 4), 1, 224, 0},
			7, ERR_OK, ERR_OK, ERR_RELOC_OUTSIDE, 5},
		{"two bytes are one", {255, 0, 0, 0, 1, 224}, 6, ERR_BAD_RELOC, ERR_BAD_RELOC,
			ERR_BAD_RELOC, 5},
		{"five bytes are four", {255, 0, 0, 0, 1, 255, 0, 0, 0}, 9, ERR_BAD_RELOC,
			ERR_BAD_RELOC, ERR_BAD_RELOC, 5},
		{"five bytes are one", {255, 0, 0, 0, 1, 255}, 6, ERR_BAD_RELOC, ERR_BAD_RELOC,
			ERR_BAD_RELOC, 5},
		{"distances pass the highest address", {255, 0, 0, 0, 1, 255, 0, 0, 0, 0x80}, 10, ERR_OK,
			ERR_BAD_RELOC, ERR_RELOC_OUTSIDE, 5},
		{"distances pass it by as much as can be", {255, 0, 0, 0, 1, 255, 255, 255, 255, 255},
			10, ERR_OK, ERR_BAD_RELOC, ERR_RELOC_OUTSIDE, 5},
		{"cut off behind a group", {255, 0, 0, 0, 1, 4, 4, 4, 4, 4, 4, 4, 4, 4, 224}, 15,
			ERR_BAD_RELOC, ERR_BAD_RELOC, ERR_BAD_RELOC, 14},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const size_t head = 8, len = head + cases[i].len;
		uint8_t *table = malloc(len), words[64], *image = calloc(1, SIZE);
		const struct reloc_target target = {image, BASE, SIZE, RELOC_WINDOW_VA};
		struct reloc_compact c;
		struct fault fault = {0};
		uint64_t size = 0;

		assert_non_null(table);
		assert_non_null(image);
		le32_put(table, 0);
		le32_put(table + 4, (uint32_t)cases[i].len);
		memcpy(table + head, cases[i].codes, cases[i].len);
		CHECK_EQ(cases[i].name,
			reloc_compact_split((struct span){table, len}, RELOC_LINUX_2, &c, NULL), ERR_OK);
		CHECK_EQ(cases[i].name, reloc_compact_expanded_size(&c, &size, &fault), cases[i].count);
		if (cases[i].count)
			CHECK_EQ(cases[i].name, fault.offset, head + cases[i].offset);
		else
			CHECK_EQ(cases[i].name, reloc_compact_expand(&c, words, size, &fault),
				cases[i].expand);
		if (cases[i].expand)
			CHECK_EQ(cases[i].name, fault.offset, head + cases[i].offset);
		CHECK_EQ(cases[i].name, reloc_compact_apply(&c, &target, 0x200000, &fault),
			cases[i].apply);
		if (cases[i].apply)
			CHECK_EQ(cases[i].name, fault.offset, head + cases[i].offset);
		free(table);
		free(image);
	}
}

static void test_targets_refused(void **state)
{
	static const uint8_t wide[] = {HEAD(5, 0), 255, 0, 0, 0, 1};
	static const uint8_t narrow[] = {HEAD(0, 5), 255, 0, 0, 0, 1};
	static const uint8_t empty[] = {HEAD(0, 0)};
	static const struct {
		const char *name;
		const uint8_t *table;
		size_t len;
		uint64_t mem_base, mem_size, va_minus_pa, delta;
		enum err e;
	} cases[] = {
		{"moved by much, 64-bit", wide, sizeof(wide), BASE, SIZE, RELOC_WINDOW_VA,
			0x123456789abc, ERR_OK},
		{"moved by 2 GiB, 32-bit", narrow, sizeof(narrow), BASE, SIZE, RELOC_WINDOW_VA,
			0x80000000, ERR_RELOC_RANGE},
		{"moved by -2 GiB, 32-bit", narrow, sizeof(narrow), BASE, SIZE, RELOC_WINDOW_VA,
			0xffffffff80000000, ERR_RELOC_RANGE},
		{"linked elsewhere", narrow, sizeof(narrow), BASE, SIZE, 0, 1, ERR_BAD_RELOC},
		{"a tiny kernel", narrow, sizeof(narrow), BASE, 7, RELOC_WINDOW_VA, 1,
			ERR_RELOC_OUTSIDE},
		{"a kernel of one place", wide, sizeof(wide), BASE, 8, RELOC_WINDOW_VA, 1, ERR_OK},
		{"a kernel too high to be named", narrow, sizeof(narrow), 0x80000000, SIZE,
			RELOC_WINDOW_VA, 1, ERR_RELOC_OUTSIDE},
		{"the same, very high", narrow, sizeof(narrow), 0 - (uint64_t)SIZE, SIZE,
			RELOC_WINDOW_VA, 1, ERR_RELOC_OUTSIDE},
		{"nothing to do", empty, sizeof(empty), 0x80000000, 0, 0, 1, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t image[SIZE] = {0};
		const struct reloc_target target = {
			image, cases[i].mem_base, cases[i].mem_size, cases[i].va_minus_pa};
		struct reloc_compact c;

		CHECK_EQ(cases[i].name,
			reloc_compact_split((struct span){cases[i].table, cases[i].len}, RELOC_LINUX_2,
				&c, NULL),
			ERR_OK);
		CHECK_EQ(cases[i].name, reloc_compact_apply(&c, &target, cases[i].delta, NULL),
			cases[i].e);
	}
}

/* 32-bit values that do not fit any more, in each place of a group and behind it. */
static void test_range(void **state)
{
	for (unsigned bad = 0; bad < 24; bad++) {
		uint8_t table[8 + 5 + 30] = {HEAD(0, 5 + 30), 255, 0, 0, 0, 1};
		uint8_t image[SIZE] = {0};
		const struct reloc_target target = {image, BASE, SIZE, RELOC_WINDOW_VA};
		struct fault fault = {0};
		struct reloc_compact c;

		memset(table + 13, 4, 30);
		le32_put(image + 4 * bad, 0x7fffffff);
		assert_int_equal(reloc_compact_split((struct span){table, sizeof(table)},
					 RELOC_LINUX_2, &c, NULL),
			ERR_OK);
		assert_int_equal(reloc_compact_apply(&c, &target, 1, &fault), ERR_RELOC_RANGE);
		assert_int_equal(fault.offset, bad ? 12 + bad : 8);
		assert_int_equal(fault.value, RELOC_WINDOW_VA + BASE + 4 * bad);
	}
}

/* Ascending places, mostly near to each other; now and then one that is not in the kernel. */
static size_t random_list(struct unit_random *random, uint32_t *words, unsigned unit)
{
	size_t n = unit_below(random, 200), i;
	uint64_t off = unit_below(random, SIZE / 4);

	if (!unit_below(random, 3))
		off = SIZE - 8 - unit_below(random, 600);
	for (i = 0; i < n; i++) {
		words[i] = W(off);
		off += unit_below(random, 8) ? unit_below(random, 8) * unit : unit_below(random, 700);
		if (off > SIZE - 8 && unit_below(random, 100))
			break;
	}
	return i;
}

static void test_like_words(void **state)
{
	struct unit_random random = {9};
	unsigned refused = 0, done = 0;

	for (unsigned round = 0; round < 4000; round++) {
		static uint8_t table[4 * 603], coded[5 * 603], again[4 * 603], ours[SIZE], theirs[SIZE];
		uint32_t words[603];
		bool three = unit_random(&random) & 1;
		enum reloc_layout layout = three ? RELOC_LINUX_3 : RELOC_LINUX_2;
		int64_t delta = (int64_t)unit_below(&random, 0x40000000) - 0x20000000;
		const struct reloc_target our = {ours, BASE, SIZE, RELOC_WINDOW_VA};
		const struct reloc_target their = {theirs, BASE, SIZE, RELOC_WINDOW_VA};
		struct reloc_table t;
		struct reloc_compact c;
		struct span span;
		uint64_t size, expanded;
		size_t count = 0;
		enum err e;

		memset(ours, 0x40, SIZE);
		for (unsigned i = 0; i < 60; i++)
			ours[unit_below(&random, SIZE)] = (uint8_t)unit_random(&random);
		memcpy(theirs, ours, SIZE);
		for (unsigned list = 0; list < (three ? 3 : 2); list++) {
			words[count++] = 0;
			count += random_list(&random, words + count, list ? 1 : 8);
		}
		span = put_words(table, words, count);
		assert_int_equal(reloc_split(span, layout, &t, NULL), ERR_OK);
		assert_int_equal(reloc_compact_encode(&t, coded, sizeof(coded), &size), ERR_OK);
		assert_int_equal(
			reloc_compact_split((struct span){coded, size}, layout, &c, NULL), ERR_OK);
		assert_int_equal(reloc_compact_expanded_size(&c, &expanded, NULL), ERR_OK);
		assert_int_equal(expanded, span.len);
		assert_int_equal(reloc_compact_expand(&c, again, expanded, NULL), ERR_OK);
		assert_memory_equal(again, table, span.len);

		e = reloc_apply(&t, &their, (uint64_t)delta, NULL);
		assert_int_equal(reloc_compact_apply(&c, &our, (uint64_t)delta, NULL), e);
		assert_memory_equal(ours, theirs, SIZE);
		refused += e != ERR_OK;
		done += e == ERR_OK;
	}
	/* Both kinds have been there. */
	assert_true(refused > 300);
	assert_true(done > 300);
}

static void test_names(void **state)
{
	assert_string_equal(reloc_coding_name(RELOC_WORDS), "words");
	assert_string_equal(reloc_coding_name(RELOC_COMPACT), "compact");
	assert_string_equal(reloc_coding_name((enum reloc_coding)2), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_what_cannot_be_encoded),
		cmocka_unit_test(test_split_refuses),
		cmocka_unit_test(test_codes_refused),
		cmocka_unit_test(test_targets_refused),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_like_words),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("reloc_compact", tests, NULL, NULL);
}
