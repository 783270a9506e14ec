/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF file of any machine, class and byte order as plain values: what it is for, where it ends, what
 * it loads, its sections. core/elf.h has what a kernel must be that our stub is to load; what is read
 * here, host/elf_write.h writes.
 *
 * Tables are not copied: elf_file_segment and elf_file_section read an entry when it is asked for, as
 * core/pe.h does, so that there is no limit to how many there are.
 */
#ifndef CORE_ELF_FILE_H
#define CORE_ELF_FILE_H

#include "core/span.h"

struct elf_form {
	bool is64, big_endian;
};

struct elf_file_header {
	uint16_t type, machine; /* ET_*, EM_* */
	uint32_t flags;
	uint64_t entry, phoff, shoff;
	uint16_t phnum, shnum, shstrndx;
};

struct elf_file_segment {
	uint32_t type, flags; /* PT_*, PF_* */
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_file_section {
	uint32_t name; /* offset in names */
	uint32_t type; /* SHT_* */
	uint64_t flags, addr, offset, size;
	uint32_t link, info;
	uint64_t align, entsize;
};

struct elf_file {
	struct span file;
	struct elf_form form;
	struct elf_file_header header;
	struct span names; /* contents of the section shstrndx; empty if there is none that can be read */
	uint64_t size; /* end of the ELF: headers, loaded segments, sections */
};

/*
 * Checked: both tables lie in the file, and so do the bytes of loaded segments and of sections.
 * Errors: NOT_ELF, BAD_ELF, TRUNCATED (also: a segment or section beyond the file).
 */
enum err elf_file_read(struct span file, struct elf_file *ret, struct fault *fault) MUST_CHECK;

/* Number i < header.phnum, of all kinds; and i < header.shnum. */
struct elf_file_segment elf_file_segment(const struct elf_file *elf, uint16_t i);
struct elf_file_section elf_file_section(const struct elf_file *elf, uint16_t i);
/* Without a NUL; empty if the names end before. */
struct span elf_file_section_name(const struct elf_file *elf, const struct elf_file_section *section);

/* Bytes of one entry of each table. */
uint32_t elf_header_size(struct elf_form form);
uint32_t elf_segment_size(struct elf_form form);
uint32_t elf_section_size(struct elf_form form);
uint32_t elf_symbol_size(struct elf_form form);

#endif /* CORE_ELF_FILE_H */
