/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that prints messages, so that all have one form: bzforge: FILE: what is wrong
 * (offset 0x1f1, value 64).
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "host/report.h"

void report(const char *file, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("bzforge: ", stderr);
	if (file)
		fprintf(stderr, "%s: ", file);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void report_errno(const char *file, const char *action)
{
	int saved = errno;

	report(file, "%s: %s", action, strerror(saved));
}

void report_fault(const char *file, const char *part, enum err err, const struct fault *fault)
{
	struct problem p = {part, err, fault ? *fault : (struct fault){0}};
	char text[256], place[96];

	problem_text(&p, text, sizeof(text));
	problem_place(&p, place, sizeof(place));
	report(file, "%s%s", text, place);
}

void report_table(const char *text)
{
	fflush(stdout);
	fputs(text, stderr);
}

void report_problems(const char *file, const struct problems *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		report_fault(file, list->p[i].part, list->p[i].err, &list->p[i].fault);
	if (list->dropped)
		report(file, "and %zu more problems", list->dropped);
}
