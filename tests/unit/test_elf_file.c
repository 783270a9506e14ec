/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF files of both classes and byte orders, built byte by byte at the offsets of the gABI (typed again
 * here: a second witness).
 */
#include "core/elf_file.h"
#include "tests/unit/unit.h"

#define SIZE 0x400

/* Where fields are: ELF32, ELF64. */
enum { PHOFF, SHOFF, FLAGS, PHENTSIZE, PHNUM, SHENTSIZE, SHNUM, SHSTRNDX, FIELDS };
static const uint8_t header_at[2][FIELDS] = {
	{28, 32, 36, 42, 44, 46, 48, 50},
	{32, 40, 48, 54, 56, 58, 60, 62},
};
static const uint16_t entry_sizes[2][2] = {{32, 40}, {56, 64}}; /* program header, section header */

struct made {
	uint8_t f[SIZE];
	bool is64, big;
};

static void put(struct made *m, size_t at, unsigned int size, uint64_t v)
{
	for (unsigned int i = 0; i < size; i++)
		m->f[at + i] = (uint8_t)(v >> 8 * (m->big ? size - 1 - i : i));
}

static void put_word(struct made *m, size_t at, uint64_t v)
{
	put(m, at, m->is64 ? 8 : 4, v);
}

/*
 * 0x80 program headers: a loaded segment [0x200, 0x240), a note; 0x100 section headers: none, .text, the
 * names, .bss far outside; 0x200 bytes; 0x240 names.
 */
static void build(struct made *m, bool is64, bool big)
{
	static const char names[] = "\0.text\0.shstrtab\0.bss";
	const uint8_t *at = header_at[is64];
	unsigned int w = is64 ? 8 : 4;

	*m = (struct made){.is64 = is64, .big = big};
	memcpy(m->f, "\177ELF", 4);
	m->f[4] = is64 ? 2 : 1;
	m->f[5] = big ? 2 : 1;
	m->f[6] = 1;
	put(m, 16, 2, 2);
	put(m, 18, 2, 183);
	put_word(m, 24, 0x1234);
	put_word(m, at[PHOFF], 0x80);
	put_word(m, at[SHOFF], 0x100);
	put(m, at[FLAGS], 4, 0x0badf1a6);
	put(m, at[PHENTSIZE], 2, entry_sizes[is64][0]);
	put(m, at[PHNUM], 2, 2);
	put(m, at[SHENTSIZE], 2, entry_sizes[is64][1]);
	put(m, at[SHNUM], 2, 4);
	put(m, at[SHSTRNDX], 2, 2);
	for (unsigned int i = 0; i < 2; i++) {
		size_t p = 0x80 + i * entry_sizes[is64][0];
		size_t words = is64 ? p + 8 : p + 4;

		put(m, p, 4, i ? 4 : 1);
		put(m, is64 ? p + 4 : p + 24, 4, 5);
		put_word(m, words, i ? 0x10000 : 0x200); /* only what is loaded must be there */
		put_word(m, words + w, 0xc0001000);
		put_word(m, words + 2 * w, 0x1000);
		put_word(m, words + 3 * w, 0x40);
		put_word(m, words + 4 * w, 0x80);
		put_word(m, is64 ? p + 48 : p + 28, 0x1000);
	}
	for (unsigned int i = 1; i < 4; i++) {
		size_t s = 0x100 + i * entry_sizes[is64][1];

		put(m, s, 4, i == 1 ? 1 : i == 2 ? 7 : 17);
		put(m, s + 4, 4, i == 1 ? 1 : i == 2 ? 3 : 8);
		put_word(m, s + 8, i == 2 ? 0 : 6);
		put_word(m, s + 8 + w, 0xc0001000 * (i & 1));
		put_word(m, s + 8 + 2 * w, i == 1 ? 0x200 : i == 2 ? 0x240 : 0x999999);
		put_word(m, s + 8 + 3 * w, i == 2 ? sizeof(names) : 0x40);
	}
	memcpy(m->f + 0x240, names, sizeof(names));
}

