/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The relocation table of a vmlinux that was linked with --emit-relocs, which Linux's own build
 * makes with a program of its own and appends to the kernel (core/reloc.h tells the format).
 */
#ifndef LIB_ELF_RELOCS_H
#define LIB_ELF_RELOCS_H

#include "core/elf.h"
#include "core/elf_file.h"

/* Where Linux's link addresses start: virtual - physical [x86/x86_64/mm.rst]. */
#define LINUX_LINK_BASE 0xffffffff80000000

/* Does the ELF, one for x86-64, hold relocations that the linker has applied already, and kept? */
bool elf_relocs_present(const struct elf_file *elf);

/*
 * Make the table. *ret_table is to be freed. Errors: BAD_ELF, BAD_RELOC, RELOC_KIND (one that would break
 * when the kernel moves), RELOC_RANGE, NO_MEMORY. The fault's offset is one in the file.
 */
enum err elf_relocs_extract(const struct elf_file *elf, const struct elf_plan *plan, uint8_t **ret_table,
	size_t *ret_size, struct fault *fault) MUST_CHECK;

#endif /* LIB_ELF_RELOCS_H */
