/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/symbols*: kernels without an ELF header, from each of whose symbols nm must make the letter and address
 * again that the table had: that is by the section which a symbol was put into, and its type.
 */
#include "tests/unit/kallsyms_build.h"

#include "core/elf_file.h"
#include "host/symbols.h"

enum { ARM = 40, AARCH64 = 183, FUNC = 2, SECTION = 3 };

struct elf_symbol {
	uint64_t va;
	char letter;
	const char *name;
};

/* As nm does [binutils bfd/syms.c coff_section_type, bfd/elf32-arm.c for Thumb]. */
static char letter(const struct elf_file *elf, uint8_t info, uint16_t shndx)
{
	struct elf_file_section s;
	char c;

	if (shndx >= elf->header.shnum)
		return 'a';
	s = elf_file_section(elf, shndx);
	c = s.flags & 4 ? 't' : s.type == 8 ? 'b' : s.flags & 1 ? 'd' : 'r';
	return info >> 4 ? (char)(c - 'a' + 'A') : c;
}

static struct elf_symbol get_symbol(const struct elf_file *elf, struct span table, struct span names, size_t i)
{
	const uint8_t *p = table.ptr + i * elf_symbol_size(elf->form);
	uint8_t info = p[elf->form.is64 ? 4 : 12];
	uint16_t shndx = le16_get(p + (elf->form.is64 ? 6 : 14));
	struct elf_symbol s = {.va = elf->form.is64 ? le64_get(p + 8) : le32_get(p + 4),
		.letter = letter(elf, info, shndx),
		.name = (const char *)names.ptr + le32_get(p)};

	if (elf->header.machine == ARM && (info & 15) == FUNC)
		s.va &= ~UINT64_C(1);
	return s;
}

static const struct symbol *find(const struct kernel_build *b, const char *name)
{
	for (unsigned int i = 0; i < b->count; i++) {
		if (!strcmp(b->symbol[i].name, name))
			return &b->symbol[i];
	}
	return NULL;
}

static void check_file(const char *name, struct span file, const struct kernel_build *b, uint16_t machine)
{
	struct elf_file elf;
	struct elf_file_section symtab, strtab;
	struct span table, names;
	size_t sections; /* where symbols of sections end */

	CHECK_EQ(name, elf_file_read(file, &elf, NULL), ERR_OK);
	CHECK_EQ(name, elf.header.machine, machine);
	symtab = elf_file_section(&elf, (uint16_t)(elf.header.shnum - 3));
	strtab = elf_file_section(&elf, (uint16_t)symtab.link);
	CHECK_EQ(name, span_sub(file, symtab.offset, symtab.size, &table), ERR_OK);
	CHECK_EQ(name, span_sub(file, strtab.offset, strtab.size, &names), ERR_OK);
	for (sections = 1; table.ptr[sections * elf_symbol_size(elf.form) + (elf.form.is64 ? 4 : 12)] == SECTION;)
		sections++;
	CHECK(name, sections > 2);
	CHECK_EQ(name, symtab.size / elf_symbol_size(elf.form), b->count + sections);
	for (size_t i = sections; i < b->count + sections; i++) {
		struct elf_symbol s = get_symbol(&elf, table, names, i);
		const struct symbol *want = find(b, s.name);

		CHECK(s.name, want);
		CHECK_EQ(s.name, s.va, want->va);
		CHECK_EQ(s.name, s.letter, want->type);
	}
}

static void test_letters_and_addresses(void **state)
{
	static const struct {
		struct layout l;
		uint16_t machine;
		size_t behind; /* bytes that are no part of the kernel: a signature */
	} cases[] = {
		{{"arm64", KALLSYMS_RELATIVE, 8, false, true, 4, 3, 8, 0, 0xffff800008000000, ODD_MARKS,
			 KALLSYMS_ARM64}, AARCH64, 0},
		{{"arm64, signed", KALLSYMS_RELATIVE, 8, false, true, 4, 3, 8, 0, 0xffff800008000000, ODD_MARKS,
			 KALLSYMS_ARM64}, AARCH64, 0x200},
		{{"arm64, code only", KALLSYMS_RELATIVE, 8, false, false, 4, 3, 8, 0, 0xffff800008000000,
			 ODD_MARKS | CODE_ONLY, KALLSYMS_ARM64}, AARCH64, 0},
		{{"arm, code only", KALLSYMS_RELATIVE, 4, false, false, 4, 3, 4, 0, 0xc0008000,
			 ODD_MARKS | CODE_ONLY, KALLSYMS_ARM}, ARM, 0},
		{{"arm", KALLSYMS_RELATIVE, 4, false, false, 4, 3, 4, 0, 0xc0008000, ODD_MARKS, KALLSYMS_ARM}, ARM, 0},
	};
	static struct kernel_build b;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].l.name;
		struct fault fault = {0};
		struct symbols s;
		uint8_t *file;
		size_t size, kernel = KERNEL_SIZE - 0x200 + cases[i].behind;

		kernel_build(&cases[i].l, &b);
		if (cases[i].machine == AARCH64)
			memcpy(b.bytes + 0x38, "ARMd", 4);
		CHECK_EQ(name, symbols_build((struct span){b.bytes, kernel}, &s, &fault), ERR_OK);
		size = s.head_size + s.body.len + s.tail_size;
		file = malloc(size);
		memcpy(file, s.head, s.head_size);
		memcpy(file + s.head_size, s.body.ptr, s.body.len);
		memcpy(file + s.head_size + s.body.len, s.tail, s.tail_size);
		check_file(name, (struct span){file, size}, &b, cases[i].machine);
		free(file);
		symbols_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters_and_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
