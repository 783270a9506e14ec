/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/elf: load plans of the shapes that kernels come in, damaged ones, and pieces. */
#include "tests/unit/elf_build.h"

#include "core/elf.h"

#define LINUX_VA 0xffffffff80000000

/* What a load plan says about a file whose bytes are all there. */
static void test_plans(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		uint64_t entry;
		struct elf_load loads[6];
		uint64_t entry_pa, base, size, first, tail, link;
		bool in_place;
	} cases[] = {
		{"Linux before 6.15: three runs, per-CPU area at virtual 0", 2, 0x1000000,
			{{0x200, LINUX_VA + 0x1000000, 0x1000000, 0x800, 0x800},
				{0xa00, LINUX_VA + 0x1000800, 0x1000800, 0x400, 0x400},
				{0x1000, 0, 0x1000c00, 0x200, 0x200},
				{0x1400, LINUX_VA + 0x1000e00, 0x1000e00, 0x800, 0x800}},
			0x1000000, 0x1000000, 0x1600, 0x200, 0x1c00, LINUX_VA, true},
		{"Linux since 6.15: the entry anywhere", 2, 0x1000900,
			{{0x200, LINUX_VA + 0x1000000, 0x1000000, 0x800, 0x800},
				{0xa00, LINUX_VA + 0x1000800, 0x1000800, 0x400, 0x400}},
			0x1000900, 0x1000000, 0xc00, 0x200, 0xe00, LINUX_VA, true},
		{"one segment with the ELF header in it", 2, 0x100100,
			{{0, 0x100000, 0x100000, 0x1000, 0x3000}}, 0x100100, 0x100000, 0x3000, 0,
			0x1000, 0, true},
		{"a virtual entry", 2, LINUX_VA + 0x100100,
			{{0x1000, LINUX_VA + 0x100000, 0x100000, 0x1000, 0x3000}}, 0x100100,
			0x100000, 0x3000, 0x1000, 0x2000, LINUX_VA, true},
		{"position independent from 0", 3, 0x1000, {{0x1000, 0, 0, 0x2000, 0x2000}}, 0x1000,
			0, 0x2000, 0x1000, 0x3000, 0, true},
		{"unsorted segments", 2, 0x2000,
			{{0x2000, 0x2000, 0x2000, 0x100, 0x100},
				{0x1000, 0x1000, 0x1000, 0x100, 0x100}},
			0x2000, 0x1000, 0x1100, 0x1000, 0x2100, 0, true},
		{"another order in the file than in memory: apart", 2, 0x2000,
			{{0x1000, 0x2000, 0x2000, 0x100, 0x100},
				{0x2000, 0x1000, 0x1000, 0x100, 0x100}},
			0x2000, 0x1000, 0x1100, 0x1000, 0x2100, 0, false},
		{"segments that share bytes of the file: apart", 2, 0x1000,
			{{0x1000, 0x1000, 0x1000, 0x200, 0x200},
				{0x1100, 0x2000, 0x2000, 0x200, 0x200}},
			0x1000, 0x1000, 0x1200, 0x1000, 0x1300, 0, false},
		{"a bss segment of its own does not count for the file", 2, 0x1000,
			{{0x1000, 0x1000, 0x1000, 0x200, 0x200}, {0x0, 0x2000, 0x2000, 0, 0x500}},
			0x1000, 0x1000, 0x1500, 0x1000, 0x1200, 0, true},
		{"a header that is loaded, but not lowest: apart", 2, 0x2000,
			{{0, 0x2000, 0x2000, 0x200, 0x200}, {0, 0x1000, 0x1000, 0, 0x100}}, 0x2000,
			0x1000, 0x1200, 0, 0x200, 0, false},
		{"nothing but bss: apart", 2, 0x1000, {{0, 0x1000, 0x1000, 0, 0x100}}, 0x1000,
			0x1000, 0x100, 0, 0, 0, false},
		{"the top of the address space", 2, UINT64_MAX - 0xfff,
			{{0x1000, UINT64_MAX - 0xfff, UINT64_MAX - 0xfff, 0x100, 0xfff}},
			UINT64_MAX - 0xfff, UINT64_MAX - 0xfff, 0xfff, 0x1000, 0x1100, 0, true},
	};
	uint8_t f[ELF_BUILD_SIZE];

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		struct elf_plan p;
		struct fault fault = {0};
		enum err e;

		elf_build(f, cases[i].type, cases[i].entry, cases[i].loads);
		e = elf_plan((struct span){f, sizeof(f)}, sizeof(f), &p, &fault);
		if (e)
			fail_msg("%s: %s (%s)", name, err_text(e), fault.text);
		CHECK_EQ(name, p.type, cases[i].type);
		CHECK_EQ(name, p.entry, cases[i].entry);
		CHECK_EQ(name, p.entry_pa, cases[i].entry_pa);
		CHECK_EQ(name, p.mem_base, cases[i].base);
		CHECK_EQ(name, p.mem_size, cases[i].size);
		CHECK_EQ(name, p.first_offset, cases[i].first);
		CHECK_EQ(name, p.tail_offset, cases[i].tail);
		CHECK_EQ(name, p.link_base, cases[i].link);
		CHECK_EQ(name, p.in_place, cases[i].in_place);
		for (size_t n = 1; n < p.count; n++)
			CHECK(name, p.segment[n - 1].paddr < p.segment[n].paddr);
	}
}

