/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See svg.h. */
#include "host/svg.h"

void svg_put_text(FILE *f, const char *s)
{
	for (; *s; s++) {
		if (*s == '<' || *s == '>' || *s == '&')
			fprintf(f, "&#%d;", *s);
		else
			fputc(*s < ' ' || *s > '~' ? '?' : *s, f);
	}
}
