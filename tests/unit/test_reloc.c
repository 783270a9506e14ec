/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/reloc: both of Linux's table layouts, detected and applied; a naive applier is the oracle.
 */
#include "tests/unit/unit.h"

#include "core/reloc.h"

#define LINUX_VA 0xffffffff80000000
#define BASE	 0x1000000
#define SIZE	 0x1000
#define W(off)	 ((uint32_t)(0x80000000 + BASE + (off))) /* the word for a place in the kernel */

static const struct elf_plan plan = {
	.mem_base = BASE,
	.mem_size = SIZE,
	.link_base = LINUX_VA,
};

static struct span put_words(uint8_t *buf, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		le32_put(buf + 4 * i, words[i]);
	return (struct span){buf, 4 * count};
}

static bool same_span(struct span a, struct span b)
{
	return a.ptr == b.ptr && a.len == b.len;
}

static void test_parse(void **state)
{
	static const struct {
		const char *name;
		uint32_t words[12];
		size_t count;
		enum err e;
		enum reloc_layout layout;
		size_t n64, inverse, n32;
		uint64_t fault_offset;
	} cases[] = {
		{"no table", {0}, 0, ERR_OK, RELOC_NONE, 0, 0, 0, 0},
		{"three lists", {0, W(0), W(8), 0, W(16), 0, W(20), W(24), W(28)}, 9, ERR_OK,
			RELOC_LINUX_3, 2, 1, 3, 0},
		{"two lists", {0, W(0), W(8), 0, W(16)}, 5, ERR_OK, RELOC_LINUX_2, 2, 0, 1, 0},
		{"three empty lists", {0, 0, 0}, 3, ERR_OK, RELOC_LINUX_3, 0, 0, 0, 0},
		{"two empty lists", {0, 0}, 2, ERR_OK, RELOC_LINUX_2, 0, 0, 0, 0},
		{"one list", {0, W(0)}, 2, ERR_BAD_RELOC, 0, 0, 0, 0, 0},
		{"four lists", {0, 0, 0, 0}, 4, ERR_BAD_RELOC, 0, 0, 0, 0, 0},
		{"no zero in front", {W(0), 0, W(8), 0, W(16)}, 5, ERR_BAD_RELOC, 0, 0, 0, 0, 4},
		{"no zero at all", {W(0), W(8)}, 2, ERR_BAD_RELOC, 0, 0, 0, 0, 0},
		{"a word below the kernel", {0, W(0), W(-1), 0, 0}, 5, ERR_RELOC_OUTSIDE, 0, 0, 0,
			0, 8},
		{"the last 64-bit place", {0, W(SIZE - 8), 0}, 3, ERR_OK, RELOC_LINUX_2, 1, 0, 0,
			0},
		{"a 64-bit place that runs over", {0, W(SIZE - 7), 0}, 3, ERR_RELOC_OUTSIDE, 0, 0,
			0, 0, 4},
		{"the last 32-bit place", {0, 0, W(SIZE - 4)}, 3, ERR_OK, RELOC_LINUX_2, 0, 0, 1,
			0},
		{"a 32-bit place that runs over", {0, 0, W(SIZE - 3)}, 3, ERR_RELOC_OUTSIDE, 0, 0,
			0, 0, 8},
		{"an inverse place that runs over", {0, 0, W(SIZE - 3), 0}, 4, ERR_RELOC_OUTSIDE, 0,
			0, 0, 0, 8},
		{"a word of the wrong half of the address space", {0, 0x01000000, 0}, 3,
			ERR_RELOC_OUTSIDE, 0, 0, 0, 0, 4},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t buf[64];
		struct span table = put_words(buf, cases[i].words, cases[i].count);
		struct reloc_table t = {.layout = 99}, split;
		struct fault fault = {0};
		enum err e = reloc_parse(table, &plan, &t, &fault);

		CHECK_EQ(cases[i].name, e, cases[i].e);
		if (e) {
			CHECK_EQ(cases[i].name, t.layout, 99);
			CHECK(cases[i].name, fault.text);
			CHECK_EQ(cases[i].name, fault.offset, cases[i].fault_offset);
			continue;
		}
		CHECK_EQ(cases[i].name, t.layout, cases[i].layout);
		CHECK_EQ(cases[i].name, t.rel64.len, 4 * cases[i].n64);
		CHECK_EQ(cases[i].name, t.inverse32.len, 4 * cases[i].inverse);
		CHECK_EQ(cases[i].name, t.rel32.len, 4 * cases[i].n32);
		CHECK_EQ(cases[i].name, reloc_split(table, t.layout, &split, &fault), ERR_OK);
		CHECK(cases[i].name, same_span(split.rel64, t.rel64));
		CHECK(cases[i].name, same_span(split.inverse32, t.inverse32));
		CHECK(cases[i].name, same_span(split.rel32, t.rel32));
	}
}

