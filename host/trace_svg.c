/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline as a drawing: a lane for each processor, time from left to right; below it what each colour
 * is and took, and the memory (trace_map.c). 1280 pixels wide, as a slide is.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "host/trace.h"

#define WIDTH	  1280
#define LEFT	  90
#define RIGHT	  1250
#define TOP	  110
#define LANE	  64
#define LANE_GAP  14
#define CHAR_W	  7.4 /* an upper bound for the font, at 12 pixels */
#define ROW	  22
#define COLUMNS	  3
#define KINDS_MAX 32

/* Stages of the same colour belong together: setup, plan, decode, finish. */
static const struct {
	const char *stage, *fill;
} colours[] = {
	{"setup", "#e2b93b"}, {"memory", "#e2b93b"}, {"disks", "#cfa52a"}, {"video", "#e8c65a"},
	{"protected", "#cfa52a"}, {"stub", "#3f8350"}, {"map", "#5aa469"}, {"place", "#7cbf8a"},
	{"move", "#3f8350"}, {"payload", "#5aa469"}, {"efi", "#e2b93b"}, {"options", "#cfa52a"},
	{"initrd", "#e8c65a"}, {"exit", "#a86fb0"}, {"decoded", "#5f7fbf"}, {"relocated", "#5f7fbf"},
	{"wiped", "#a86fb0"}, {"printed", "#d0d3d8"}, {"kernel", "#c0392b"}, {"chunk-start", "#eceef1"},
	{"idle", "#eceef1"}, {"wake", "#eceef1"},
};

/* What a kind of stage took on all processors. */
struct kind {
	const char *name, *fill;
	uint64_t took;
	unsigned int count;
};

void trace_put_text(FILE *f, const char *s)
{
	for (; *s; s++) {
		if (strchr("<>&'\"", *s))
			fprintf(f, "&#%d;", *s);
		else
			fputc((unsigned char)*s < ' ' || (unsigned char)*s > '~' ? '?' : *s, f);
	}
}

static const char *fill(const struct trace_mark *m)
{
	if (!strcmp(m->stage, "chunk-end"))
		return m->chunk % 2 ? "#3a8fa3" : "#4aa3b5";
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		if (!strcmp(m->stage, colours[i].stage))
			return colours[i].fill;
	}
	return "#8a8f98";
}

static uint32_t lanes(const struct trace *t)
{
	uint32_t highest = 0;

	for (size_t i = 0; i < t->marks; i++)
		highest = t->mark[i].cpu > highest ? t->mark[i].cpu : highest;
	return highest + 1;
}

/* When the same processor had made its mark before this one; itself, if that is its first. */
static uint64_t start_of(const struct trace *t, size_t i)
{
	for (size_t k = i; k-- > 0;) {
		if (t->mark[k].cpu == t->mark[i].cpu)
			return t->mark[k].ticks;
	}
	return t->mark[i].ticks;
}

static double x_of(const struct trace *t, uint64_t ticks)
{
	uint64_t total = trace_total(t);

	return LEFT + (total ? (double)ticks / (double)total * (RIGHT - LEFT) : 0);
}

static void put_block(const struct trace *t, size_t i, FILE *f)
{
	const struct trace_mark *m = &t->mark[i];
	uint64_t start = start_of(t, i);
	double x = x_of(t, start), w = x_of(t, m->ticks) - x;
	int y = TOP + (int)m->cpu * (LANE + LANE_GAP);
	char label[TRACE_NAME_MAX];

	if (m->ticks <= start)
		return;
	if (m->chunk == TRACE_NO_CHUNK)
		snprintf(label, sizeof(label), "%s", m->stage);
	else
		snprintf(label, sizeof(label), "%" PRIu32, m->chunk);
	fprintf(f, "<rect x='%.2f' y='%d' width='%.2f' height='%d' fill='%s'/>\n", x, y, w < 0.5 ? 0.5 : w, LANE,
		fill(m));
	if (strcmp(m->stage, "chunk-start") && (double)strlen(label) * CHAR_W + 6 < w) {
		fprintf(f, "<text x='%.2f' y='%d' text-anchor='middle' fill='white'>", x + w / 2, y + LANE / 2 + 4);
		trace_put_text(f, label);
		fprintf(f, "</text>\n");
	}
}

