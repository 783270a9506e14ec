/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/elf_relocs: from .rela sections to Linux's table, case by case. The kernel of these tests
 * has 0x1000 bytes of text at 0xffffffff81000000 and a per-CPU area at 0, loaded behind it:
 *
 *   file    0x1000            0x2000           0x3000 tables
 *   memory  0x1000000 text    0x1001000 per-CPU area (linked at virtual 0, 0x100 bytes)
 */
#include "tests/unit/elf_build.h"

#include "lib/elf_relocs.h"

#define TEXT_VA   0xffffffff81000000
#define PERCPU_VA 0xffffffff81001000 /* its load address */
#define SYMS      0x3000
#define RELAS     0x3200
#define SECTIONS  0x3800

enum section {
	NONE,
	TEXT,
	PERCPU,
	DEBUG,
	SYMTAB,
	RELA_TEXT,
	RELA_PERCPU,
	RELA_DEBUG,
	SECTION_COUNT
};
enum symbol {
	SYM_UNDEF,
	SYM_TEXT,
	SYM_PERCPU,
	SYM_NUMBER,
	SYM_ABS_KERNEL,
	SYM_MISPLACED,
	SYM_COUNT
};
enum type { T_64 = 1, T_PC32 = 2, T_PLT32 = 4, T_32 = 10, T_32S = 11, T_PC64 = 24, T_GOTPCREL = 9 };

static uint8_t file[ELF_BUILD_SIZE];
static unsigned int rela_count[2];

static void put_section(enum section n, uint32_t type, uint64_t flags, uint64_t addr,
	uint64_t offset, uint64_t size, uint32_t link, uint32_t info)
{
	uint8_t *s = file + SECTIONS + n * 0x40;

	le32_put(s + 4, type);
	le64_put(s + 8, flags);
	le64_put(s + 0x10, addr);
	le64_put(s + 0x18, offset);
	le64_put(s + 0x20, size);
	le32_put(s + 0x28, link);
	le32_put(s + 0x2c, info);
}

static void put_symbol(enum symbol n, uint16_t section, uint64_t value)
{
	uint8_t *s = file + SYMS + n * 24;

	le16_put(s + 6, section);
	le64_put(s + 8, value);
}

static int set_up(void **state)
{
	static const struct elf_load loads[] = {
		{0x1000, TEXT_VA, 0x1000000, 0x1000, 0x1000},
		{0x2000, 0, 0x1001000, 0x100, 0x100},
		{0},
	};

	rela_count[0] = rela_count[1] = 0;
	elf_build(file, 2, 0x1000000, loads);
	elf_build_sections(file, SECTIONS, SECTION_COUNT);
	put_section(TEXT, 1, 6, TEXT_VA, 0x1000, 0x1000, 0, 0);
	put_section(PERCPU, 1, 3, 0, 0x2000, 0x100, 0, 0);
	put_section(DEBUG, 1, 0, 0, 0x2100, 0x10, 0, 0);
	put_section(SYMTAB, 2, 0, 0, SYMS, SYM_COUNT * 24, 0, 0);
	put_section(RELA_TEXT, 4, 0, 0, RELAS, 0, SYMTAB, TEXT);
	put_section(RELA_PERCPU, 4, 0, 0, RELAS + 0x200, 0, SYMTAB, PERCPU);
	put_symbol(SYM_TEXT, TEXT, TEXT_VA + 0x10);
	put_symbol(SYM_PERCPU, PERCPU, 0x20);
	put_symbol(SYM_NUMBER, 0xfff1, 0x1234);
	put_symbol(SYM_ABS_KERNEL, 0xfff1, TEXT_VA + 0x80);
	put_symbol(SYM_MISPLACED, PERCPU, PERCPU_VA); /* as ld files __per_cpu_load */
	return 0;
}

static void put_rela(enum section section, uint64_t place, enum type type, enum symbol symbol)
{
	unsigned int which = section == RELA_PERCPU;
	uint8_t *r = file + RELAS + which * 0x200 + rela_count[which]++ * 24;

	le64_put(r, place);
	le64_put(r + 8, (uint64_t)symbol << 32 | type);
	le64_put(file + SECTIONS + section * 0x40 + 0x20, rela_count[which] * 24);
}

static enum err extract(uint8_t **table, size_t *size)
{
	struct span span = {file, sizeof(file)};
	struct elf_file elf;
	struct fault fault;
	struct elf_plan plan;

	assert_int_equal(elf_plan(span, span.len, &plan, &fault), ERR_OK);
	assert_int_equal(elf_file_read(span, &elf, &fault), ERR_OK);
	assert_true(elf_relocs_present(&elf));
	return elf_relocs_extract(&elf, &plan, table, size, &fault);
}

static void expect(const uint32_t *words, size_t count)
{
	uint8_t *table;
	size_t size, i;

	assert_int_equal(extract(&table, &size), ERR_OK);
	assert_int_equal(size, count * 4);
	for (i = 0; i < count; i++)
		CHECK_EQ("word", le32_get(table + i * 4), words[i]);
	free(table);
}

