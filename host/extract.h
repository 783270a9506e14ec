/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be taken out of a kernel's file, one part after the other.
 */
#ifndef HOST_EXTRACT_H
#define HOST_EXTRACT_H

#include "host/kernel.h"
#include "host/output.h"
#include "host/symbols.h"

enum extract_kind {
	EXTRACT_KERNEL, /* the ELF, as built */
	EXTRACT_SYMBOLS, /* the kernel with a symbol table */
	EXTRACT_SYMBOLS_IF_ANY, /* nothing, if the kernel carries none */
	EXTRACT_CONFIG,
	EXTRACT_INITRD,
	EXTRACT_CMDLINE,
	EXTRACT_OS_RELEASE,
	EXTRACT_SECTION, /* of the PE file, by name */
};

/* A part's bytes: those of the file, and what had to be made. */
struct extract_part {
	struct span span[3]; /* one behind the other */
	char *text; /* owned */
	struct symbols symbols; /* owned */
};

/* k: may be damaged, or of no known format; what the part needs is checked. Prints what is missing. */
enum status extract_part(const struct kernel *k, enum extract_kind kind, const char *section,
	struct extract_part *ret);
void extract_free(struct extract_part *part);

enum status extract_put(struct output *out, const struct extract_part *part);

/* EXTRACT_SYMBOLS, found and written at the same time; out: a file, new and empty. */
enum status extract_symbols(const struct kernel *k, struct output *out, struct extract_part *ret);

/* Every part that there is, each a file in a new folder. Prints. */
enum status extract_all(const struct kernel *k, const char *folder);

#endif /* HOST_EXTRACT_H */