/* A good file with one field changed: at, width in bytes, value. */
static void test_damage(void **state)
{
	static const struct elf_load loads[] = {{0x1000, 0x100000, 0x100000, 0x800, 0x1000},
		{0x1800, 0x101000, 0x101000, 0x800, 0x800}, {0}};
	static const struct {
		const char *name;
		uint32_t at;
		unsigned width;
		uint64_t value;
		enum err e;
	} cases[] = {
		{"no magic", 0, 4, 0, ERR_NOT_ELF},
		{"32-bit class", 4, 1, 1, ERR_ELF_CLASS},
		{"big-endian", 5, 1, 2, ERR_ELF_CLASS},
		{"another machine", 0x12, 2, 3, ERR_ELF_CLASS},
		{"another version", 6, 1, 0, ERR_BAD_ELF},
		{"an object file", 0x10, 2, 1, ERR_ELF_TYPE},
		{"a core dump", 0x10, 2, 4, ERR_ELF_TYPE},
		{"program headers of another size", 0x36, 2, 0x20, ERR_BAD_ELF},
		{"program headers behind the file", 0x20, 8, ELF_BUILD_SIZE - 0x6f, ERR_BAD_ELF},
		{"program headers whose end wraps", 0x20, 8, UINT64_MAX, ERR_BAD_ELF},
		{"too many program headers", 0x38, 2, 0xffff, ERR_BAD_ELF},
		{"no program headers", 0x38, 2, 0, ERR_NO_SEGMENT},
		{"nothing to load", 0x38, 2, 1, ERR_OK},
		{"an entry outside", 0x18, 8, 0x99999, ERR_BAD_ENTRY},
		{"an entry behind the last byte", 0x18, 8, 0x101800, ERR_BAD_ENTRY},
		{"an entry in bss", 0x18, 8, 0x100fff, ERR_OK},
		{"more in the file than in memory", 0x40 + 0x20, 8, 0x1001, ERR_BAD_SEGMENT},
		{"a segment behind the file", 0x40 + 8, 8, ELF_BUILD_SIZE, ERR_BAD_SEGMENT},
		{"a segment whose end in the file wraps", 0x40 + 8, 8, UINT64_MAX - 1,
			ERR_BAD_SEGMENT},
		{"a segment whose end in memory wraps", 0x40 + 0x18, 8, UINT64_MAX - 1,
			ERR_BAD_SEGMENT},
		{"a segment whose virtual end wraps", 0x40 + 0x10, 8, UINT64_MAX - 1,
			ERR_BAD_SEGMENT},
		{"segments that overlap from below", 0x40 + 0x28, 8, 0x1001, ERR_BAD_SEGMENT},
		{"segments that overlap from above", 0x78 + 0x18, 8, 0xff801, ERR_BAD_SEGMENT},
		{"segments that just touch", 0x78 + 0x18, 8, 0xff800, ERR_OK},
		{"an alignment that is none", 0x40 + 0x30, 8, 3, ERR_BAD_SEGMENT},
		{"section headers of another size", 0x3a, 2, 0x20, ERR_OK},
		{"section headers behind the file", 0x3c, 2, 0x1000, ERR_TRUNCATED},
	};
	uint8_t f[ELF_BUILD_SIZE];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct elf_plan p = {.entry = 0x5555};
		struct fault fault = {0};
		uint8_t value[8];
		enum err e;

		elf_build(f, 2, 0x100000, loads);
		le64_put(value, cases[i].value);
		memcpy(f + cases[i].at, value, cases[i].width);
		e = elf_plan((struct span){f, sizeof(f)}, sizeof(f), &p, &fault);
		CHECK_EQ(cases[i].name, e, cases[i].e);
		CHECK(cases[i].name, !e || (fault.text && p.entry == 0x5555));
	}
	assert_int_equal(elf_plan((struct span){f, 0}, 0, NULL, NULL), ERR_NOT_ELF);
	assert_int_equal(elf_plan((struct span){f, 63}, 63, NULL, NULL), ERR_TRUNCATED);
}

