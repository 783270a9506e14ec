/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF file of any machine, class and byte order, as far as looking at it goes: what it is for, where
 * it ends, what it loads. core/elf.h has what a kernel must be that our stub is to load.
 */
#ifndef CORE_ELF_ANY_H
#define CORE_ELF_ANY_H

#include "core/elf.h"

struct elf_any {
	bool is_64bit, big_endian;
	uint16_t machine; /* EM_* */
	uint16_t type; /* ET_* */
	uint64_t entry;
	size_t count; /* segments below; what is more is only counted */
	size_t dropped;
	struct elf_segment segment[ELF_SEGMENTS_MAX]; /* PT_LOADs in file order */
	uint64_t size; /* end of the ELF: headers, segments, sections, as far as they lie in the file */
};

/*
 * Errors: NOT_ELF, TRUNCATED (headers, a segment or a section beyond the file), BAD_ELF.
 */
enum err elf_any_parse(struct span file, struct elf_any *ret, struct fault *fault) MUST_CHECK;

#endif /* CORE_ELF_ANY_H */
