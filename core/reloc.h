/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Relocating a kernel. Linux appends a table of 32-bit words to its ELF, read from the end backwards:
 *
 *   up to 6.14   0, 64-bit places..., 0, inverse 32-bit places..., 0, 32-bit places...
 *   since 6.15   0, 64-bit places..., 0, 32-bit places...
 *
 * A word, sign-extended, is the virtual address at link time of the place to patch. A 64-bit or
 * 32-bit place gets delta added, an inverse one subtracted. ET_DYN kernels bring their own table in
 * PT_DYNAMIC instead: R_X86_64_RELATIVE with addends (RELA) and packed relative ones (RELR).
 */
#ifndef CORE_RELOC_H
#define CORE_RELOC_H

#include "core/elf.h"
#include "core/span.h"

enum reloc_layout {
	RELOC_NONE = 0,
	RELOC_LINUX_3 = 1, /* 64-bit, inverse 32-bit, 32-bit */
	RELOC_LINUX_2 = 2, /* 64-bit, 32-bit */
	RELOC_DYNAMIC = 3, /* the ELF's own RELA and RELR */
};

/* Three lists as bounded views of little-endian words, each in file order. */
struct reloc_table {
	enum reloc_layout layout;
	struct span rel64;
	struct span inverse32;
	struct span rel32;
};

/*
 * What the relocated kernel looks like: image is its memory, mem_size bytes, writable, standing for
 * link-time physical addresses [mem_base, mem_base + mem_size).
 */
struct reloc_target {
	uint8_t *image;
	uint64_t mem_base;
	uint64_t mem_size;
	uint64_t va_minus_pa; /* link-time virtual - physical; 0xffffffff80000000 for Linux */
};

const char *reloc_layout_name(enum reloc_layout layout);

/*
 * Split the bytes behind the ELF into lists. The layout is detected: by the number of zero words and
 * by whether each word lies in the kernel. An empty span gives RELOC_NONE. Errors: BAD_RELOC,
 * RELOC_OUTSIDE (a word that is no address of the kernel).
 */
enum err reloc_parse(struct span table, const struct elf_plan *plan, struct reloc_table *ret,
	struct fault *fault) MUST_CHECK;

/*
 * The same split with the layout known (from the manifest) and words checked only when applied: what
 * the stub does, one pass less. Errors: BAD_RELOC.
 */
enum err reloc_split(struct span table, enum reloc_layout layout, struct reloc_table *ret,
	struct fault *fault) MUST_CHECK;

/*
 * Add delta (virtual, new - link time) at each place. Every place is checked to lie wholly in the
 * image; a 32-bit place must still hold a sign-extendable value after it (RELOC_RANGE).
 * The fault's offset is that of the word in the table, the value its address; what came before has
 * been applied, and the image is to be thrown away.
 */
enum err reloc_apply(const struct reloc_table *table, const struct reloc_target *target,
	uint64_t delta, struct fault *fault) MUST_CHECK;

/*
 * Apply the ELF's own R_X86_64_RELATIVE (RELA) and RELR. dynamic: the bytes of PT_DYNAMIC as they
 * stand in the image; addresses in it are link-time virtual ones, found in the image through plan.
 * A relocation of another type is RELOC_KIND.
 */
enum err reloc_apply_dynamic(const struct elf_plan *plan, const struct reloc_target *target,
	uint64_t delta, struct fault *fault) MUST_CHECK;

#endif /* CORE_RELOC_H */
