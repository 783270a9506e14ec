/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/dynamic: relocations of a position-independent kernel counted, and tried; and lib/crc32, which has the
 * same numbers as core's. The kernel of these tests is linked at 0x100000, one segment of 0x1000 bytes at
 * 0x1000 in the file:
 *
 *   + 0x400  RELA, two entries      + 0x600  RELR, three words      + 0x800  PT_DYNAMIC
 */
#include "tests/unit/unit.h"

#include "core/crc32.h"
#include "lib/crc32.h"
#include "lib/dynamic.h"

#define BASE   0x100000
#define OFFSET 0x1000
#define SIZE   0x1000
#define RELA   0x400
#define RELR   0x600
#define DYN    0x800

enum tag { END, T_RELA = 7, T_RELASZ = 8, T_RELAENT = 9, T_RELRSZ = 35, T_RELR = 36, T_RELRENT = 37 };

static uint8_t file[OFFSET + SIZE];

static const struct elf_plan stock = {
	.type = 3,
	.count = 1,
	.segment = {{OFFSET, BASE, BASE, SIZE, SIZE, 0x1000, 7}},
	.mem_base = BASE,
	.mem_size = SIZE,
	.dynamic_offset = OFFSET + DYN,
	.dynamic_size = 0x100,
};

static uint8_t *image(uint64_t off)
{
	return file + OFFSET + off;
}

static void put_tag(unsigned int n, enum tag tag, uint64_t value)
{
	le64_put(image(DYN + 16 * n), tag);
	le64_put(image(DYN + 16 * n + 8), value);
}

static int set_up(void **state)
{
	memset(file, 0, sizeof(file));
	for (unsigned int i = 0; i < 2; i++) {
		le64_put(image(RELA + 24 * i), BASE + 0x10 + 8 * i);
		le64_put(image(RELA + 24 * i + 8), 8); /* R_X86_64_RELATIVE */
	}
	le64_put(image(RELR), BASE + 0x100); /* a place; then bits for the words behind it */
	le64_put(image(RELR + 8), 1 | 1ull << 1 | 1ull << 3 | 1ull << 63);
	le64_put(image(RELR + 16), 1);
	put_tag(0, T_RELA, BASE + RELA);
	put_tag(1, T_RELASZ, 48);
	put_tag(2, T_RELAENT, 24);
	put_tag(3, T_RELR, BASE + RELR);
	put_tag(4, T_RELRSZ, 24);
	put_tag(5, T_RELRENT, 8);
	return 0;
}

static void test_good(void **state)
{
	const struct span elf = {file, sizeof(file)};

	assert_int_equal(dynamic_count(&stock, elf), 2 + 1 + 3);
	assert_int_equal(dynamic_check(&stock, elf, NULL), ERR_OK);
}

static void test_damaged(void **state)
{
	static const struct {
		const char *name;
		unsigned int n;
		enum tag tag;
		uint64_t value;
		uint64_t count; /* what is counted nevertheless */
		bool good; /* the stub can apply it */
	} cases[] = {
		{"no RELA", 1, T_RELASZ, 0, 4, true},
		{"no RELR", 4, T_RELRSZ, 0, 2, true},
		{"ends early", 0, END, 0, 0, true},
		{"RELR outside of the file", 3, T_RELR, BASE + SIZE, 2, false},
		{"RELR below the image", 3, T_RELR, BASE - 8, 2, false},
		{"RELR at the end of memory", 3, T_RELR, UINT64_MAX - 7, 2, false},
		{"RELR longer than the segment", 4, T_RELRSZ, SIZE, 2, false},
		{"RELR of all bytes", 4, T_RELRSZ, UINT64_MAX, 2, false},
		{"RELA outside of the image", 0, T_RELA, BASE + SIZE, 6, false},
		{"RELA of all bytes", 1, T_RELASZ, UINT64_MAX, UINT64_MAX / 24 + 4, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct span elf = {file, sizeof(file)};

		set_up(NULL);
		put_tag(cases[i].n, cases[i].tag, cases[i].value);
		CHECK_EQ(cases[i].name, dynamic_count(&stock, elf), cases[i].count);
		CHECK_EQ(cases[i].name, !dynamic_check(&stock, elf, NULL), cases[i].good);
	}
}

static void test_places(void **state)
{
	static const struct {
		const char *name;
		uint64_t place, type;
		enum err err;
	} cases[] = {
		{"the last word", BASE + SIZE - 8, 8, ERR_OK},
		{"half outside", BASE + SIZE - 4, 8, ERR_RELOC_OUTSIDE},
		{"below", BASE - 8, 8, ERR_RELOC_OUTSIDE},
		{"another type", BASE, 6, ERR_RELOC_KIND},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		set_up(NULL);
		le64_put(image(RELA), cases[i].place);
		le64_put(image(RELA + 8), cases[i].type);
		CHECK_EQ(cases[i].name, dynamic_check(&stock, (struct span){file, sizeof(file)}, NULL),
			cases[i].err);
	}
}

/* The plan is that of a whole file; where it is cut, the bytes that are missing count as zeros. */
static void test_cut(void **state)
{
	for (size_t len = 0; len <= sizeof(file); len += 41) {
		uint8_t *exact = malloc(len + !len);

		memcpy(exact, file, len);
		(void)!dynamic_count(&stock, (struct span){exact, len});
		(void)!dynamic_check(&stock, (struct span){exact, len}, NULL);
		free(exact);
	}
}

static void test_too_much_memory(void **state)
{
	struct elf_plan plan = stock;

	plan.mem_size = UINT64_C(1) << 32;
	assert_int_equal(dynamic_check(&plan, (struct span){file, sizeof(file)}, NULL), ERR_OVERFLOW);
}

static void test_crc32(void **state)
{
	struct span whole = {file, sizeof(file)};

	assert_int_equal(crc32_update(0, text_span("123456789")), 0xcbf43926);
	assert_int_equal(crc32_update(crc32_update(0, text_span("1234")), text_span("56789")), 0xcbf43926);
	assert_int_equal(crc32_update(0, (struct span){0}), 0);
	assert_int_equal(crc32_update(0, whole), (uint32_t)~crc32_more(CRC32_START, whole));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_good, set_up),
		cmocka_unit_test_setup(test_damaged, set_up),
		cmocka_unit_test_setup(test_places, set_up),
		cmocka_unit_test_setup(test_cut, set_up),
		cmocka_unit_test_setup(test_too_much_memory, set_up),
		cmocka_unit_test_setup(test_crc32, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
