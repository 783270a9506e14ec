/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `bzforge verify` says where something is wrong, or other than in another file.
 */
#ifndef HOST_VERIFY_H
#define HOST_VERIFY_H

#include "host/kernel.h"

/* verify_where.c: of a file with problems, the first bytes that a checksum says are wrong. Prints a line. */
void verify_print_where(const struct kernel *k);

/*
 * verify_diff.c: do both hold the same kernel? Prints, and if not, every part that differs: headers,
 * sections, relocations. STATUS_BAD_INPUT if not.
 */
enum status verify_compare(const struct kernel *a, const struct kernel *b);

/* verify_symbol.c: where an offset in an ELF kernel is in memory. */
struct verify_address {
	bool known;
	uint64_t va;
	char symbol[128]; /* "start_kernel+0x12", printable; empty: the kernel carries no names, or none fits */
};

struct verify_address verify_find_address(const struct kernel *k, uint64_t offset);

#endif /* HOST_VERIFY_H */