static void test_overlap_both_ways(void **state)
{
	static const struct elf_load loads[] = {{0x1000, 0x2000, 0x2000, 0x100, 0x1000},
		{0x1100, 0x1000, 0x1000, 0x100, 0x1001}, {0}};
	uint8_t f[ELF_BUILD_SIZE];
	struct elf_plan p;

	elf_build(f, 2, 0x2000, loads);
	assert_int_equal(
		elf_plan((struct span){f, sizeof(f)}, sizeof(f), &p, NULL), ERR_BAD_SEGMENT);
}

static void test_too_many_segments(void **state)
{
	uint8_t f[ELF_BUILD_SIZE];
	struct elf_plan p;

	for (uint16_t count = ELF_SEGMENTS_MAX; count <= ELF_SEGMENTS_MAX + 1; count++) {
		elf_build_header(f, 2, 0x1000, count);
		for (uint16_t i = 0; i < count; i++) {
			const struct elf_load l = {
				0x1000 + i, 0x1000 + 16u * i, 0x1000 + 16u * i, 1, 16};

			elf_build_phdr(f, i, 1, &l);
		}
		assert_int_equal(elf_plan((struct span){f, sizeof(f)}, sizeof(f), &p, NULL),
			count > ELF_SEGMENTS_MAX ? ERR_BAD_SEGMENT : ERR_OK);
	}
}

/* Where does the ELF end, and does a prefix of the file tell as much? */
static void test_size(void **state)
{
	static const struct elf_load loads[] = {{0x1000, 0x100000, 0x100000, 0x800, 0x1000}, {0}};
	const uint64_t prefix = 0x1000;
	uint8_t f[ELF_BUILD_SIZE];
	struct elf_plan whole, part;

	/* The segment is last. */
	elf_build(f, 2, 0x100000, loads);
	assert_int_equal(elf_plan((struct span){f, sizeof(f)}, sizeof(f), &whole, NULL), ERR_OK);
	assert_int_equal(whole.elf_size, 0x1800);

	/* The section headers are last: a prefix without them will do. */
	elf_build_sections(f, 0x2000, 4);
	le32_put(f + 0x2000 + 0x40 + 4, 1);
	le64_put(f + 0x2000 + 0x40 + 0x18, 0x1800);
	le64_put(f + 0x2000 + 0x40 + 0x20, 0x300);
	assert_int_equal(elf_plan((struct span){f, sizeof(f)}, sizeof(f), &whole, NULL), ERR_OK);
	assert_int_equal(whole.elf_size, 0x2100);
	assert_int_equal(elf_plan((struct span){f, prefix}, sizeof(f), &part, NULL), ERR_OK);
	assert_int_equal(part.elf_size, 0x2100);
	assert_int_equal(part.count, whole.count);
	assert_int_equal(part.entry_pa, whole.entry_pa);

	/* A section is last; one of SHT_NOBITS does not count. */
	le64_put(f + 0x2000 + 0x40 + 0x20, 0x1000);
	le32_put(f + 0x2000 + 0x80 + 4, 8);
	le64_put(f + 0x2000 + 0x80 + 0x20, UINT64_MAX);
	assert_int_equal(elf_plan((struct span){f, sizeof(f)}, sizeof(f), &whole, NULL), ERR_OK);
	assert_int_equal(whole.elf_size, 0x2800);

	/* A section behind the end of the file: it was truncated. */
	le64_put(f + 0x2000 + 0x40 + 0x20, sizeof(f));
	assert_int_equal(
		elf_plan((struct span){f, sizeof(f)}, sizeof(f), &whole, NULL), ERR_TRUNCATED);

	/* Program headers behind the prefix, but inside the file. */
	elf_build(f, 2, 0x100000, loads);
	le64_put(f + 0x20, prefix);
	assert_int_equal(elf_plan((struct span){f, prefix}, sizeof(f), &part, NULL), ERR_TRUNCATED);
}

