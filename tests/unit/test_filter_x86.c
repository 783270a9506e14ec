/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/filter_x86: what is converted, that it can be undone, and that only code is touched. */
#include "tests/unit/elf_build.h"

#include "core/filter_x86.h"

#define SIZE 16

struct conversion {
	const char *name;
	uint32_t position;
	uint8_t size;
	uint8_t plain[SIZE], filtered[SIZE];
};

/* Worked out by hand from docs/image-format.md. */
static const struct conversion conversions[] = {
	{"a call forward", 0x200000, 5, {0xe8, 0x10, 0x00, 0x00, 0x00},
		{0xe8, 0x10, 0x00, 0x20, 0x00}},
	{"a jump backward", 0x200000, 5, {0xe9, 0xfb, 0xff, 0xff, 0xff},
		{0xe9, 0xfb, 0xff, 0x1f, 0x00}},
	{"two calls of the same place", 0x1000, 12,
		{0xe8, 0x00, 0x01, 0x00, 0x00, 0x90, 0x90, 0xe8, 0xf9, 0x00, 0x00, 0x00},
		{0xe8, 0x00, 0x11, 0x00, 0x00, 0x90, 0x90, 0xe8, 0x00, 0x11, 0x00, 0x00}},
	{"in front of the content: negative", 0x10, 5, {0xe8, 0x00, 0x00, 0x00, 0xff},
		{0xe8, 0x10, 0x00, 0x00, 0xff}},
	{"25 bits wrap to negative", 0x800000, 5, {0xe8, 0x00, 0x00, 0x80, 0x00},
		{0xe8, 0x00, 0x00, 0x00, 0xff}},
	{"25 bits wrap to positive", 0x1ffffff, 5, {0xe8, 0x00, 0x00, 0x00, 0xff},
		{0xe8, 0xff, 0xff, 0xff, 0x00}},
	{"the position counts modulo 2^25", 0x2000010, 5, {0xe8, 0x01, 0x00, 0x00, 0x00},
		{0xe8, 0x11, 0x00, 0x00, 0x00}},
	{"too far away", 0x1000, 5, {0xe8, 0x00, 0x00, 0x00, 0x01}, {0xe8, 0x00, 0x00, 0x00, 0x01}},
	{"cut off by the end", 0x1000, 4, {0xe8, 0x00, 0x00, 0x00}, {0xe8, 0x00, 0x00, 0x00}},
	{"no other opcode", 0x1000, 5, {0xea, 0x00, 0x00, 0x00, 0x00}, {0xea, 0x00, 0x00, 0x00, 0x00}},
	{"a jump inside of a call's displacement", 0x1000, 8,
		{0xe8, 0xe9, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
		{0xe8, 0xe9, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00}},
	{"not in the four bytes of a call too far away", 0x1000, 8,
		{0xe8, 0xe9, 0x00, 0x00, 0x37, 0x00, 0x00, 0x00},
		{0xe8, 0xe9, 0x00, 0x00, 0x37, 0x00, 0x00, 0x00}},
	{"but in its fifth", 0x1000, 9, {0xe8, 0x00, 0x00, 0x00, 0xe9, 0x00, 0x00, 0x00, 0x00},
		{0xe8, 0x00, 0x00, 0x00, 0xe9, 0x04, 0x10, 0x00, 0x00}},
};

static void test_conversions(void **state)
{
	for (size_t i = 0; i < COUNT(conversions); i++) {
		const struct conversion *c = &conversions[i];
		uint8_t bytes[SIZE];

		memcpy(bytes, c->plain, SIZE);
		filter_x86_encode(bytes, c->size, c->position);
		CHECK(c->name, !memcmp(bytes, c->filtered, SIZE));
		filter_x86_decode(bytes, c->size, c->position);
		CHECK(c->name, !memcmp(bytes, c->plain, SIZE));
	}
}

/* The rule itself, a byte at a time. */
static void slow(uint8_t *p, size_t size, uint32_t position, bool encode)
{
	for (size_t i = 0; i + 5 <= size;) {
		uint32_t v;

		if (p[i] != 0xe8 && p[i] != 0xe9) {
			i++;
			continue;
		}
		if (p[i + 4] != 0x00 && p[i + 4] != 0xff) {
			i += 4;
			continue;
		}
		v = p[i + 1] | (uint32_t)p[i + 2] << 8 | (uint32_t)p[i + 3] << 16 |
			(uint32_t)(p[i + 4] & 1) << 24;
		v = encode ? v + position + (uint32_t)i : v - position - (uint32_t)i;
		p[i + 1] = (uint8_t)v;
		p[i + 2] = (uint8_t)(v >> 8);
		p[i + 3] = (uint8_t)(v >> 16);
		p[i + 4] = v >> 24 & 1 ? 0xff : 0x00;
		i += 5;
	}
}

/* Bytes that are hard on a filter: mostly opcodes and their last bytes, with zeros in long runs. */
static uint8_t hard_byte(struct unit_random *r)
{
	static const uint8_t often[] = {0xe8, 0xe9, 0x00, 0xff, 0xe8, 0xe9, 0x00, 0xff, 0xe7, 0xea,
		0x68, 0x01, 0xfe, 0x80, 0x7f};
	uint64_t v = unit_random(r);

	return v % 4 ? often[(v >> 8) % COUNT(often)] : (uint8_t)(v >> 16);
}

static void test_any_bytes(void **state)
{
	struct unit_random r = {7};
	uint8_t plain[400], bytes[400], want[400];

	for (unsigned round = 0; round < 20000; round++) {
		size_t start = unit_below(&r, 20), size = unit_below(&r, 360);
		uint32_t position = (uint32_t)unit_random(&r);

		for (size_t i = 0; i < sizeof(plain); i++)
			plain[i] = hard_byte(&r);
		if (round % 2)
			memset(plain + unit_below(&r, 100), 0, unit_below(&r, 250));
		for (unsigned way = 0; way < 2; way++) {
			memcpy(want, plain, sizeof(plain));
			memcpy(bytes, plain, sizeof(plain));
			slow(want + start, size, position, way == 0);
			(way ? filter_x86_decode : filter_x86_encode)(bytes + start, size, position);
			assert_memory_equal(bytes, want, sizeof(plain));
			(way ? filter_x86_encode : filter_x86_decode)(bytes + start, size, position);
			assert_memory_equal(bytes, plain, sizeof(plain));
		}
	}
}

/* Full of calls of what lies behind them. */
static void fill_calls(uint8_t *f, size_t size)
{
	static const uint8_t call[] = {0xe8, 0, 0, 0, 0};

	for (size_t i = 0; i + 5 <= size; i += 8)
		memcpy(f + i, call, sizeof(call));
}

/*
 * Segments: two that execute, one behind the other; one that does not; one that executes and holds
 * the section headers.
 *
 *     0        0x400     0x1000   0x1800   0x2000   0x2800   0x3000   0x3400  0x3480   0x4000
 *     | tables | (first) | first  | second | data   |        | fourth | sections | fourth |
 */
static void build_file(uint8_t *f, bool tables_inside)
{
	const struct elf_load loads[] = {
		{tables_inside ? 0 : 0x1000, 0x100000, 0x100000, tables_inside ? 0x1800 : 0x800, 0x2000},
		{0x1800, 0x102000, 0x102000, 0x800, 0x800},
		{0x2000, 0x103000, 0x103000, 0x800, 0x800},
		{0x3000, 0x104000, 0x104000, 0x1000, 0x1000},
		{0},
	};

	elf_build(f, 2, 0x100000, loads);
	fill_calls(f + 0x140, ELF_BUILD_SIZE - 0x140);
	le32_put(f + 0x40 + 2 * 0x38 + 4, 6); /* the third one's p_flags: no PF_X */
	elf_build_sections(f, 0x3400, 2);
	memset(f + 0x3400, 0, 2 * 0x40);
	f[0x3400] = 0xe8; /* sh_name of a null section: no filter may touch even that */
}

static bool is_code(size_t i, bool tables_inside)
{
	if (i >= 0x3400 && i < 0x3480)
		return false;
	return (i >= (tables_inside ? 0x40 + 4 * 0x38 : 0x1000) && i < 0x2000) ||
		(i >= 0x3000 && i < 0x4000);
}

static void test_only_code(void **state)
{
	static uint8_t plain[ELF_BUILD_SIZE], bytes[ELF_BUILD_SIZE];

	for (unsigned inside = 0; inside < 2; inside++) {
		struct elf_plan plan;
		size_t changed = 0;

		build_file(plain, inside);
		memcpy(bytes, plain, sizeof(plain));
		assert_int_equal(
			elf_plan((struct span){plain, sizeof(plain)}, sizeof(plain), &plan, NULL), 0);
		assert_int_equal(
			filter_x86_chunk(FILTER_ENCODE, &plan, bytes, 0, sizeof(bytes)), ERR_OK);
		for (size_t i = 0; i < sizeof(plain); i++) {
			changed += bytes[i] != plain[i];
			CHECK(inside ? "tables inside" : "apart",
				bytes[i] == plain[i] || is_code(i, inside));
		}
		assert_in_range(changed, 0x300, 0x1000);
		/* What was filtered can be planned with, before it is undone. */
		struct elf_plan again;

		assert_int_equal(
			elf_plan((struct span){bytes, sizeof(bytes)}, sizeof(bytes), &again, NULL), 0);
		assert_int_equal(
			filter_x86_chunk(FILTER_DECODE, &again, bytes, 0, sizeof(bytes)), ERR_OK);
		assert_memory_equal(bytes, plain, sizeof(plain));
	}
}

/* Each chunk is filtered as if nothing were around it, and only it is touched. */
static void test_chunks(void **state)
{
	static uint8_t plain[ELF_BUILD_SIZE], bytes[ELF_BUILD_SIZE], chunk[ELF_BUILD_SIZE];
	struct unit_random r = {8};
	struct elf_plan plan;

	build_file(plain, true);
	assert_int_equal(elf_plan((struct span){plain, sizeof(plain)}, sizeof(plain), &plan, NULL), 0);
	for (unsigned round = 0; round < 500; round++) {
		size_t offset = unit_below(&r, sizeof(plain)),
		       size = unit_below(&r, sizeof(plain) - offset) + 1;

		memcpy(bytes, plain, sizeof(plain));
		memcpy(chunk, plain + offset, size);
		assert_int_equal(filter_x86_chunk(FILTER_ENCODE, &plan, bytes + offset, offset, size),
			ERR_OK);
		assert_memory_equal(bytes, plain, offset);
		assert_memory_equal(bytes + offset + size, plain + offset + size,
			sizeof(plain) - offset - size);
		assert_int_equal(filter_x86_chunk(FILTER_ENCODE, &plan, chunk, offset, size), ERR_OK);
		assert_memory_equal(chunk, bytes + offset, size);
		assert_int_equal(filter_x86_chunk(FILTER_DECODE, &plan, chunk, offset, size), ERR_OK);
		assert_memory_equal(chunk, plain + offset, size);
	}
}

/* The most ranges that a file can make: every segment apart, each table in the middle of one. */
static void test_most_ranges(void **state)
{
	struct elf_plan plan = {.count = ELF_SEGMENTS_MAX};
	static uint8_t bytes[ELF_SEGMENTS_MAX * 0x100];

	for (size_t i = 0; i < ELF_SEGMENTS_MAX; i++)
		plan.segment[i] = (struct elf_segment){
			.offset = i * 0x100, .filesz = 0xf0, .memsz = 0xf0, .flags = 5};
	for (size_t i = 0; i < ELF_TABLES; i++)
		plan.table[i] = range_make(i * 0x100 + 0x40, 0x40);
	assert_int_equal(filter_x86_chunk(FILTER_ENCODE, &plan, bytes, 0, sizeof(bytes)), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversions),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_only_code),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_most_ranges),
	};

	return cmocka_run_group_tests_name("filter_x86", tests, NULL, NULL);
}
