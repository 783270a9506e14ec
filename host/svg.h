/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What drawings have in common. */
#ifndef HOST_SVG_H
#define HOST_SVG_H

#include <stdio.h>

/* Text between XML's tags: names of files and of what is in them, from outside. Not ASCII: "?". */
void svg_put_text(FILE *f, const char *s);

#endif /* HOST_SVG_H */