static void test_dynamic(void **state)
{
	static const struct elf_load loads[] = {{0x1000, 0, 0, 0x1000, 0x1000}, {0}};
	static const struct elf_load dynamic = {0x1800, 0x800, 0x800, 0x90, 0x90};
	uint8_t f[ELF_BUILD_SIZE];
	struct elf_plan p;

	elf_build(f, 3, 0, loads);
	assert_int_equal(elf_plan((struct span){f, sizeof(f)}, sizeof(f), &p, NULL), ERR_OK);
	assert_int_equal(p.dynamic_size, 0);
	le16_put(f + 0x38, 2);
	elf_build_phdr(f, 1, 2, &dynamic);
	assert_int_equal(elf_plan((struct span){f, sizeof(f)}, sizeof(f), &p, NULL), ERR_OK);
	assert_int_equal(p.dynamic_offset, 0x1800);
	assert_int_equal(p.dynamic_size, 0x90);
	assert_int_equal(p.count, 1);
}

static void test_va_to_pa(void **state)
{
	static const struct elf_load loads[] = {
		{0x1000, LINUX_VA + 0x1000000, 0x1000000, 0x100, 0x1000},
		{0x1100, 0, 0x1001000, 0x100, 0x100}, {0}};
	uint8_t f[ELF_BUILD_SIZE];
	struct elf_plan p;
	uint64_t pa = 7;

	elf_build(f, 2, 0x1000000, loads);
	assert_int_equal(elf_plan((struct span){f, sizeof(f)}, sizeof(f), &p, NULL), ERR_OK);
	assert_int_equal(elf_va_to_pa(&p, LINUX_VA + 0x1000fff, &pa), ERR_OK);
	assert_int_equal(pa, 0x1000fff);
	assert_int_equal(elf_va_to_pa(&p, 0x10, &pa), ERR_OK);
	assert_int_equal(pa, 0x1001010);
	assert_int_equal(elf_va_to_pa(&p, 0x100, &pa), ERR_BAD_SEGMENT);
	assert_int_equal(elf_va_to_pa(&p, LINUX_VA + 0x1001000, &pa), ERR_BAD_SEGMENT);
	assert_int_equal(pa, 0x1001010);
}

