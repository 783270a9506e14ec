/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tool says on standard error, and the exit statuses. Functions of the host tool that can
 * fail print what went wrong where they find it and return a status; their callers only pass it on.
 */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include "core/err.h"

/* Exit statuses: a contract, see bzforge(1). */
enum status {
	STATUS_DONE = 0,
	STATUS_BAD_INPUT = 1,
	STATUS_USAGE = 2,
	STATUS_ENVIRONMENT = 3, /* missing file or program, no space, no memory */
};

/* "bzforge: FILE: TEXT"; without a file "bzforge: TEXT". */
void report(const char *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with ": " and strerror(errno) behind it. */
void report_errno(const char *file, const char *action);
/* What err and fault say: "bzforge: FILE: PART: WORDS: FIELD (offset 0x1f1, value 64)". */
void report_fault(const char *file, const char *part, enum err err, const struct fault *fault);
/* All memory is used up. */
enum status report_no_memory(const char *file);

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
void report_problems(const char *file, const struct problems *list);

#endif /* HOST_REPORT_H */
