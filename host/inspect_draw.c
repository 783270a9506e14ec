/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file's layout in a terminal: a bar as wide as the file, each column the letter of the region that has
 * most of its bytes, and a table of the regions. What takes less than half a column is in the table only.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "host/inspect.h"

#define COLUMNS 64

static bool coloured(void)
{
	const char *no = getenv("NO_COLOR"); /* [no-color.org] */

	return (!no || !*no) && isatty(STDOUT_FILENO);
}

static const char *colour(enum region_kind kind)
{
	switch (kind) {
	case REGION_HEADER:
		return "33";
	case REGION_CODE:
		return "32";
	case REGION_PAYLOAD:
		return "36";
	case REGION_DATA:
		return "34";
	case REGION_SIGNATURE:
		return "35";
	case REGION_REST:
		break;
	}
	return "0";
}

/* 0-9 would look like counts. */
static char letter(size_t i)
{
	return i < 26 ? (char)('a' + i) : i < 52 ? (char)('A' + i - 26) : '+';
}

static uint64_t common(const struct region *r, uint64_t from, uint64_t to)
{
	uint64_t start = r->offset > from ? r->offset : from;
	uint64_t end = r->offset + r->size < to ? r->offset + r->size : to;

	return end > start ? end - start : 0;
}

static size_t largest(const struct regions *l, uint64_t from, uint64_t to)
{
	uint64_t most = 0;
	size_t best = l->count;

	for (size_t i = 0; i < l->count; i++) {
		uint64_t bytes = common(&l->r[i], from, to);

		if (bytes > most) {
			most = bytes;
			best = i;
		}
	}
	return best;
}

static void print_bar(const struct regions *l, uint64_t size, bool colours)
{
	printf("  [");
	for (uint64_t c = 0; c < COLUMNS; c++) {
		uint64_t from = size * c / COLUMNS, to = size * (c + 1) / COLUMNS;
		size_t i = largest(l, from, to > from ? to : from + 1);

		if (i == l->count)
			putchar('.');
		else if (colours)
			printf("\033[7;%sm%c\033[0m", colour(l->r[i].kind), letter(i));
		else
			putchar(letter(i));
	}
	printf("]\n");
}

void inspect_print_layout(const struct facts *f)
{
	const struct regions *l = &f->layout;
	bool colours = coloured();

	if (!l->count)
		return;
	printf("layout of the file\n");
	print_bar(l, f->k->file.len, colours);
	for (size_t i = 0; i < l->count; i++) {
		const struct region *r = &l->r[i];

		if (colours)
			printf("  \033[7;%sm%c\033[0m", colour(r->kind), letter(i));
		else
			printf("  %c", letter(i));
		printf(" 0x%-8" PRIx64 " %10" PRIu64 " %s\n", r->offset, r->size, r->name);
	}
}
