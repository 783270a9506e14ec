/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/place_chunk: where each chunk of a small kernel goes, and which cuts are refused. */
#include "tests/unit/unit.h"

#include "core/place.h"

/* Segments at 0x1000000 (two, one run), and 0x1003000; header 0x200, gap, tail from 0x2400. */
static const struct elf_plan elf = {
	.count = 3,
	.segment = {{0x200, 0, 0x1000000, 0x800, 0x800, 1, 0},
		{0x1200, 0, 0x1001000, 0x400, 0x800, 1, 0},
		{0x2000, 0, 0x1003000, 0x400, 0x1000, 1, 0}},
	.mem_base = 0x1000000,
	.mem_size = 0x4000,
	.first_offset = 0x200,
	.tail_offset = 0x2400,
	.in_place = true,
};

static void test_chunk(void **state)
{
	static const struct {
		const char *name;
		uint64_t off, size;
		bool no_elf;
		enum err e;
		uint64_t pa; /* 0: skipped */
	} cases[] = {
		{"the header, before it can be read", 0, 0x200, true, ERR_OK, 0x5000000},
		{"a part of the header", 0, 0x100, true, ERR_OK, 0x5000000},
		{"the rest of the header is skipped", 0x100, 0x100, false, ERR_OK, 0},
		{"the header and more", 0, 0x201, true, ERR_BAD_MANIFEST, 0},
		{"a whole run with its padding", 0x200, 0x1400, false, ERR_OK, 0x5000000},
		{"a part of a run", 0xa00, 0x100, false, ERR_OK, 0x5000800},
		{"a run and more", 0x200, 0x1401, false, ERR_BAD_MANIFEST, 0},
		{"a run without the ELF", 0x200, 0x100, true, ERR_BAD_MANIFEST, 0},
		{"the gap is skipped", 0x1600, 0xa00, false, ERR_OK, 0},
		{"the gap and more", 0x1600, 0xa01, false, ERR_BAD_MANIFEST, 0},
		{"the second run", 0x2000, 0x400, false, ERR_OK, 0x5003000},
		{"a run and the tail", 0x2000, 0x401, false, ERR_BAD_MANIFEST, 0},
		{"the tail", 0x2400, 0x100, false, ERR_OK, 0x5004000},
		{"the end of the tail", 0x24ff, 1, false, ERR_OK, 0x50040ff},
		{"behind the content", 0x24ff, 2, false, ERR_BAD_MANIFEST, 0},
		{"nothing", 0x200, 0, false, ERR_BAD_MANIFEST, 0},
		{"an end that wraps", 0x2400, UINT64_MAX, false, ERR_BAD_MANIFEST, 0},
	};
	const struct place_image image = {
		.content_size = 0x2500,
		.first_offset = 0x200,
		.tail_offset = 0x2400,
		.mem_base = 0x1000000,
		.mem_size = 0x4000,
		.in_place = true,
	};
	const struct place_plan plan = {.output_pa = 0x5000000,
		.extent = 0x4100,
		.header_pa = 0x5000000,
		.tail_pa = 0x5004000};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t pa = 7;
		bool skip = false;

		CHECK_EQ(cases[i].name,
			place_chunk(&image, &plan, cases[i].no_elf ? NULL : &elf, cases[i].off,
				cases[i].size, &pa, &skip),
			cases[i].e);
		CHECK_EQ(cases[i].name, pa, cases[i].e ? 7 : cases[i].pa);
		CHECK_EQ(cases[i].name, skip, !cases[i].e && !cases[i].pa);
	}
}

/* The manifest describes less memory than the ELF: a segment must not leave the output. */
static void test_chunk_outside_the_output(void **state)
{
	const struct place_image image = {
		.content_size = 0x2500,
		.first_offset = 0x200,
		.tail_offset = 0x2400,
		.mem_base = 0x1000000,
		.mem_size = 0x2000,
		.in_place = true,
	};
	struct place_image low = image;
	const struct place_plan plan = {.output_pa = 0x5000000,
		.extent = 0x2100,
		.header_pa = 0x5000000,
		.tail_pa = 0x5002000};
	uint64_t pa;
	bool skip;

	assert_int_equal(
		place_chunk(&image, &plan, &elf, 0x2000, 0x400, &pa, &skip), ERR_BAD_MANIFEST);
	low.mem_base += 0x1000;
	assert_int_equal(
		place_chunk(&low, &plan, &elf, 0x200, 0x400, &pa, &skip), ERR_BAD_MANIFEST);
}

static void test_chunk_apart(void **state)
{
	const struct place_image image = {
		.content_size = 0x2500, .tail_offset = 0x2400, .mem_size = 0x4000};
	const struct place_plan plan = {.output_pa = 0x5000000,
		.extent = 0x6500,
		.header_pa = 0x5004000,
		.content_pa = 0x5004000};
	uint64_t pa;
	bool skip;

	assert_int_equal(place_chunk(&image, &plan, NULL, 0x123, 0x2000, &pa, &skip), ERR_OK);
	assert_int_equal(pa, 0x5004123);
	assert_false(skip);
	assert_int_equal(
		place_chunk(&image, &plan, NULL, 0x123, 0x2400, &pa, &skip), ERR_BAD_MANIFEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunk),
		cmocka_unit_test(test_chunk_outside_the_output),
		cmocka_unit_test(test_chunk_apart),
	};

	return cmocka_run_group_tests_name("place_chunk", tests, NULL, NULL);
}
