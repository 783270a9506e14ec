/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File and memory side by side: on the left the regions of the file, on the right what the kernel takes of
 * memory, from the load address to the end of init_size. Heights are in proportion, but for the smallest,
 * which get a line so that they can be named.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "host/inspect.h"
#include "host/output.h"
#include "host/svg.h"
#include "host/text.h"
#include "spec/elf64.h"

#define LINE	   15 /* the least height: a line of text */
#define FREE	   900 /* height that is shared by size */
#define BOX	   170
#define FILE_X	   20
#define MEMORY_X   620
#define TOP	   60
#define BLOCKS_MAX REGIONS_MAX

struct block {
	uint64_t start, size;
	enum region_kind kind;
	char name[REGION_NAME_MAX * 2];
};

static const char *fill(enum region_kind kind)
{
	switch (kind) {
	case REGION_HEADER:
		return "#e2b93b";
	case REGION_CODE:
		return "#5aa469";
	case REGION_PAYLOAD:
		return "#4aa3b5";
	case REGION_DATA:
		return "#5f7fbf";
	case REGION_SIGNATURE:
		return "#a86fb0";
	case REGION_REST:
		break;
	}
	return "#e8e8e8";
}

/* Returns where the column ends. */
static int put_column(FILE *f, int x, const char *title, const struct block *b, size_t count)
{
	uint64_t total = 0;
	double y = TOP;

	for (size_t i = 0; i < count; i++)
		total += b[i].size;
	fprintf(f, "<text x='%d' y='%d' font-weight='bold'>%s</text>\n", x, TOP - 14, title);
	for (size_t i = 0; i < count; i++) {
		double height = LINE + (total ? (double)b[i].size / (double)total * FREE : 0);

		fprintf(f,
			"<rect x='%d' y='%.1f' width='%d' height='%.1f' fill='%s' stroke='white'/>\n"
			"<text x='%d' y='%.1f'>0x%" PRIx64 "</text>\n<text x='%d' y='%.1f'>",
			x, y, BOX, height, fill(b[i].kind), x + 6, y + LINE - 4, b[i].start, x + BOX + 8,
			y + LINE - 4);
		svg_put_text(f, b[i].name);
		fprintf(f, ", %" PRIu64 "</text>\n", b[i].size);
		y += height;
	}
	return (int)y;
}

static size_t file_blocks(const struct facts *f, struct block *b)
{
	for (size_t i = 0; i < f->layout.count; i++) {
		const struct region *r = &f->layout.r[i];

		b[i] = (struct block){.start = r->offset, .size = r->size, .kind = r->kind};
		snprintf(b[i].name, sizeof(b[i].name), "%s", r->name);
	}
	return f->layout.count;
}

static void add(struct block *b, size_t *count, uint64_t start, uint64_t end, enum region_kind kind,
	const char *name)
{
	if (*count == BLOCKS_MAX || end <= start)
		return;
	b[*count] = (struct block){.start = start, .size = end - start, .kind = kind};
	snprintf(b[*count].name, sizeof(b[*count].name), "%s", name);
	++*count;
}

/* Segments are sorted by paddr and do not overlap [core/elf.h]. */
static size_t memory_blocks(const struct facts *f, struct block *b)
{
	const struct kernel *k = f->k;
	const struct elf_plan *p = &k->plan;
	uint64_t at = p->mem_base, end = p->mem_base + k->image.hdr.init_size;
	size_t count = 0;

	for (size_t i = 0; k->has_elf && i < p->count; i++) {
		const struct elf_segment *s = &p->segment[i];
		char name[64], flags[4];

		text_segment_flags(s->flags, flags);
		add(b, &count, at, s->paddr, REGION_REST, "(hole)");
		snprintf(name, sizeof(name), "segment %zu %s", i, flags);
		add(b, &count, s->paddr, s->paddr + s->filesz,
			s->flags & PF_X ? REGION_CODE : REGION_DATA, name);
		snprintf(name, sizeof(name), "segment %zu, not in the file: zeros", i);
		add(b, &count, s->paddr + s->filesz, s->paddr + s->memsz, REGION_SIGNATURE, name);
		at = s->paddr + s->memsz;
	}
	if (k->has_elf)
		add(b, &count, at, end, REGION_REST, "to the end of init_size: for decompression");
	return count;
}

static enum status draw(FILE *f, const struct facts *facts)
{
	struct block *b = calloc(BLOCKS_MAX, sizeof(*b));
	const char *name = facts->k->name;
	size_t count;
	int bottom, other;

	if (!b)
		return report_no_memory(name);
	/* the height is known when all is drawn: columns are drawn twice */
	count = file_blocks(facts, b);
	bottom = TOP + (int)count * LINE + FREE;
	count = memory_blocks(facts, b);
	other = TOP + (int)count * LINE + FREE;
	fprintf(f,
		"<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='monospace' "
		"font-size='11'>\n<rect width='100%%' height='100%%' fill='white'/>\n"
		"<text x='%d' y='20' font-size='14'>",
		MEMORY_X + 620, (bottom > other ? bottom : other) + 20, FILE_X);
	svg_put_text(f, name);
	fprintf(f, ": %s</text>\n", format_name(facts->k->format));
	put_column(f, MEMORY_X, count ? "memory, as linked" : "", b, count);
	put_column(f, FILE_X, "file", b, file_blocks(facts, b));
	fprintf(f, "</svg>\n");
	free(b);
	return STATUS_DONE;
}

enum status inspect_write_svg(const struct facts *facts, const char *path)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	enum status status;

	if (!f)
		return report_no_memory(path);
	status = draw(f, facts);
	if (fclose(f) && !status)
		status = report_no_memory(path);
	if (!status)
		status = output_write(path, (struct span){(const uint8_t *)text, len});
	free(text);
	return status;
}
