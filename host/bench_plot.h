/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan of a chart, and its translation into gnuplot's language.
 *
 *   PICTURE_H +---------------------------+
 *             | title, legend             |
 *             |   +-------------------+   | FIELD_Y + FIELD_H
 *             |   |  field of the     |   |
 *             |   |  axes             |   |
 *             |   +-------------------+   | FIELD_Y
 *             |     marks, name           |
 *           0 +---------------------------+
 *                 FIELD_X            + FIELD_W
 */
#ifndef HOST_BENCH_PLOT_H
#define HOST_BENCH_PLOT_H

#include <stdio.h>
#include "host/bench.h"

/* The picture, 16:9, and the field of the axes in it; in pixels. */
#define PICTURE_W  1280
#define PICTURE_H  720
#define FIELD_X    140
#define FIELD_Y    100
#define FIELD_W    1100
#define FIELD_H    500
#define FONT       18
#define LABEL_FONT 20
#define CHAR_W     (LABEL_FONT * 0.62) /* an upper bound of the mean for a sans serif font */
#define LABEL_H    (LABEL_FONT * 1.3)
#define DOT_R      9.0
#define EDGE_GAP   45 /* between a text at the right edge and the edge: an arrow */

#define LABEL_SIZE (BENCH_NAME_SIZE + 32)

struct bench_dot {
	const struct bench_row *row;
	double size_mb, speed;
	bool outside; /* too large for the field */
	char text[LABEL_SIZE]; /* may be empty: an arrow leads to a dot with a text */
	struct bench_label label; /* counted from the field's corner */
};

/* A logarithmic axis. */
struct bench_axis {
	double low, high;
	double length; /* pixels */
};

struct bench_plan {
	const struct bench *b;
	bool counted; /* upwards: instructions, else milliseconds */
	struct bench_dot dot[BENCH_ROWS_MAX];
	size_t dots;
	struct bench_axis x, y;
};

/* A script that draws it on that terminal of gnuplot's and prints the picture. */
void bench_plot(FILE *f, const struct bench_plan *plan, const char *terminal);

#endif /* HOST_BENCH_PLOT_H */
