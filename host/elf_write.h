/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing what core/elf_file.h reads: headers, and symbols.
 */
#ifndef HOST_ELF_WRITE_H
#define HOST_ELF_WRITE_H

#include "core/elf_file.h"

struct elf_file_symbol {
	uint32_t name;
	uint8_t info; /* STB_ << 4 | STT_ */
	uint16_t shndx;
	uint64_t value, size;
};

/* Write one of them at p, which has room for as many bytes as core/elf_file.h says. */
void elf_put_header(struct elf_form form, const struct elf_file_header *h, uint8_t *p);
void elf_put_segment(struct elf_form form, const struct elf_file_segment *s, uint8_t *p);
void elf_put_section(struct elf_form form, const struct elf_file_section *s, uint8_t *p);
void elf_put_symbol(struct elf_form form, const struct elf_file_symbol *s, uint8_t *p);

#endif /* HOST_ELF_WRITE_H */
