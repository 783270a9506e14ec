/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of problems and their words, so that all have one form: what is wrong (offset 0x1f1, value 64).
 */
#include <inttypes.h>
#include <stdio.h>
#include "lib/problems.h"

#define DECIMAL_BELOW 0x10000 /* larger values are addresses and sizes: easier to read in hex */

void problems_add(struct problems *list, const char *part, enum err err, const struct fault *fault)
{
	if (list->count == PROBLEMS_MAX) {
		list->dropped++;
		return;
	}
	list->p[list->count++] = (struct problem){part, err, fault ? *fault : (struct fault){0}};
}

void problem_text(const struct problem *p, char *buf, size_t cap)
{
	bool has_part = p->part && *p->part;

	snprintf(buf, cap, "%s%s%s%s%s", has_part ? p->part : "", has_part ? ": " : "",
		err_text(p->err), p->fault.text ? ": " : "", p->fault.text ? p->fault.text : "");
}

void problem_place(const struct problem *p, char *buf, size_t cap)
{
	buf[0] = 0;
	if (!p->fault.text)
		return;
	snprintf(buf, cap,
		p->fault.value < DECIMAL_BELOW ? " (offset 0x%" PRIx64 ", value %" PRIu64 ")"
					       : " (offset 0x%" PRIx64 ", value 0x%" PRIx64 ")",
		p->fault.offset, p->fault.value);
}