static void test_odd_length(void **state)
{
	uint8_t buf[16] = {0};
	struct reloc_table t;

	for (size_t len = 0; len < sizeof(buf); len++) {
		if (len % 4 == 0)
			continue;
		assert_int_equal(
			reloc_parse((struct span){buf, len}, &plan, &t, NULL), ERR_BAD_RELOC);
		assert_int_equal(reloc_split((struct span){buf, len}, RELOC_LINUX_2, &t, NULL),
			ERR_BAD_RELOC);
	}
}

static void test_split_with_the_wrong_layout(void **state)
{
	static const struct {
		const char *name;
		uint32_t words[6];
		size_t count;
		enum reloc_layout layout;
	} cases[] = {
		{"two lists taken for three", {0, W(0), 0, W(8)}, 4, RELOC_LINUX_3},
		{"three lists taken for two", {0, W(0), 0, W(8), 0, W(16)}, 6, RELOC_LINUX_2},
		{"a table where none belongs", {0, 0}, 2, RELOC_NONE},
		{"a table with dynamic relocations", {0, 0}, 2, RELOC_DYNAMIC},
		{"no table where one belongs", {0}, 0, RELOC_LINUX_2},
		{"an unknown layout", {0, 0}, 2, (enum reloc_layout)77},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t buf[64];
		struct reloc_table t;

		CHECK_EQ(cases[i].name,
			reloc_split(put_words(buf, cases[i].words, cases[i].count), cases[i].layout,
				&t, NULL),
			ERR_BAD_RELOC);
	}
}

static void test_apply(void **state)
{
	static const uint32_t words[] = {0, W(0x10), W(0x21), 0, W(0x40), 0, W(0x50), W(SIZE - 4)};
	const uint64_t delta = 0x12000000;
	uint8_t buf[64], image[SIZE] = {0};
	const struct reloc_target target = {image, BASE, SIZE, LINUX_VA};
	struct reloc_table t;

	le64_put(image + 0x10, 0xffffffff81000000);
	le64_put(image + 0x21, 0xffffffffffffffff);
	le32_put(image + 0x40, 0x00000100);
	le32_put(image + 0x50, 0x81000000);
	le32_put(image + SIZE - 4, 0x81234567);
	assert_int_equal(reloc_parse(put_words(buf, words, COUNT(words)), &plan, &t, NULL), ERR_OK);
	assert_int_equal(reloc_apply(&t, &target, delta, NULL), ERR_OK);
	assert_int_equal(le64_get(image + 0x10), 0xffffffff93000000);
	assert_int_equal(le64_get(image + 0x21), 0x11ffffff);
	assert_int_equal(le32_get(image + 0x40), 0xee000100);
	assert_int_equal(le32_get(image + 0x50), 0x93000000);
	assert_int_equal(le32_get(image + SIZE - 4), 0x93234567);
	/* and back again */
	assert_int_equal(reloc_apply(&t, &target, -delta, NULL), ERR_OK);
	assert_int_equal(le64_get(image + 0x10), 0xffffffff81000000);
	assert_int_equal(le32_get(image + 0x40), 0x100);
}

