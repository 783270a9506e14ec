/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux's relocation table (reloc.h), written as distances: a quarter of the bytes, a third of them
 * when compressed. The same lists in the same order:
 *
 *   u32 for each list: bytes of its codes
 *   codes of the first list, codes of the second, ... and nothing behind
 *
 * A code is the distance from the place before it in the list, the first from 0xffffffff80000000 on:
 *
 *   c                  c units                              c = 0 .. 223
 *   c, b               224 + (c - 224) * 256 + b units      c = 224 .. 254
 *   255, u32           that many bytes
 *
 * A unit is 8 bytes in the list of 64-bit places, which are nearly all aligned, else 1 byte. So lists
 * must ascend, and all places lie in the top 2 GiB; every other table stays as Linux wrote it.
 */
#ifndef CORE_RELOC_COMPACT_H
#define CORE_RELOC_COMPACT_H

#include "core/reloc.h"

/* The numbers are part of the image format. */
enum reloc_coding {
	RELOC_WORDS = 0, /* as Linux has it */
	RELOC_COMPACT = 1,
};

#define RELOC_WINDOW_VA   0xffffffff80000000
#define RELOC_WINDOW_SIZE 0x80000000

#define RELOC_CODE_2BYTES 224 /* first bytes from here on have one more byte behind them */
#define RELOC_CODE_5BYTES 255 /* or four */
#define RELOC_UNITS_2BYTES_END                                                                     \
	(RELOC_CODE_2BYTES + (RELOC_CODE_5BYTES - RELOC_CODE_2BYTES) * 256)
#define RELOC_UNIT64 8

/* Three lists as bounded views of codes. */
struct reloc_compact {
	enum reloc_layout layout;
	struct span rel64;
	struct span inverse32;
	struct span rel32;
};

const char *reloc_coding_name(enum reloc_coding coding);

/*
 * Find the lists; codes are checked when they are read. Errors: BAD_RELOC (lengths that are not those
 * of the table, a layout without a table).
 */
enum err reloc_compact_split(struct span table, enum reloc_layout layout,
	struct reloc_compact *ret, struct fault *fault) MUST_CHECK;

/* Bytes of the same table as Linux writes it. Errors: BAD_RELOC (a code is cut off). */
enum err reloc_compact_expanded_size(
	const struct reloc_compact *c, uint64_t *ret_size, struct fault *fault) MUST_CHECK;

/*
 * Write Linux's table, size bytes, which must be what reloc_compact_expanded_size says. Errors:
 * BAD_RELOC (a code is cut off, or leads out of the top 2 GiB), NO_SPACE.
 */
enum err reloc_compact_expand(const struct reloc_compact *c, uint8_t *words, uint64_t size,
	struct fault *fault) MUST_CHECK;

/*
 * As reloc_apply (reloc.h), with the same checks and errors, without expanding the table. The fault's
 * offset is that of the code in the table. BAD_RELOC: a code is cut off, or the kernel is not linked
 * at RELOC_WINDOW_VA.
 */
enum err reloc_compact_apply(const struct reloc_compact *c, const struct reloc_target *target,
	uint64_t delta, struct fault *fault) MUST_CHECK;

/*
 * The other way round, in reloc_encode.c: at most cap bytes to buf. Errors: BAD_RELOC (a table that
 * cannot be written so: no table, a list that does not ascend, a place below the top 2 GiB), NO_SPACE.
 */
enum err reloc_compact_encode(const struct reloc_table *table, uint8_t *buf, uint64_t cap,
	uint64_t *ret_size) MUST_CHECK;

#endif /* CORE_RELOC_COMPACT_H */