static void put_axis(const struct trace *t, int y, const char *unit, FILE *f)
{
	uint64_t total = trace_total(t);

	for (unsigned int i = 0; i <= 5; i++) {
		double ticks = (double)total * i / 5, x = LEFT + (RIGHT - LEFT) * i / 5.0;

		fprintf(f, "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#888'/>\n"
			   "<text x='%.1f' y='%d' text-anchor='middle' fill='#555'>%.1f</text>\n", x, TOP - 10, x, y,
			x, TOP - 16, ticks / 1e6);
	}
	fprintf(f, "<text x='%d' y='%d' fill='#555'>million %s, from the first stage to the last one before the "
		   "kernel</text>\n", LEFT, TOP - 36, unit);
}

static size_t collect(const struct trace *t, struct kind *kinds)
{
	size_t count = 0, k;

	for (size_t i = 0; i < t->marks; i++) {
		const struct trace_mark *m = &t->mark[i];
		bool chunk = !strcmp(m->stage, "chunk-end");
		const char *name = chunk ? "chunks" : m->stage;

		for (k = 0; k < count && strcmp(kinds[k].name, name); k++)
			;
		if (k == KINDS_MAX || !strcmp(m->stage, "chunk-start"))
			continue;
		if (k == count)
			kinds[count++] = (struct kind){name, chunk ? "#4aa3b5" : fill(m), 0, 0};
		kinds[k].took += trace_took(t, i);
		kinds[k].count++;
	}
	return count;
}

/* What each colour is: down the columns. Returns the height. */
static int put_list(const struct trace *t, int y, FILE *f)
{
	struct kind kinds[KINDS_MAX];
	size_t count = collect(t, kinds), rows = (count + COLUMNS - 1) / COLUMNS;
	uint64_t total = trace_total(t);

	for (size_t i = 0; i < count; i++) {
		int x = LEFT + (int)(i / rows) * ((RIGHT - LEFT) / COLUMNS), at = y + (int)(i % rows) * ROW;

		fprintf(f, "<rect x='%d' y='%d' width='14' height='14' fill='%s'/>\n<text x='%d' y='%d'>", x, at,
			kinds[i].fill, x + 22, at + 12);
		trace_put_text(f, kinds[i].name);
		if (kinds[i].count > 1)
			fprintf(f, " (%u)", kinds[i].count);
		fprintf(f, "</text>\n<text x='%d' y='%d' text-anchor='end'>%.3f</text>\n"
			   "<text x='%d' y='%d' text-anchor='end'>%.2f %%</text>\n", x + 230, at + 12,
			(double)kinds[i].took / 1e6, x + 310, at + 12,
			total ? 100.0 * (double)kinds[i].took / (double)total : 0);
	}
	return (int)rows * ROW;
}

static void put_all(const struct trace *t, const char *title, const char *unit, FILE *f, int *ret_height)
{
	int y = TOP, map = 0;

	fprintf(f, "<text x='%d' y='36' font-size='22' font-weight='bold'>", LEFT);
	trace_put_text(f, title);
	fprintf(f, ": the way to the kernel</text>\n");
	if (t->marks) {
		y += (int)lanes(t) * (LANE + LANE_GAP);
		put_axis(t, y, unit, f);
		for (uint32_t i = 0; i < lanes(t); i++)
			fprintf(f, "<text x='%d' y='%d' text-anchor='end'>cpu %" PRIu32 "</text>\n", LEFT - 12,
				TOP + (int)i * (LANE + LANE_GAP) + LANE / 2 + 4, i);
		for (size_t i = 0; i < t->marks; i++)
			put_block(t, i, f);
		y += 24;
		y += put_list(t, y, f) + 30;
	}
	trace_map_svg(t, y, &map, f);
	*ret_height = y + map + 20;
}

void trace_svg(const struct trace *t, const char *title, const char *unit, FILE *f)
{
	char *body = NULL;
	size_t len = 0;
	FILE *inside = open_memstream(&body, &len);
	int height = TOP;

	/* the height is known when all is drawn */
	if (inside) {
		put_all(t, title, unit, inside, &height);
		fclose(inside);
	}
	fprintf(f, "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='DejaVu Sans, "
		   "sans-serif' font-size='12'>\n<rect width='100%%' height='100%%' fill='white'/>\n%s</svg>\n",
		WIDTH, height, body ? body : "");
	free(body);
}
