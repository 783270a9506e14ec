/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The relocations that a position-independent kernel brings itself: how many, and can the stub
 * apply them?
 */
#ifndef LIB_DYNAMIC_H
#define LIB_DYNAMIC_H

#include "core/elf.h"

/* Number of R_X86_64_RELATIVE entries, and of places that RELR stands for. */
uint64_t dynamic_count(const struct elf_plan *plan, struct span elf);

/*
 * Load the ELF into memory and apply its relocations as the stub does. Errors: those of
 * reloc_apply_dynamic, OVERFLOW (it takes more than 4 GiB of memory), NO_MEMORY.
 */
enum err dynamic_check(
	const struct elf_plan *plan, struct span elf, struct fault *fault) MUST_CHECK;

#endif /* LIB_DYNAMIC_H */