static void test_apply_refuses(void **state)
{
	static const struct {
		const char *name;
		uint32_t words[4];
		size_t count;
		uint32_t old; /* value at offset 0x100 */
		uint64_t delta;
		enum err e;
		uint64_t offset, value;
	} cases[] = {
		{"a 64-bit place that runs over", {0, W(SIZE - 7), 0}, 3, 0, 0x200000,
			ERR_RELOC_OUTSIDE, 4, LINUX_VA + BASE + SIZE - 7},
		{"a 32-bit place that runs over", {0, 0, W(0x100), W(SIZE - 3)}, 4, 0, 0x200000,
			ERR_RELOC_OUTSIDE, 12, LINUX_VA + BASE + SIZE - 3},
		{"a place below the kernel", {0, 0, W(-1)}, 3, 0, 0x200000, ERR_RELOC_OUTSIDE, 8,
			LINUX_VA + BASE - 1},
		{"a positive value that becomes negative", {0, 0, W(0x100)}, 3, 0x7fffffff, 1,
			ERR_RELOC_RANGE, 8, LINUX_VA + BASE + 0x100},
		{"an offset may pass zero", {0, 0, W(0x100)}, 3, 0xffffffff, 0x200000, ERR_OK, 0,
			0},
		{"the highest kernel address", {0, 0, W(0x100)}, 3, 0xffdfffff, 0x200000, ERR_OK, 0,
			0},
		{"an inverse place below the lowest value", {0, 0, W(0x100), 0}, 4, 0x80000000, 1,
			ERR_RELOC_RANGE, 8, LINUX_VA + BASE + 0x100},
		{"a delta of 2 GiB with 32-bit places", {0, 0, W(0x100)}, 3, 0, 0x80000000,
			ERR_RELOC_RANGE, 0, 0x80000000},
		{"a delta of -2 GiB with 32-bit places", {0, 0, W(0x100)}, 3, 0, 0xffffffff80000000,
			ERR_RELOC_RANGE, 0, 0xffffffff80000000},
		{"a delta of any size with 64-bit places only", {0, W(0x100), 0}, 3, 0,
			0x123456789abc, ERR_OK, 0, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t buf[64], image[SIZE] = {0};
		const struct reloc_target target = {image, BASE, SIZE, LINUX_VA};
		enum reloc_layout layout =
			cases[i].count == 4 && !cases[i].words[3] ? RELOC_LINUX_3 : RELOC_LINUX_2;
		struct reloc_table t;
		struct fault fault = {0};

		le32_put(image + 0x100, cases[i].old);
		CHECK_EQ(cases[i].name,
			reloc_split(
				put_words(buf, cases[i].words, cases[i].count), layout, &t, &fault),
			ERR_OK);
		CHECK_EQ(cases[i].name, reloc_apply(&t, &target, cases[i].delta, &fault),
			cases[i].e);
		CHECK_EQ(cases[i].name, fault.offset, cases[i].offset);
		CHECK_EQ(cases[i].name, fault.value, cases[i].value);
	}
}

static void test_tiny_kernel(void **state)
{
	static const uint32_t words[] = {0, 0, W(0)};
	uint8_t buf[16], image[8];
	struct reloc_table t;

	assert_int_equal(reloc_split(put_words(buf, words, 3), RELOC_LINUX_2, &t, NULL), ERR_OK);
	for (uint64_t size = 0; size < 8; size++) {
		const struct reloc_target target = {image, BASE, size, LINUX_VA};

		assert_int_equal(reloc_apply(&t, &target, 1, NULL), ERR_RELOC_OUTSIDE);
	}
	assert_int_equal(reloc_split((struct span){0}, RELOC_NONE, &t, NULL), ERR_OK);
	assert_int_equal(
		reloc_apply(&t, &(struct reloc_target){image, BASE, 0, LINUX_VA}, 1, NULL), ERR_OK);
}

/* The definition, a word at a time, in 128 bits. False where reloc_apply must refuse. */
static bool naive_apply(uint8_t *image, struct span list, unsigned width, int64_t delta)
{
	for (size_t at = 0; at < list.len; at += 4) {
		int64_t va = (int32_t)le32_get(list.ptr + at);
		__int128 off = (__int128)(uint64_t)va - LINUX_VA - BASE, sum;

		if (off < 0 || off + width > SIZE)
			return false;
		if (width == 8) {
			le64_put(image + (size_t)off,
				le64_get(image + (size_t)off) + (uint64_t)delta);
			continue;
		}
		sum = (__int128)(int32_t)le32_get(image + (size_t)off) + delta;
		le32_put(image + (size_t)off, (uint32_t)sum);
		if (sum < INT32_MIN || sum > INT32_MAX)
			return false;
	}
	return true;
}

static void test_like_naive(void **state)
{
	struct unit_random random = {4};

	for (unsigned round = 0; round < 3000; round++) {
		uint8_t buf[4 * 103], ours[SIZE], theirs[SIZE];
		uint32_t words[103];
		size_t count = 0;
		bool three = unit_random(&random) & 1, good;
		int64_t delta = (int64_t)unit_below(&random, 0x40000000) - 0x20000000;
		const struct reloc_target target = {ours, BASE, SIZE, LINUX_VA};
		struct reloc_table t;

		for (size_t i = 0; i < SIZE; i++)
			ours[i] = theirs[i] =
				unit_below(&random, 4) ? 0x40 : (uint8_t)unit_random(&random);
		for (unsigned list = 0; list < (three ? 3 : 2); list++) {
			size_t n = unit_below(&random, 33);

			words[count++] = 0;
			while (n--)
				words[count++] = W(unit_below(
					&random, SIZE - 8 + !unit_below(&random, 500) * 16));
		}
		assert_int_equal(reloc_split(put_words(buf, words, count),
					 three ? RELOC_LINUX_3 : RELOC_LINUX_2, &t, NULL),
			ERR_OK);
		good = naive_apply(theirs, t.rel64, 8, delta) &&
			naive_apply(theirs, t.inverse32, 4, -delta) &&
			naive_apply(theirs, t.rel32, 4, delta);
		assert_int_equal(reloc_apply(&t, &target, (uint64_t)delta, NULL) == ERR_OK, good);
		assert_memory_equal(ours, theirs, SIZE);
	}
}

static void test_layout_names(void **state)
{
	assert_string_equal(reloc_layout_name(RELOC_NONE), "none");
	assert_string_equal(reloc_layout_name(RELOC_LINUX_3), "linux-3");
	assert_string_equal(reloc_layout_name(RELOC_LINUX_2), "linux-2");
	assert_string_equal(reloc_layout_name(RELOC_DYNAMIC), "dynamic");
	assert_string_equal(reloc_layout_name((enum reloc_layout)9), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_odd_length),
		cmocka_unit_test(test_split_with_the_wrong_layout),
		cmocka_unit_test(test_apply),
		cmocka_unit_test(test_apply_refuses),
		cmocka_unit_test(test_tiny_kernel),
		cmocka_unit_test(test_like_naive),
		cmocka_unit_test(test_layout_names),
	};

	return cmocka_run_group_tests_name("reloc", tests, NULL, NULL);
}