static void test_all_forms(void **state)
{
	for (unsigned int form = 0; form < 4; form++) {
		struct made m;
		struct elf_file elf;
		struct elf_file_segment s;
		struct elf_file_section text, bss;
		struct span name;

		build(&m, form & 1, form & 2);
		assert_int_equal(elf_file_read((struct span){m.f, SIZE}, &elf, NULL), ERR_OK);
		assert_int_equal(elf.form.is64, form & 1);
		assert_int_equal(elf.form.big_endian, form >> 1);
		assert_int_equal(elf.header.type, 2);
		assert_int_equal(elf.header.machine, 183);
		assert_int_equal(elf.header.entry, 0x1234);
		assert_int_equal(elf.header.flags, 0x0badf1a6);
		assert_int_equal(elf.size, 0x240 + 22);
		s = elf_file_segment(&elf, 0);
		assert_int_equal(s.type, 1);
		assert_int_equal(s.flags, 5);
		assert_int_equal(s.offset, 0x200);
		assert_int_equal(s.vaddr, 0xc0001000);
		assert_int_equal(s.paddr, 0x1000);
		assert_int_equal(s.filesz, 0x40);
		assert_int_equal(s.memsz, 0x80);
		assert_int_equal(s.align, 0x1000);
		assert_int_equal(elf_file_segment(&elf, 1).type, 4);
		text = elf_file_section(&elf, 1);
		assert_int_equal(text.addr, 0xc0001000);
		assert_int_equal(text.offset, 0x200);
		assert_int_equal(text.size, 0x40);
		assert_int_equal(text.flags, 6);
		bss = elf_file_section(&elf, 3);
		name = elf_file_section_name(&elf, &bss);
		assert_int_equal(name.len, 4);
		assert_memory_equal(name.ptr, ".bss", 4);
		text.name = 22; /* behind the names */
		assert_int_equal(elf_file_section_name(&elf, &text).len, 0);
	}
}

struct bad {
	const char *name;
	enum err want;
	uint16_t at; /* a field of the header (enum), or an offset of a byte */
	bool is_byte;
	uint32_t value;
	uint16_t len; /* of the file, 0: whole */
};

static void test_bad_files(void **state)
{
	static const struct bad bad[] = {
		{"no magic", ERR_NOT_ELF, 0, true, 'X', 0},
		{"three bytes", ERR_NOT_ELF, 0, true, 0x7f, 3},
		{"class 3", ERR_BAD_ELF, 4, true, 3, 0},
		{"byte order 0", ERR_BAD_ELF, 5, true, 0, 0},
		{"half a header", ERR_TRUNCATED, 4, true, 2, 40},
		{"a header of the smaller class", ERR_TRUNCATED, 4, true, 2, 60},
		{"program headers of another size", ERR_BAD_ELF, PHENTSIZE, false, 32, 0},
		{"program headers outside", ERR_TRUNCATED, PHNUM, false, 100, 0},
		{"segment outside", ERR_TRUNCATED, PHNUM, false, 2, 0x220},
		{"section headers of another size", ERR_BAD_ELF, SHENTSIZE, false, 40, 0},
		{"section headers outside", ERR_TRUNCATED, SHNUM, false, 100, 0},
		{"section outside", ERR_TRUNCATED, SHNUM, false, 4, 0x250},
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct bad *b = &bad[i];
		struct elf_file elf = {.size = 77};
		struct fault fault = {0};
		struct made m;

		build(&m, true, false);
		if (b->is_byte)
			m.f[b->at] = (uint8_t)b->value;
		else
			put(&m, header_at[1][b->at], 2, b->value);
		CHECK_EQ(b->name,
			elf_file_read((struct span){m.f, b->len ? b->len : SIZE}, &elf, &fault), b->want);
		CHECK(b->name, fault.text);
		CHECK_EQ(b->name, elf.size, 77);
	}
}

static void test_names_that_cannot_be_read_are_none(void **state)
{
	static const uint16_t index[] = {0, 3, 4, 0xffff};

	for (size_t i = 0; i < COUNT(index); i++) {
		struct elf_file elf;
		struct elf_file_section text;
		struct made m;

		build(&m, true, false);
		put(&m, header_at[1][SHSTRNDX], 2, index[i]);
		assert_int_equal(elf_file_read((struct span){m.f, SIZE}, &elf, NULL), ERR_OK);
		text = elf_file_section(&elf, 1);
		assert_int_equal(elf.names.len, 0);
		assert_int_equal(elf_file_section_name(&elf, &text).len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_forms),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_names_that_cannot_be_read_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
