/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small ELF files for tests, byte by byte at the offsets of the gABI (typed again, not taken from
 * spec/elf64.h: a second witness). A buffer of ELF_BUILD_SIZE bytes holds header, program headers
 * from 0x40, and section headers wherever a test wants them.
 */
#ifndef TESTS_UNIT_ELF_BUILD_H
#define TESTS_UNIT_ELF_BUILD_H

#include "tests/unit/unit.h"

#define ELF_BUILD_SIZE 0x4000

struct elf_load {
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

static inline void elf_build_header(uint8_t *f, uint16_t type, uint64_t entry, uint16_t phnum)
{
	static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

	memset(f, 0, ELF_BUILD_SIZE);
	memcpy(f, ident, sizeof(ident));
	le16_put(f + 0x10, type);
	le16_put(f + 0x12, 62); /* EM_X86_64 */
	le32_put(f + 0x14, 1);
	le64_put(f + 0x18, entry);
	le64_put(f + 0x20, 0x40); /* e_phoff */
	le16_put(f + 0x34, 0x40);
	le16_put(f + 0x36, 0x38);
	le16_put(f + 0x38, phnum);
	le16_put(f + 0x3a, 0x40);
}

static inline void elf_build_phdr(uint8_t *f, unsigned n, uint32_t type, const struct elf_load *l)
{
	uint8_t *p = f + 0x40 + 0x38 * n;

	le32_put(p, type);
	le32_put(p + 4, 7);
	le64_put(p + 8, l->offset);
	le64_put(p + 0x10, l->vaddr);
	le64_put(p + 0x18, l->paddr);
	le64_put(p + 0x20, l->filesz);
	le64_put(p + 0x28, l->memsz);
	le64_put(p + 0x30, 0x1000);
}

static inline void elf_build_sections(uint8_t *f, uint64_t shoff, uint16_t shnum)
{
	le64_put(f + 0x28, shoff);
	le16_put(f + 0x3c, shnum);
}

/* Loads end with one whose memsz is 0. */
static inline void elf_build(
	uint8_t *f, uint16_t type, uint64_t entry, const struct elf_load *loads)
{
	uint16_t count = 0;

	while (loads[count].memsz)
		count++;
	elf_build_header(f, type, entry, count);
	for (uint16_t i = 0; i < count; i++)
		elf_build_phdr(f, i, 1, &loads[i]);
}

#endif /* TESTS_UNIT_ELF_BUILD_H */
