/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as a picture: rows of equal size, lowest addresses on top, a rectangle for each run of
 * cells of one kind. Rows without RAM are left out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "host/kaslr_model.h"
#include "host/output.h"
#include "host/svg.h"

#define COLUMNS    256
#define ROWS_MAX   48
#define CELL_WIDTH 3
#define ROW_HEIGHT 14
#define LEFT       130
#define TOP        56
#define MIB        ((uint64_t)0x100000)

static const char *fill(enum kaslr_cell cell)
{
	switch (cell) {
	case CELL_SLOTS:
		return "#3a7d44";
	case CELL_TOO_SMALL:
		return "#b8b8b8";
	case CELL_AVOIDED:
		return "#c0392b";
	case CELL_NOTHING:
	case CELL_KINDS:
		break;
	}
	return "#f4f4f4";
}

static void put_row(FILE *f, const enum kaslr_cell *cells, uint64_t start, int y)
{
	fprintf(f, "<text x='4' y='%d'>0x%012" PRIx64 "</text>\n", y + ROW_HEIGHT - 4, start);
	for (int i = 0, run; i < COLUMNS; i += run) {
		for (run = 1; i + run < COLUMNS && cells[i + run] == cells[i]; run++)
			;
		fprintf(f, "<rect x='%d' y='%d' width='%d' height='%d' fill='%s'/>\n",
			LEFT + i * CELL_WIDTH, y, run * CELL_WIDTH, ROW_HEIGHT - 2, fill(cells[i]));
	}
}

static int put_rows(FILE *f, const struct kaslr_model *m, uint64_t cell, uint64_t top)
{
	int y = TOP;

	for (uint64_t row = 0; row < top; row += COLUMNS * cell) {
		enum kaslr_cell cells[COLUMNS];
		bool any = false;

		for (unsigned i = 0; i < COLUMNS; i++) {
			cells[i] = kaslr_cell_at(m, range_make(row + i * cell, cell));
			any |= cells[i] != CELL_NOTHING;
		}
		if (!any)
			continue;
		if (f)
			put_row(f, cells, row, y);
		y += ROW_HEIGHT;
	}
	return y;
}

static void draw(FILE *f, const struct kaslr_model *m)
{
	uint64_t top = m->memory.ram.count ? m->memory.ram.r[m->memory.ram.count - 1].end : 0;
	uint64_t cell = MIB;

	while (cell < top / COLUMNS / ROWS_MAX)
		cell *= 2;
	fprintf(f,
		"<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
		"font-family='monospace' font-size='11'>\n"
		"<rect width='100%%' height='100%%' fill='white'/>\n<text x='4' y='16'>",
		LEFT + COLUMNS * CELL_WIDTH + 8, put_rows(NULL, m, cell, top) + 8);
	svg_put_text(f, m->image_name);
	fprintf(f, " on ");
	svg_put_text(f, m->map_name);
	fprintf(f,
		"</text>\n<text x='4' y='32'>%" PRIu64 " physical slots, %" PRIu64
		" virtual places; a row is %" PRIu64 " MiB</text>\n"
		"<text x='4' y='48' fill='%s'>slots</text><text x='60' y='48' fill='%s'>no slot fits</text>"
		"<text x='160' y='48' fill='%s'>avoided</text>\n",
		m->found.slots, m->virtual_count, COLUMNS * cell / MIB, fill(CELL_SLOTS),
		fill(CELL_TOO_SMALL), fill(CELL_AVOIDED));
	put_rows(f, m, cell, top);
	fprintf(f, "</svg>\n");
}

enum status kaslr_write_svg(const struct kaslr_model *m, const char *path)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	enum status status;

	if (!f)
		return report_no_memory(path);
	draw(f, m);
	status = fclose(f) ? report_no_memory(path)
			   : output_write(path, (struct span){(const uint8_t *)text, len});
	free(text);
	return status;
}
