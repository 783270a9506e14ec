/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chart, for a slide: each image a dot, its size to the right, the work that it makes before
 * the kernel runs upwards, both on logarithmic scales, because codecs differ by orders of
 * magnitude. Instructions if they were counted, which tells of the original, too; else the native decode time,
 * and the original is a line at its size.
 *
 * gnuplot draws. Where things stand is computed here, in the picture's own units, so that labels do
 * not cover each other.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/bench.h"
#include "host/child.h"
#include "host/output.h"

#define GNUPLOT    "gnuplot"
#define TIMEOUT_S  120
#define OUTPUT_MAX (16 * 1024 * 1024)

/* The picture, 16:9, and the field of the axes in it; in pixels. */
#define PICTURE_W  1280
#define PICTURE_H  720
#define FIELD_X    130
#define FIELD_Y    100
#define FIELD_W    1110
#define FIELD_H    500
#define FONT       18
#define LABEL_FONT 20
#define CHAR_W     (LABEL_FONT * 0.62) /* an upper bound of the mean for a sans serif font */
#define LABEL_H    (LABEL_FONT * 1.3)
#define DOT_R      9.0

#define LABEL_SIZE (BENCH_NAME_SIZE + 32)

struct dot {
	const struct bench_row *row;
	double size_mb, speed;
	char text[LABEL_SIZE];
	struct bench_label label; /* counted from the field's corner */
};

/* A logarithmic axis. */
struct axis {
	double low, high;
	double length; /* pixels */
};

struct chart {
	const struct bench *b;
	bool counted; /* upwards: instructions, else milliseconds */
	struct dot dot[BENCH_ROWS_MAX];
	size_t dots;
	struct axis x, y;
};

static double place(const struct axis *a, double v)
{
	return log(v / a->low) / log(a->high / a->low) * a->length;
}

/* A range with some air at both ends. */
static struct axis fit(double low, double high, double length)
{
	double air = pow(high / low, 0.09);

	if (air < 1.15)
		air = 1.15;
	return (struct axis){low / air, high * air, length};
}

/* Rows that have a place in the chart. */
static void collect(struct chart *c)
{
	double x_low = 0, x_high = 0, y_low = 0, y_high = 0;
	unsigned int i;

	for (i = 0; i < c->b->rows; i++) {
		const struct bench_row *row = &c->b->row[i];
		struct dot *d = &c->dot[c->dots];
		double mb = (double)row->size / 1e6;

		x_low = i == 0 || mb < x_low ? mb : x_low;
		x_high = i == 0 || mb > x_high ? mb : x_high;
		*d = (struct dot){.row = row, .size_mb = mb};
		d->speed = c->counted ? (double)row->instructions / 1e6 : row->decode.median_ms;
		if (d->speed <= 0)
			continue;
		y_low = !c->dots || d->speed < y_low ? d->speed : y_low;
		y_high = !c->dots || d->speed > y_high ? d->speed : y_high;
		snprintf(d->text, sizeof(d->text), row->kind == BENCH_ORIGINAL ? "%s (%s)" : "%s",
			row->name, codec_name(row->codec));
		c->dots++;
	}
	if (c->dots) {
		c->x = fit(x_low, x_high, FIELD_W);
		c->y = fit(y_low, y_high, FIELD_H);
	}
}

static void lay_out(struct chart *c)
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
	for (i = 0; i < c->dots; i++)
		c->dot[i].label = label[i];
}

/* Text inside of gnuplot's single quotes. What could end them, or mean something, is left out. */
static void put_text(FILE *f, struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] >= ' ' && text.ptr[i] < 0x7f && text.ptr[i] != '\'')
			fputc(text.ptr[i], f);
	}
}

/* The release: the first word of the version string. */
static struct span release(const struct kernel *k)
{
	struct span version = k->image.version;
	const uint8_t *space = version.len ? memchr(version.ptr, ' ', version.len) : NULL;

	return space ? (struct span){version.ptr, (size_t)(space - version.ptr)} : version;
}

/* Round marks of a logarithmic axis: 1, 2, 5 and their decimal multiples; fewer on a long axis. */
static void put_marks(FILE *f, char which, const struct axis *a)
{
	static const double step[] = {1, 1.5, 2, 3, 4, 5, 6, 8};
	bool long_axis = a->high / a->low > 30;
	double decade = pow(10, floor(log10(a->low)));
	const char *comma = "";

	fprintf(f, "set %ctics (", which);
	for (; decade < a->high; decade *= 10) {
		size_t i;

		for (i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
			double v = step[i] * decade;

			if (v < a->low || v > a->high)
				continue;
			if (long_axis && step[i] != 1 && step[i] != 2 && step[i] != 5)
				continue;
			fprintf(f, "%s'%.10g' %.10g", comma, v, v);
			comma = ", ";
		}
	}
	fprintf(f, ")\n");
}

static const char *colour(enum bench_kind kind)
{
	switch (kind) {
	case BENCH_ORIGINAL:
		return "#c0392b";
	case BENCH_OTHER:
		return "#8a8f98";
	case BENCH_MADE:
		return "#1f5fa8";
	}
	return "black";
}

