/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbol table that a Linux kernel carries for its own messages (CONFIG_KALLSYMS), found in the
 * kernel's bytes by its structure alone: no version is looked at. It is a handful of arrays:
 *
 *   num_syms      how many symbols
 *   names         each a length and that many codes of a byte; a length of 128 and more takes two bytes
 *   markers       for each 256th symbol, where in names it is
 *   token_table   256 strings: what a code stands for; a name's first letter is its type, as nm's
 *   token_index   for each code, where in token_table it is: 16 bits
 *   addresses     in one of the forms of enum kallsyms_form
 *   seqs_of_names the order by name, not needed here
 *
 *   until 6.3     addresses [base] num_syms names markers [seqs_of_names] token_table token_index
 *   since 6.4     num_syms names markers token_table token_index addresses [base] [seqs_of_names]
 *
 * All are in the order of addresses. Markers are words until 4.19, 32 bits since. Tables of sizes, which
 * some vendors' kernels have between base and num_syms, are stepped over.
 * [Linux scripts/kallsyms.c, kernel/kallsyms.c, 4.4 to 7.0]
 *
 * What is given out has been proved as far as the bytes allow: every name is of printable characters,
 * addresses ascend, code lies where the kernel has code, and linux_banner, where there is one, points at
 * the words "Linux version". If more than one reading passes, there is none.
 */
#ifndef CORE_KALLSYMS_H
#define CORE_KALLSYMS_H

#include "core/span.h"

/* A kernel's names are at most 511 characters long [KSYM_NAME_LEN]. */
#define KALLSYMS_NAME_MAX  1023
/* Debug kernels have 300 thousand. */
#define KALLSYMS_COUNT_MAX (4u << 20)
/* All names together; a kernel with everything has 8 MB. */
#define KALLSYMS_TEXT_MAX  (128u << 20)

/* What an entry of the table of addresses says. */
enum kallsyms_form {
	KALLSYMS_ABSOLUTE, /* a word: the address [until 4.5, and 32-bit kernels that cannot move] */
	KALLSYMS_RELATIVE, /* 32 bits, to be added to base [4.6 to 6.19] */
	KALLSYMS_PERCPU, /* 32 bits: an absolute value, or if negative base - 1 - it [4.6 to 6.14, x86-64] */
	KALLSYMS_PLACE, /* 32 bits with a sign, to be added to the entry's own address [since 7.0] */
};

/* Bytes of the file that have an address. */
struct kallsyms_area {
	uint64_t offset, size;
	uint64_t va;
};

/* How calls look, for an image that came without areas. */
enum kallsyms_code { KALLSYMS_OTHER, KALLSYMS_ARM, KALLSYMS_ARM64, KALLSYMS_RISCV64 };

struct kallsyms_image {
	struct span bytes;
	bool big_endian;
	unsigned int word; /* bytes of a pointer, 4 or 8 */
	enum kallsyms_code code;
	/* NULL: the bytes are loaded in one piece, and the table is to say where. */
	const struct kallsyms_area *areas;
	size_t area_count;
};

struct kallsyms {
	struct kallsyms_image image;
	struct kallsyms_area whole; /* the area of an image that came without */
	uint32_t count;
	uint32_t text_size; /* characters of all names, types not counted */
	uint64_t token_table, token_index; /* offsets in the image */
	struct {
		uint16_t at, len; /* in token_table */
	} token[256];
	uint64_t num_syms, names, markers;
	unsigned int marker_size; /* 4 or 8 */
	enum kallsyms_form form;
	uint64_t addresses;
	uint64_t base; /* an address; RELATIVE and PERCPU only */
	uint64_t base_offset; /* where base stands */
};

struct kallsyms_symbol {
	uint64_t va;
	char type; /* as nm prints it */
	uint32_t name_len;
	char name[KALLSYMS_NAME_MAX + 1 + 8]; /* NUL behind it; characters are copied eight at a time */
};

struct kallsyms_iter {
	const struct kallsyms *k;
	uint32_t next;
	uint64_t at; /* of its name */
};

/*
 * Errors: KALLSYMS_NONE, there is no such table; BAD_KALLSYMS, its names contradict each other;
 * KALLSYMS_ADDRESSES, no table of addresses fits them; KALLSYMS_AMBIGUOUS, several do;
 * KALLSYMS_LOAD_ADDRESS, the table is right, but where the kernel is loaded is not known.
 * Takes no more than a second or so whatever the bytes.
 */
enum err kallsyms_find(const struct kallsyms_image *image, struct kallsyms *ret, struct fault *fault)
	MUST_CHECK;

/* In the order of addresses. */
struct kallsyms_iter kallsyms_begin(const struct kallsyms *k);
bool kallsyms_next(struct kallsyms_iter *it, struct kallsyms_symbol *ret);
/* Of symbol i < count. */
uint64_t kallsyms_address(const struct kallsyms *k, uint32_t i);

/* The areas: those of the image, or the one that was found. */
const struct kallsyms_area *kallsyms_areas(const struct kallsyms *k, size_t *ret_count);

#endif /* CORE_KALLSYMS_H */