static void test_pieces(void **state)
{
	static const struct {
		const char *name;
		uint64_t entry;
		struct elf_load loads[6];
		uint64_t content_size;
		struct elf_piece pieces[8];
		size_t count;
	} cases[] = {
		{"Linux before 6.15", 0x1000000,
			{{0x200, LINUX_VA + 0x1000000, 0x1000000, 0x700, 0x700},
				{0xa00, LINUX_VA + 0x1000800, 0x1000800, 0x400, 0x400},
				{0x1000, 0, 0x1000c00, 0x200, 0x200},
				{0x1400, LINUX_VA + 0x1000e00, 0x1000e00, 0x800, 0x900}},
			0x2000,
			{{ELF_PIECE_HEADER, 0, 0x200, 0}, {ELF_PIECE_RUN, 0x200, 0xc00, 0x1000000},
				{ELF_PIECE_GAP, 0xe00, 0x200, 0},
				{ELF_PIECE_RUN, 0x1000, 0x200, 0x1000c00},
				{ELF_PIECE_GAP, 0x1200, 0x200, 0},
				{ELF_PIECE_RUN, 0x1400, 0x800, 0x1000e00},
				{ELF_PIECE_TAIL, 0x1c00, 0x400, 0}},
			7},
		{"no header, no tail", 0x100000, {{0, 0x100000, 0x100000, 0x1000, 0x3000}}, 0x1000,
			{{ELF_PIECE_RUN, 0, 0x1000, 0x100000}}, 1},
		{"runs without a gap", 0x1000,
			{{0x1000, 0x1000, 0x1000, 0x100, 0x100},
				{0x1100, 0x2000, 0x2000, 0x100, 0x100}},
			0x1200,
			{{ELF_PIECE_HEADER, 0, 0x1000, 0}, {ELF_PIECE_RUN, 0x1000, 0x100, 0x1000},
				{ELF_PIECE_RUN, 0x1100, 0x100, 0x2000}},
			3},
		{"bss between two segments of one run", 0x1000,
			{{0x1000, 0x1000, 0x1000, 0x100, 0x200}, {0, 0x1400, 0x1400, 0, 0x100},
				{0x1800, 0x1800, 0x1800, 0x100, 0x100}},
			0x1900,
			{{ELF_PIECE_HEADER, 0, 0x1000, 0}, {ELF_PIECE_RUN, 0x1000, 0x900, 0x1000}},
			2},
	};
	uint8_t f[ELF_BUILD_SIZE];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct elf_piece pieces[ELF_PIECES_MAX];
		struct elf_plan p;
		size_t count;

		elf_build(f, 2, cases[i].entry, cases[i].loads);
		CHECK_EQ(cases[i].name,
			elf_plan((struct span){f, sizeof(f)}, cases[i].content_size, &p, NULL),
			ERR_OK);
		CHECK_EQ(cases[i].name, elf_pieces(&p, cases[i].content_size, pieces, &count),
			ERR_OK);
		CHECK_EQ(cases[i].name, count, cases[i].count);
		for (size_t n = 0; n < count; n++) {
			CHECK_EQ(cases[i].name, pieces[n].kind, cases[i].pieces[n].kind);
			CHECK_EQ(cases[i].name, pieces[n].offset, cases[i].pieces[n].offset);
			CHECK_EQ(cases[i].name, pieces[n].size, cases[i].pieces[n].size);
			CHECK_EQ(cases[i].name, pieces[n].paddr, cases[i].pieces[n].paddr);
		}
		CHECK_EQ(cases[i].name, elf_pieces(&p, p.tail_offset - 1, pieces, &count),
			ERR_BAD_SEGMENT);
		p.in_place = false;
		CHECK_EQ(cases[i].name, elf_pieces(&p, cases[i].content_size, pieces, &count),
			ERR_BAD_SEGMENT);
	}
}

/* As many pieces as there can be fit into ELF_PIECES_MAX. */
static void test_most_pieces(void **state)
{
	struct elf_piece pieces[ELF_PIECES_MAX];
	uint8_t f[ELF_BUILD_SIZE];
	struct elf_plan p;
	size_t count;

	elf_build_header(f, 2, 0x1000, ELF_SEGMENTS_MAX);
	for (uint16_t i = 0; i < ELF_SEGMENTS_MAX; i++) {
		const struct elf_load l = {
			0x1000 + 2u * i, 0x1000 + 16u * i, 0x1000 + 16u * i, 1, 16};

		elf_build_phdr(f, i, 1, &l);
	}
	assert_int_equal(elf_plan((struct span){f, sizeof(f)}, sizeof(f), &p, NULL), ERR_OK);
	assert_int_equal(elf_pieces(&p, sizeof(f), pieces, &count), ERR_OK);
	assert_int_equal(count, 1 + 2 * ELF_SEGMENTS_MAX - 1 + 1);
	assert_true(count <= ELF_PIECES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_overlap_both_ways),
		cmocka_unit_test(test_too_many_segments),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_dynamic),
		cmocka_unit_test(test_va_to_pa),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_most_pieces),
	};

	return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
