/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that is wrong with a file: a list of errors with their places, and the words for them. Who
 * reads a file adds to the list and goes on as far as it can; who called decides what to make of it.
 */
#ifndef LIB_PROBLEMS_H
#define LIB_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/err.h"

/*
 * One trouble in an input: part names what the fault's offset counts in ("" for the file itself).
 * All texts are static.
 */
struct problem {
	const char *part;
	enum err err;
	struct fault fault; /* text NULL: no offset, no value */
};

#define PROBLEMS_MAX 32

/* Everything that is wrong with a file; more than PROBLEMS_MAX are only counted. */
struct problems {
	struct problem p[PROBLEMS_MAX];
	size_t count;
	size_t dropped;
};

void problems_add(struct problems *list, const char *part, enum err err, const struct fault *fault);
/* "PART: WORDS: FIELD" without offset and value. */
void problem_text(const struct problem *p, char *buf, size_t cap);
/* " (offset 0x1f1, value 64)", or nothing. */
void problem_place(const struct problem *p, char *buf, size_t cap);

#endif /* LIB_PROBLEMS_H */
