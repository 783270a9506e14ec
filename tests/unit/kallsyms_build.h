/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels with tables of symbols in every layout that Linux has had, made from a list of symbols
 * [Linux scripts/kallsyms.c of 4.4, 4.6, 4.20, 6.1, 6.2, 6.4, 6.11, 7.0].
 *
 *   0x00000  text: calls of functions, if wished for
 *   0x18000  "Linux version 1.2.3"
 *   0x20000  the tables
 *   0x30000  data: pointers and relocations, if wished for
 *   0x40000  end
 */
#ifndef TESTS_KALLSYMS_BUILD_H
#define TESTS_KALLSYMS_BUILD_H

#include "tests/unit/unit.h"

#include "core/kallsyms.h"

#define KERNEL_SIZE   0x40000u
#define KERNEL_BANNER 0x18000u
#define KERNEL_TABLES 0x20000u
#define KERNEL_DATA   0x30000u
#define SYMBOLS       700u
#define FUNCTIONS     600u
#define FUNCTION_SIZE 0x80u

enum layout_flags {
	ZERO_BASE = 1, /* base's value is in a relocation */
	LONG_NAMES = 2, /* over 127 codes */
	CODE_ONLY = 4, /* and without _text: CONFIG_KALLSYMS_ALL is not set */
	ODD_MARKS = 8, /* an _etext that is data, a text among the code, an _edata in front of zeros */
};

struct layout {
	const char *name;
	enum kallsyms_form form;
	unsigned int word;
	bool big_endian;
	bool behind; /* addresses behind the tokens: since 6.4 */
	unsigned int marker; /* 4 or 8 bytes */
	unsigned int seqs; /* bytes of an entry of seqs_of_names, 0: there is none */
	unsigned int align; /* of each table */
	unsigned int sizes; /* bytes of an entry of a vendor's table of sizes, 0: none */
	uint64_t va; /* of the first byte */
	unsigned int flags; /* enum layout_flags */
	enum kallsyms_code code; /* calls and pointers, for a kernel without areas */
};

struct symbol {
	uint64_t va;
	char type;
	char name[200];
};

struct kernel_build {
	uint8_t bytes[KERNEL_SIZE];
	struct symbol symbol[SYMBOLS];
	unsigned int count;
	size_t at;
	size_t num_syms, names, markers, token_table, token_index, addresses, base;
};

/* A list of symbols as the layout allows it, and the kernel's bytes. */
void kernel_build(const struct layout *l, struct kernel_build *b);

#endif /* TESTS_KALLSYMS_BUILD_H */