static void test_each_kind(void **state)
{
	static const uint32_t words[] = {
		0, 0x81000100, 0x81000200, /* 64-bit, in ascending order */
		0, 0x81000500, 0x81000600, /* inverse */
		0, 0x81000300, 0x81000400, /* 32-bit */
	};

	put_rela(RELA_TEXT, TEXT_VA + 0x200, T_64, SYM_TEXT);
	put_rela(RELA_TEXT, TEXT_VA + 0x100, T_64, SYM_TEXT);
	put_rela(RELA_TEXT, TEXT_VA + 0x300, T_32, SYM_TEXT);
	put_rela(RELA_TEXT, TEXT_VA + 0x400, T_32S, SYM_TEXT);
	put_rela(RELA_TEXT, TEXT_VA + 0x500, T_PC32, SYM_PERCPU);
	put_rela(RELA_TEXT, TEXT_VA + 0x600, T_PLT32, SYM_PERCPU);
	/* these stay as they are */
	put_rela(RELA_TEXT, TEXT_VA + 0x700, T_PC32, SYM_TEXT);
	put_rela(RELA_TEXT, TEXT_VA + 0x710, T_64, SYM_PERCPU);
	put_rela(RELA_TEXT, TEXT_VA + 0x720, T_64, SYM_NUMBER);
	put_rela(RELA_TEXT, TEXT_VA + 0x730, T_32S, SYM_UNDEF);
	put_rela(RELA_TEXT, TEXT_VA + 0x740, T_PC64, SYM_TEXT);
	expect(words, COUNT(words));
}

static void test_places_in_percpu_area(void **state)
{
	static const uint32_t words[] = {0, 0x81001008, 0, 0};

	put_rela(RELA_PERCPU, 8, T_64, SYM_TEXT);
	expect(words, COUNT(words));
}

static void test_symbols_that_only_look_special(void **state)
{
	static const uint32_t words[] = {0, 0x81000100, 0x81000108, 0, 0};

	put_rela(RELA_TEXT, TEXT_VA + 0x100, T_64, SYM_ABS_KERNEL);
	put_rela(RELA_TEXT, TEXT_VA + 0x108, T_64, SYM_MISPLACED);
	put_rela(RELA_TEXT, TEXT_VA + 0x110, T_PC32, SYM_MISPLACED);
	expect(words, COUNT(words));
}

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		uint64_t place;
		enum type type;
		unsigned int symbol;
		enum err want;
	} cases[] = {
		{"unknown kind", TEXT_VA, T_GOTPCREL, SYM_TEXT, ERR_RELOC_KIND},
		{"PC64 to the per-CPU area", TEXT_VA, T_PC64, SYM_PERCPU, ERR_RELOC_KIND},
		{"place that 32 bits cannot say", 0x123456789, T_64, SYM_TEXT, ERR_RELOC_RANGE},
		{"symbol that is not there", TEXT_VA, T_64, SYM_COUNT, ERR_BAD_RELOC},
	};
	uint8_t *table;
	size_t size, i;

	for (i = 0; i < COUNT(cases); i++) {
		set_up(NULL);
		put_rela(RELA_TEXT, cases[i].place, cases[i].type, cases[i].symbol);
		CHECK_EQ(cases[i].name, extract(&table, &size), cases[i].want);
	}
}

static void test_damaged_sections(void **state)
{
	uint8_t *table, *rela = file + SECTIONS + RELA_TEXT * 0x40;
	size_t size;

	put_rela(RELA_TEXT, TEXT_VA, T_64, SYM_TEXT);
	le64_put(rela + 0x20, 25);
	assert_int_equal(extract(&table, &size), ERR_BAD_ELF);
	le64_put(rela + 0x20, 24);
	le32_put(rela + 0x28, TEXT); /* not a symbol table */
	assert_int_equal(extract(&table, &size), ERR_BAD_ELF);
	le32_put(rela + 0x28, SECTION_COUNT);
	assert_int_equal(extract(&table, &size), ERR_BAD_ELF);
}

static void test_nothing_to_extract(void **state)
{
	struct span span = {file, sizeof(file)};
	struct elf_file elf;

	le32_put(file + SECTIONS + RELA_TEXT * 0x40 + 4, 1);
	put_section(RELA_PERCPU, 4, 0, 0, RELAS, 0, SYMTAB,
		DEBUG); /* of a section that is not loaded */
	assert_int_equal(elf_file_read(span, &elf, NULL), ERR_OK);
	assert_false(elf_relocs_present(&elf));
	put_section(RELA_PERCPU, 4, 0, 0, RELAS, 0, SYMTAB, SECTION_COUNT); /* of none that there is */
	assert_false(elf_relocs_present(&elf));
	put_section(RELA_PERCPU, 4, 2, 0, RELAS, 0, SYMTAB, TEXT); /* for a loader at run time */
	assert_false(elf_relocs_present(&elf));
	put_section(RELA_PERCPU, 4, 0, 0, RELAS, 0, SYMTAB, TEXT);
	assert_true(elf_relocs_present(&elf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_kind, set_up),
		cmocka_unit_test_setup(test_places_in_percpu_area, set_up),
		cmocka_unit_test_setup(test_symbols_that_only_look_special, set_up),
		cmocka_unit_test_setup(test_refused, set_up),
		cmocka_unit_test_setup(test_damaged_sections, set_up),
		cmocka_unit_test_setup(test_nothing_to_extract, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