static void put_dot(FILE *f, const struct chart *c, const struct dot *d)
{
	const struct bench_label *l = &d->label;
	const char *rgb = colour(d->row->kind), *align = "center";
	double at = l->left + l->w / 2;

	fprintf(f,
		"set label at %.10g,%.10g '' point pt %d ps 2.2 lw 2 lc rgb '%s' front\n",
		d->size_mb, d->speed, d->row->kind == BENCH_OTHER ? 6 : 7, rgb);
	/* the text is narrower than assumed: what is left over goes away from the dot */
	if (l->left > l->x) {
		align = "left";
		at = l->left;
	} else if (l->left + l->w < l->x) {
		align = "right";
		at = l->left + l->w;
	}
	fprintf(f, "set label at screen %.5f,%.5f '", (FIELD_X + at) / PICTURE_W,
		(FIELD_Y + l->bottom + l->h / 2) / PICTURE_H);
	put_text(f, (struct span){(const uint8_t *)d->text, strlen(d->text)});
	fprintf(f, "' %s noenhanced font ',%d' tc rgb '%s' front\n", align, LABEL_FONT, rgb);
}

/* From the same codec in another wrapper to ours, so that the gain is seen. */
static void put_arrows(FILE *f, const struct chart *c)
{
	size_t i, j;

	for (i = 0; i < c->dots; i++) {
		const struct dot *from = &c->dot[i];

		for (j = 0; j < c->dots && from->row->kind != BENCH_MADE; j++) {
			const struct dot *to = &c->dot[j];

			if (to->row->kind == BENCH_MADE && to->row->codec == from->row->codec)
				fprintf(f,
					"set arrow from %.10g,%.10g to %.10g,%.10g "
					"head filled size screen 0.008,18 lw 1.5 "
					"lc rgb '#b8bcc4' back\n",
					from->size_mb, from->speed, to->size_mb, to->speed);
		}
	}
}

static void put_original_line(FILE *f, const struct chart *c)
{
	double mb = (double)c->b->row[0].size / 1e6;

	fprintf(f,
		"set arrow from %.10g, graph 0 to %.10g, graph 1 "
		"nohead dt 2 lw 2 lc rgb '%s' back\n",
		mb, mb, colour(BENCH_ORIGINAL));
	fprintf(f,
		"set label at %.10g, graph 0.97 'original (%s)' offset character 0.6,0 left "
		"font ',%d' tc rgb '%s'\n",
		mb, codec_name(c->b->row[0].codec), LABEL_FONT, colour(BENCH_ORIGINAL));
}

static void put_script(FILE *f, const struct chart *c, const char *terminal)
{
	size_t i;

	fprintf(f, "set terminal %s size %d,%d font 'DejaVu Sans,%d' background rgb 'white'\n",
		terminal, PICTURE_W, PICTURE_H, FONT);
	fprintf(f, "set lmargin at screen %.5f\nset rmargin at screen %.5f\n",
		(double)FIELD_X / PICTURE_W, (double)(FIELD_X + FIELD_W) / PICTURE_W);
	fprintf(f, "set bmargin at screen %.5f\nset tmargin at screen %.5f\n",
		(double)FIELD_Y / PICTURE_H, (double)(FIELD_Y + FIELD_H) / PICTURE_H);
	fprintf(f, "set label at screen 0.5,0.945 'Linux ");
	put_text(f, release(c->b->kernel));
	fprintf(f, ": one kernel, %u wrappers' center noenhanced font ',26'\n", c->b->rows);
	fprintf(f, "set label at screen 0.5,0.885 'further left: smaller; further down: faster' "
		   "center font ',%d' tc rgb '#666666'\n", FONT);
	fprintf(f, "set xlabel 'size of the image, MB'\n");
	fprintf(f, "set ylabel '%s'\n",
		c->counted ? "instructions from entry to kernel, millions"
			   : "time to decode, milliseconds (one core)");
	fprintf(f, "set logscale xy\nset xrange [%.10g:%.10g]\nset yrange [%.10g:%.10g]\n",
		c->x.low, c->x.high, c->y.low, c->y.high);
	put_marks(f, 'x', &c->x);
	put_marks(f, 'y', &c->y);
	fprintf(f, "set border 3 lw 1.5 lc rgb '#444444'\nset tics nomirror out\n"
		   "set grid lc rgb '#e4e6ea' lt 1\nunset key\n");
	put_arrows(f, c);
	if (!c->counted && c->b->row[0].decode.median_ms < 0)
		put_original_line(f, c);
	for (i = 0; i < c->dots; i++)
		put_dot(f, c, &c->dot[i]);
	fprintf(f, "plot NaN notitle\n");
}

static enum status draw(const struct chart *c, const char *terminal, const char *path)
{
	char *text = NULL, *picture = NULL;
	struct memory_file script = {0};
	size_t size = 0, picture_size;
	enum status status;
	FILE *f;

	f = open_memstream(&text, &size);
	if (!f)
		return report_no_memory(path);
	put_script(f, c, terminal);
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
	struct chart c = {.b = b, .counted = b->row[0].instructions};
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
