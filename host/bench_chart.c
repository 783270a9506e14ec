/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chart, for a slide: each image a dot, its size to the right, the work that it makes before
 * the kernel runs upwards, both on logarithmic scales, because codecs differ by orders of
 * magnitude. Instructions if they were counted, which tells of the original, too; else the native
 * decode time, and the original is a line at its size. An image much larger than all others (one
 * that is not compressed) would push them together: it is only mentioned at the right edge.
 *
 * gnuplot draws (bench_plot.c). Where things stand is computed here, in the picture's own units, so
 * that labels do not cover each other.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/bench_plot.h"
#include "host/child.h"
#include "host/output.h"

#define GNUPLOT    "gnuplot"
#define TIMEOUT_S  120
#define OUTPUT_MAX (16 * 1024 * 1024)

#define OUTLIER    2.0 /* times the second largest size */

static double place(const struct bench_axis *a, double v)
{
	return log(v / a->low) / log(a->high / a->low) * a->length;
}

/* A range with some air at both ends. */
static struct bench_axis fit(double low, double high, double length)
{
	double air = pow(high / low, 0.09);

	if (air < 1.15)
		air = 1.15;
	return (struct bench_axis){low / air, high * air, length};
}

/* Sizes from this on are outside of the field. */
static double size_limit(const struct bench *b)
{
	double largest = 0, second = 0;
	unsigned int i;

	for (i = 0; i < b->rows; i++) {
		double mb = (double)b->row[i].size / 1e6;

		if (mb > largest) {
			second = largest;
			largest = mb;
		} else if (mb > second) {
			second = mb;
		}
	}
	return b->rows > 2 && largest > OUTLIER * second ? largest : INFINITY;
}

/* What the axis upwards shows; not above 0 if it is unknown. */
static double speed(const struct bench_plan *c, const struct bench_row *row)
{
	return c->counted ? (double)row->instructions / 1e6 : row->decode.median_ms;
}

/* Is there one of ours that it can be compared with? Then an arrow leads there. */
static bool has_successor(const struct bench_plan *c, const struct bench_row *row)
{
	unsigned int i;

	for (i = 0; i < c->b->rows; i++) {
		const struct bench_row *other = &c->b->row[i];

		if (row->kind == BENCH_OTHER && other->kind == BENCH_MADE &&
			other->codec == row->codec && speed(c, other) > 0)
			return true;
	}
	return false;
}

static void set_text(const struct bench_plan *c, struct bench_dot *d)
{
	const struct bench_row *row = d->row;

	if (d->outside)
		snprintf(d->text, sizeof(d->text), "%s: %.1f MB", row->name, d->size_mb);
	else if (row->kind == BENCH_ORIGINAL)
		snprintf(d->text, sizeof(d->text), "%s (%s)", row->name, codec_name(row->codec));
	else if (!has_successor(c, row))
		snprintf(d->text, sizeof(d->text), "%s", row->name);
}

/* Rows that have a place in the chart. */
static void collect(struct bench_plan *c)
{
	double x_low = INFINITY, x_high = 0, y_low = INFINITY, y_high = 0;
	double limit = size_limit(c->b);
	unsigned int i;

	for (i = 0; i < c->b->rows; i++) {
		const struct bench_row *row = &c->b->row[i];
		struct bench_dot *d = &c->dot[c->dots];

		*d = (struct bench_dot){.row = row, .size_mb = (double)row->size / 1e6};
		d->outside = d->size_mb >= limit;
		d->speed = speed(c, row);
		if (!d->outside) {
			x_low = fmin(x_low, d->size_mb);
			x_high = fmax(x_high, d->size_mb);
		}
		if (d->speed <= 0)
			continue;
		y_low = fmin(y_low, d->speed);
		y_high = fmax(y_high, d->speed);
		set_text(c, d);
		c->dots++;
	}
	if (c->dots) {
		c->x = fit(x_low, x_high, FIELD_W);
		c->y = fit(y_low, y_high, FIELD_H);
	}
}

static void lay_out(struct bench_plan *c)
{
	struct bench_label label[BENCH_ROWS_MAX];
	size_t i;

	for (i = 0; i < c->dots; i++) {
		label[i] = (struct bench_label){
			.x = place(&c->x, c->dot[i].size_mb),
			.y = place(&c->y, c->dot[i].speed),
			.w = (double)strlen(c->dot[i].text) * CHAR_W,
			.h = LABEL_H,
		};
	}
	bench_layout(label, c->dots, DOT_R, FIELD_W, FIELD_H);
	for (i = 0; i < c->dots; i++) {
		if (c->dot[i].outside) {
			label[i].left = FIELD_W - EDGE_GAP - label[i].w;
			label[i].bottom = label[i].y - label[i].h / 2;
		}
		c->dot[i].label = label[i];
	}
}

static enum status draw(const struct bench_plan *c, const char *terminal, const char *path)
{
	char *text = NULL, *picture = NULL;
	struct memory_file script = {0};
	size_t size = 0, picture_size;
	enum status status;
	FILE *f;

	f = open_memstream(&text, &size);
	if (!f)
		return report_no_memory(path);
	bench_plot(f, c, terminal);
	if (fclose(f)) {
		free(text);
		return report_no_memory(path);
	}
	status = memory_file_open(path, (struct span){(const uint8_t *)text, size}, &script);
	if (!status)
		status = child_output((char *[]){(char[]){GNUPLOT}, script.path, NULL}, TIMEOUT_S,
			OUTPUT_MAX, &picture, &picture_size);
	if (!status)
		status = output_write(path, (struct span){(uint8_t *)picture, picture_size});
	memory_file_close(&script);
	free(picture);
	free(text);
	return status;
}

enum status bench_chart(const struct bench *b, const char *folder)
{
	static const struct {
		const char *file, *terminal;
	} forms[] = {
		{"size-speed.svg", "svg"},
		{"size-speed.png", "pngcairo"},
	};
	struct bench_plan c = {.b = b, .counted = b->row[0].instructions};
	enum status status = STATUS_DONE;
	char *path;
	size_t i;

	if (!child_present(GNUPLOT)) {
		report(GNUPLOT, "is not installed: no chart (package gnuplot-nox)");
		return STATUS_ENVIRONMENT;
	}
	collect(&c);
	if (!c.dots)
		return STATUS_DONE;
	lay_out(&c);
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]) && !status; i++) {
		if (asprintf(&path, "%s/%s", folder, forms[i].file) < 0)
			return report_no_memory(folder);
		status = draw(&c, forms[i].terminal, path);
		free(path);
	}
	return status;
}
