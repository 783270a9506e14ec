/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies where in memory, stage by stage: a column for each stage, the same address at the same height in
 * all of them. Heights are not in proportion (a megabyte and a page both want to be read): each piece
 * between two boundaries gets a line and a bit, more for larger ones.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "host/trace.h"

#define LEFT	    130
#define COLUMN	    270
#define COLUMN_GAP  10
#define HEAD	    46
#define BLOCKS_MAX  (TRACE_RANGES_MAX + 16)
#define EDGES_MAX   (2 * BLOCKS_MAX)
#define PAGE	    4096
#define LINE	    17
#define EMPTY	    12

enum { LOADED = 1, STAGE1 = 2, STAGE2 = 4, KERNEL = 8, ALL = 15 };
#define COLUMNS 4

static const char *const titles[COLUMNS][2] = {
	{"loaded", "the loader is done"},
	{"stage 1", "read, plan, prove"},
	{"stage 2", "decode, relocate"},
	{"kernel", "its first instruction"},
};

struct block {
	uint64_t start, end;
	int columns;
	const char *name, *fill;
};

struct map {
	struct block block[BLOCKS_MAX];
	size_t blocks;
	uint64_t edge[EDGES_MAX]; /* sorted, each once */
	double y[EDGES_MAX];
	size_t edges;
};

static void add(struct map *m, uint64_t start, uint64_t size, int columns, const char *name, const char *fill)
{
	if (size && start + size > start && m->blocks < BLOCKS_MAX)
		m->block[m->blocks++] = (struct block){start, start + size, columns, name, fill};
}

static void add_known(struct map *m, const struct trace *t)
{
	uint64_t image_end = t->image_pa + t->image_size;
	/* what runs, in front of the payload */
	uint64_t stub_end = t->moved ? t->planned_work_pa : t->payload_pa;

	for (size_t i = 0; i < t->ranges; i++) {
		const struct trace_range *r = &t->range[i];

		if (!r->kept && !r->ram)
			add(m, r->start, r->end - r->start, ALL, "not RAM", "#e8e8e8");
	}
	if (t->image_pa && t->image_size)
		add(m, t->image_pa, t->image_size, LOADED | STAGE1, "image: stub, manifest, payload", "#4aa3b5");
	if (t->work_pa >= image_end && t->work_size)
		add(m, t->work_pa, t->work_size, STAGE1, "work area", "#e2b93b");
	if (t->kernel_pa)
		add(m, t->kernel_pa, t->kernel_size, STAGE2 | KERNEL, "kernel", "#c0392b");
	if (t->stub_pa && stub_end > t->stub_pa)
		add(m, t->stub_pa, stub_end - t->stub_pa, STAGE2, t->moved ? "stub, moved" : "stub", "#5aa469");
	if (t->payload_pa)
		add(m, t->payload_pa, t->payload_size, STAGE2, "payload", "#4aa3b5");
	if (t->planned_work_pa && t->work_size)
		add(m, t->planned_work_pa, t->work_size, STAGE2, "work area", "#e2b93b");
	/* last: small things lie on top of large ones */
	for (size_t i = 0; i < t->ranges; i++) {
		const struct trace_range *r = &t->range[i];

		if (r->kept && strcmp(r->name, "first MiB"))
			add(m, r->start, r->end - r->start, strcmp(r->name, "timeline") ? ALL : ALL & ~LOADED, r->name,
				"#5f7fbf");
	}
}

static int by_address(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool used(const struct map *m, uint64_t start)
{
	for (size_t i = 0; i < m->blocks; i++) {
		if (m->block[i].start <= start && start < m->block[i].end)
			return true;
	}
	return false;
}

/* The boundaries of all blocks, and how far down each is drawn. */
static void lay_out(struct map *m)
{
	size_t count = 0;
	double y = 0;

	for (size_t i = 0; i < m->blocks; i++) {
		m->edge[m->edges++] = m->block[i].start;
		m->edge[m->edges++] = m->block[i].end;
	}
	qsort(m->edge, m->edges, sizeof(m->edge[0]), by_address);
	for (size_t i = 0; i < m->edges; i++) {
		if (!count || m->edge[count - 1] != m->edge[i])
			m->edge[count++] = m->edge[i];
	}
	m->edges = count;
	for (size_t i = 0; i < count; i++) {
		m->y[i] = y;
		if (i + 1 == count)
			break;
		y += used(m, m->edge[i]) ? LINE : EMPTY;
		for (uint64_t pages = (m->edge[i + 1] - m->edge[i]) / PAGE; pages > 64; pages /= 4)
			y += 4;
	}
}

static double y_of(const struct map *m, uint64_t pa)
{
	size_t i = 0;

	while (i + 1 < m->edges && m->edge[i] < pa)
		i++;
	return m->y[i];
}

static void put_blocks(const struct map *m, int top, unsigned int column, FILE *f)
{
	int x = LEFT + (int)column * (COLUMN + COLUMN_GAP);

	for (size_t i = 0; i < m->blocks; i++) {
		const struct block *b = &m->block[i];
		double y = y_of(m, b->start), h = y_of(m, b->end) - y;
		bool dark = strcmp(b->fill, "#e8e8e8") && strcmp(b->fill, "#e2b93b");

		if (!(b->columns >> column & 1))
			continue;
		fprintf(f, "<rect x='%d' y='%.1f' width='%d' height='%.1f' fill='%s' stroke='white'/>\n"
			   "<text x='%d' y='%.1f' fill='%s'>", x, top + y, COLUMN, h, b->fill, x + 8,
			top + y + 13, dark ? "white" : "#444");
		trace_put_text(f, b->name);
		fprintf(f, "</text>\n<text x='%d' y='%.1f' text-anchor='end' fill='%s'>", x + COLUMN - 8,
			top + y + 13, dark ? "white" : "#444");
		if (b->end - b->start >= 10 * 1024 * 1024)
			fprintf(f, "%" PRIu64 " MiB</text>\n", (b->end - b->start) >> 20);
		else
			fprintf(f, "%" PRIu64 " KiB</text>\n", (b->end - b->start + 1023) >> 10);
	}
}

void trace_map_svg(const struct trace *t, int y, int *ret_height, FILE *f)
{
	struct map *m = calloc(1, sizeof(*m));
	int top = y + HEAD, height;

	*ret_height = 0;
	if (m)
		add_known(m, t);
	if (!m || !m->blocks || !t->kernel_pa) {
		free(m);
		return;
	}
	lay_out(m);
	height = (int)m->y[m->edges - 1];
	for (unsigned int c = 0; c < COLUMNS; c++) {
		int x = LEFT + (int)c * (COLUMN + COLUMN_GAP);

		fprintf(f, "<text x='%d' y='%d' font-size='15' font-weight='bold'>%s</text>\n"
			   "<text x='%d' y='%d' fill='#555'>%s</text>\n"
			   "<rect x='%d' y='%d' width='%d' height='%d' fill='#f7f8fa'/>\n", x, y + 16, titles[c][0], x,
			y + 34, titles[c][1], x, top, COLUMN, height);
		put_blocks(m, top, c, f);
	}
	for (size_t i = 0; i < m->edges; i++)
		fprintf(f, "<text x='%d' y='%.1f' text-anchor='end' font-size='10' fill='#555'>0x%" PRIx64
			   "</text>\n", LEFT - 8, top + m->y[i] + 4, m->edge[i]);
	*ret_height = HEAD + height;
	free(m);
}
