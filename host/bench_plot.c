/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a chart in gnuplot's language.
 */
#include <math.h>
#include <string.h>
#include "host/bench_plot.h"

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

/* Marks of a logarithmic axis over decades: 1, 2, 5 and their decimal multiples. */
static double next_of_decade(double v)
{
	double decade = pow(10, floor(log10(v) + 1e-9));

	if (v < 1.5 * decade)
		return 2 * decade;
	return v < 3 * decade ? 5 * decade : 10 * decade;
}

/* The distance of equal steps, 1, 2 or 5 of some decade, for about eight marks. */
static double equal_step(const struct bench_axis *a)
{
	double step = pow(10, floor(log10(a->high - a->low)) - 1);

	while ((a->high - a->low) / step > 10)
		step = next_of_decade(step);
	return step;
}

/* A short logarithmic axis looks nearly linear: equal steps. */
static void put_marks(FILE *f, char which, const struct bench_axis *a)
{
	bool short_axis = a->high / a->low < 5;
	double step = equal_step(a);
	double v = short_axis ? ceil(a->low / step) * step : pow(10, floor(log10(a->low)));
	const char *comma = "";

	fprintf(f, "set %ctics (", which);
	while (v <= a->high) {
		if (v >= a->low) {
			fprintf(f, "%s'%.6g' %.10g", comma, v, v);
			comma = ", ";
		}
		v = short_axis ? v + step : next_of_decade(v);
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

/* A point where the axes say; what stands in front of it is a position, as gnuplot writes it. */
static void put_point(FILE *f, const char *where, double x, double y, enum bench_kind kind)
{
	fprintf(f, "set label at %s%.10g,%s%.10g '' point pt %d ps 2.2 lw 2 lc rgb '%s' front\n",
		where, x, where, y, kind == BENCH_OTHER ? 6 : 7, colour(kind));
}

/* Further to the right than the field goes. */
static void put_edge_arrow(FILE *f, const struct bench_dot *d)
{
	double y = (FIELD_Y + d->label.y) / PICTURE_H;

	fprintf(f,
		"set arrow from screen %.5f,%.5f to screen %.5f,%.5f "
		"head filled size screen 0.012,20 lw 2 lc rgb '%s' front\n",
		(FIELD_X + FIELD_W - EDGE_GAP * 0.8) / PICTURE_W, y,
		(double)(FIELD_X + FIELD_W) / PICTURE_W, y, colour(d->row->kind));
}

static void put_dot(FILE *f, const struct bench_dot *d)
{
	const struct bench_label *l = &d->label;
	const char *rgb = colour(d->row->kind), *align = "center";
	double at = l->left + l->w / 2;

	if (d->outside)
		put_edge_arrow(f, d);
	else
		put_point(f, "", d->size_mb, d->speed, d->row->kind);
	if (!d->text[0])
		return;
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
static void put_arrows(FILE *f, const struct bench_plan *c)
{
	size_t i, j;

	for (i = 0; i < c->dots; i++) {
		const struct bench_dot *from = &c->dot[i];

		for (j = 0; j < c->dots && from->row->kind != BENCH_MADE; j++) {
			const struct bench_dot *to = &c->dot[j];

			if (to->row->kind == BENCH_MADE && to->row->codec == from->row->codec)
				fprintf(f,
					"set arrow from %.10g,%.10g to %.10g,%.10g "
					"head filled size screen 0.008,18 lw 1.5 "
					"lc rgb '#b8bcc4' back\n",
					from->size_mb, from->speed, to->size_mb, to->speed);
		}
	}
}

static void put_original_line(FILE *f, const struct bench_plan *c)
{
	double mb = (double)c->b->row[0].size / 1e6;

	fprintf(f,
		"set arrow from %.10g, graph 0 to %.10g, graph 1 "
		"nohead dt 2 lw 2 lc rgb '%s' back\n",
		mb, mb, colour(BENCH_ORIGINAL));
	fprintf(f,
		"set label at %.10g, graph 0.05 'original (%s)' offset character 0.6,0 left "
		"font ',%d' tc rgb '%s'\n",
		mb, codec_name(c->b->row[0].codec), LABEL_FONT, colour(BENCH_ORIGINAL));
}

/* What the kinds of dots are, to the right above the field; only if there is more than one kind. */
static void put_legend(FILE *f, const struct bench_plan *c)
{
	static const struct {
		enum bench_kind kind;
		const char *text;
		double x; /* in parts of the picture's width */
	} entries[] = {
		{BENCH_ORIGINAL, "original", 0.58},
		{BENCH_OTHER, "other wrappers", 0.69},
		{BENCH_MADE, "bzforge", 0.88},
	};
	bool others = false;
	size_t i;

	for (i = 0; i < c->dots; i++)
		others |= c->dot[i].row->kind == BENCH_OTHER;
	for (i = 0; i < sizeof(entries) / sizeof(entries[0]) && others; i++) {
		put_point(f, "screen ", entries[i].x, 0.885, entries[i].kind);
		fprintf(f, "set label at screen %.5f,0.885 '%s' left tc rgb '%s'\n",
			entries[i].x + 0.012, entries[i].text, colour(entries[i].kind));
	}
}

/* Everything that is not in the field. */
static void put_words(FILE *f, const struct bench_plan *c)
{
	const double left = (double)FIELD_X / PICTURE_W;

	fprintf(f, "set label at screen %.5f,0.945 'Linux ", left);
	put_text(f, release(c->b->kernel));
	fprintf(f, ": one kernel, %u wrappers' left noenhanced font ',26'\n", c->b->rows);
	fprintf(f, "set label at screen %.5f,0.885 'further left: smaller; further down: faster' "
		   "left font ',%d' tc rgb '#666666'\n", left, FONT);
	put_legend(f, c);
	fprintf(f, "set xlabel 'size of the image, MB'\n");
	fprintf(f, "set label at screen 0.022,%.5f '%s' center rotate\n",
		(FIELD_Y + FIELD_H / 2.0) / PICTURE_H,
		c->counted ? "million instructions to the kernel"
			   : "milliseconds to decode, one core");
}

void bench_plot(FILE *f, const struct bench_plan *c, const char *terminal)
{
	size_t i;

	fprintf(f, "set terminal %s size %d,%d font 'DejaVu Sans,%d' background rgb 'white'\n",
		terminal, PICTURE_W, PICTURE_H, FONT);
	fprintf(f, "set lmargin at screen %.5f\nset rmargin at screen %.5f\n",
		(double)FIELD_X / PICTURE_W, (double)(FIELD_X + FIELD_W) / PICTURE_W);
	fprintf(f, "set bmargin at screen %.5f\nset tmargin at screen %.5f\n",
		(double)FIELD_Y / PICTURE_H, (double)(FIELD_Y + FIELD_H) / PICTURE_H);
	put_words(f, c);
	fprintf(f, "set logscale xy\nset xrange [%.10g:%.10g]\nset yrange [%.10g:%.10g]\n",
		c->x.low, c->x.high, c->y.low, c->y.high);
	put_marks(f, 'x', &c->x);
	put_marks(f, 'y', &c->y);
	fprintf(f, "set border 3 lw 1.5 lc rgb '#444444'\nset tics nomirror out\n"
		   "set grid lc rgb '#e4e6ea' lt 1\nunset key\n");
	put_arrows(f, c);
	if (!c->counted && c->b->row[0].decode.median_ms < 0 && c->b->row[0].size / 1e6 < c->x.high)
		put_original_line(f, c);
	for (i = 0; i < c->dots; i++)
		put_dot(f, &c->dot[i]);
	fprintf(f, "plot NaN notitle\n");
}
