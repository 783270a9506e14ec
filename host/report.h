/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tool says on standard error, and the exit statuses. Functions of the host tool that can
 * fail print what went wrong where they find it and return a status; their callers only pass it on.
 */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/problems.h"

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
static inline enum status report_no_memory(const char *file)
{
	report(file, "out of memory");
	return STATUS_ENVIRONMENT;
}

/* A table that was made elsewhere, as it is. */
void report_table(const char *text);

/* Each of them, one a line. */
void report_problems(const char *file, const struct problems *list);

#endif /* HOST_REPORT_H */
