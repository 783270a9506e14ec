/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `bzforge bench` finds out of each image, and the forms in which it is told.
 *
 *   bench_options.c   what is asked for
 *   bench_measure.c   one image: size, decode time, instructions, time to userspace
 *   bench_table.c     lines on the terminal
 *   bench_json.c      bench.json
 *   bench_chart.c     size-speed.svg and size-speed.png: what stands where
 *   bench_plot.c      the same in gnuplot's language
 *   bench_layout.c    where a label stands in the chart, so that it covers no other
 */
#ifndef HOST_BENCH_H
#define HOST_BENCH_H

#include <limits.h>
#include "host/decode_time.h"
#include "host/kernel.h"
#include "host/memory_file.h"

#define BENCH_ROWS_MAX  32
#define BENCH_BOOTS_MAX 99
#define BENCH_NAME_SIZE 32
#define BENCH_CPUS_MAX  255
#define BENCH_UNKNOWN   (-1.0) /* a time that was not measured */

enum bench_kind {
	BENCH_ORIGINAL, /* the image that was asked about */
	BENCH_OTHER, /* the same kernel in somebody else's wrapper, as it is */
	BENCH_MADE, /* made in this run */
};

struct bench_row {
	char name[BENCH_NAME_SIZE]; /* "original", "zstd", "zstd:3" */
	enum bench_kind kind;
	enum codec codec;
	int level; /* BENCH_MADE only */
	uint64_t size; /* bytes of the file */
	uint64_t payload_size;
	uint32_t init_size;
	double compress_s; /* compressing alone */
	double make_s; /* all of it, with the check that `verify` makes */
	struct decode_time decode; /* native */
	uint64_t instructions; /* from entry to kernel with nokaslr; 0: not counted */
	uint64_t instructions_kaslr; /* the median */
	double userspace_s[BENCH_BOOTS_MAX]; /* in order */
	unsigned int boots; /* that reached userspace */
	double cpus_s[DECODE_COUNTS_MAX]; /* from entry to kernel on bench.cpus.n[i] CPUs, the least */
};

struct bench {
	const struct kernel *kernel; /* of the original */
	bool qemu; /* count instructions, and boot to userspace */
	unsigned int boots; /* of each image */
	bool kaslr; /* count instructions with KASLR, too, so many times */
	struct decode_counts threads; /* to decode with, natively, besides one */
	struct decode_counts cpus; /* of QEMU's, to time from entry to kernel on */
	bool kvm; /* for the time to userspace */
	char plugin[PATH_MAX]; /* icount.so, if there is a QEMU */
	struct bench_row row[BENCH_ROWS_MAX];
	unsigned int rows;
	size_t name_width; /* of the longest name */
};

/* Middle value; of an even number of values the mean of the two. Sorts them. count > 0. */
double bench_median(double *values, size_t count);
/* Time to userspace: the median; BENCH_UNKNOWN if there is none. */
double bench_userspace(const struct bench_row *row);

/*
 * Fill in all of row that can be seen or measured of the image that k was opened from. Prints.
 * BAD_INPUT: it does not boot; what could be measured is there all the same.
 */
enum status bench_measure(const struct bench *b, const struct kernel *k, struct bench_row *row);

void bench_table_head(const struct bench *b);
void bench_table_row(const struct bench *b, const struct bench_row *row);

/* One object. *ret_text is to be freed. Prints. */
enum status bench_json(const struct bench *b, char **ret_text);

/* The chart's two files, into folder. Prints; ENVIRONMENT if there is no gnuplot. */
enum status bench_chart(const struct bench *b, const char *folder);

/* A label of w by h in a field where y goes up; its anchor is the middle of a dot of radius r. */
struct bench_label {
	double x, y, w, h; /* x, y: of the dot; the size is the text's */
	double left, bottom; /* result: of the text */
};

/*
 * Place the labels: beside their dots, inside of [0, width) x [0, height), none over another or
 * over a dot as far as that is possible.
 */
void bench_layout(struct bench_label *label, size_t count, double radius, double width,
	double height);

#endif /* HOST_BENCH_H */
