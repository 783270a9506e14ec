/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The measurements as a table. Rows are printed as they are finished.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "host/bench.h"

#define CELL_SIZE 40

/* "4,480,774,035", or "-" for 0. */
static const char *grouped(uint64_t v, char buf[CELL_SIZE])
{
	char digits[CELL_SIZE];
	int i, n = snprintf(digits, sizeof(digits), "%" PRIu64, v);
	char *p = buf;

	for (i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = 0;
	return v ? buf : "-";
}

static const char *time_cell(double v, const char *unit, char buf[CELL_SIZE])
{
	if (v < 0)
		return "-";
	snprintf(buf, CELL_SIZE, "%.2f %s", v, unit);
	return buf;
}

static void end_line(void)
{
	putchar('\n');
	fflush(stdout);
}

static double decode_on(const struct bench_row *row, unsigned int threads)
{
	size_t i;

	for (i = 0; i < row->decode.counts; i++) {
		if (row->decode.on[i].threads == threads)
			return row->decode.on[i].wall_median_ms;
	}
	return BENCH_UNKNOWN;
}

void bench_table_head(const struct bench *b)
{
	char cell[CELL_SIZE];
	size_t i;

	printf("%-*s  %-5s  %11s  %6s  %11s  %10s  %11s", (int)b->name_width, "", "codec", "image",
		"/ orig", "init_size", "compress", "decode");
	for (i = 0; i < b->threads.count; i++) {
		snprintf(cell, sizeof(cell), "%u thread%s", b->threads.n[i], b->threads.n[i] > 1 ? "s" : "");
		printf("  %11s", cell);
	}
	if (b->qemu)
		printf("  %14s", "instructions");
	if (b->qemu && b->kaslr)
		printf("  %14s", "with KASLR");
	for (i = 0; i < b->cpus.count; i++) {
		snprintf(cell, sizeof(cell), "%u CPU%s", b->cpus.n[i], b->cpus.n[i] > 1 ? "s" : "");
		printf("  %10s", cell);
	}
	if (b->boots)
		printf("  %10s", "userspace");
	end_line();
}

void bench_table_row(const struct bench *b, const struct bench_row *row)
{
	double ratio = (double)row->size / (double)b->row[0].size;
	char cell[CELL_SIZE];
	size_t i;

	printf("%-*s  %-5s  %11s  %6.3f", (int)b->name_width, row->name, codec_name(row->codec),
		grouped(row->size, cell), ratio);
	printf("  %11s", grouped(row->init_size, cell));
	printf("  %10s", time_cell(row->compress_s, "s", cell));
	printf("  %11s", time_cell(row->decode.median_ms, "ms", cell));
	for (i = 0; i < b->threads.count; i++)
		printf("  %11s", time_cell(decode_on(row, b->threads.n[i]), "ms", cell));
	if (b->qemu)
		printf("  %14s", grouped(row->instructions, cell));
	if (b->qemu && b->kaslr)
		printf("  %14s", grouped(row->instructions_kaslr, cell));
	for (i = 0; i < b->cpus.count; i++)
		printf("  %10s", time_cell(row->cpus_s[i], "s", cell));
	if (b->boots)
		printf("  %10s", time_cell(bench_userspace(row), "s", cell));
	end_line();
}
