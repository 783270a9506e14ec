/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF files of either class and byte order as plain values: headers read, headers and symbols written.
 * Where core/elf.h plans how an x86-64 kernel is loaded, this only knows what is where in the file.
 */
#ifndef HOST_ELF_FILE_H
#define HOST_ELF_FILE_H

#include "core/span.h"

#define ELF_FILE_SEGMENTS_MAX 64
#define ELF_FILE_SECTIONS_MAX 512 /* a vmlinux has 40; with --emit-relocs 100 */

struct elf_form {
	bool is64, big_endian;
};

struct elf_file_header {
	uint16_t type, machine;
	uint32_t flags;
	uint64_t entry, phoff, shoff;
	uint16_t phnum, shnum, shstrndx;
};

struct elf_file_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_file_section {
	uint32_t name; /* offset in the section shstrndx */
	uint32_t type;
	uint64_t flags, addr, offset, size;
	uint32_t link, info;
	uint64_t align, entsize;
};

struct elf_file_symbol {
	uint32_t name;
	uint8_t info; /* STB_ << 4 | STT_ */
	uint16_t shndx;
	uint64_t value, size;
};

struct elf_file {
	struct elf_form form;
	struct elf_file_header header;
	uint16_t segment_count; /* all of header.phnum */
	struct elf_file_segment segment[ELF_FILE_SEGMENTS_MAX];
	uint16_t section_count;
	struct elf_file_section section[ELF_FILE_SECTIONS_MAX];
	struct span names; /* contents of the section shstrndx; empty if there is none */
};

/*
 * Checked: tables lie in the file, and so do the bytes of loaded segments. Errors: NOT_ELF, BAD_ELF,
 * BAD_SEGMENT, TRUNCATED.
 */
enum err elf_file_read(struct span file, struct elf_file *ret, struct fault *fault) MUST_CHECK;

uint32_t elf_header_size(struct elf_form form);
uint32_t elf_segment_size(struct elf_form form);
uint32_t elf_section_size(struct elf_form form);
uint32_t elf_symbol_size(struct elf_form form);

/* Write one of them at p, which has room for as many bytes as above. */
void elf_put_header(struct elf_form form, const struct elf_file_header *h, uint8_t *p);
void elf_put_segment(struct elf_form form, const struct elf_file_segment *s, uint8_t *p);
void elf_put_section(struct elf_form form, const struct elf_file_section *s, uint8_t *p);
void elf_put_symbol(struct elf_form form, const struct elf_file_symbol *s, uint8_t *p);

#endif /* HOST_ELF_FILE_H */
