/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long does decoding one of our images take on this CPU?
 */
#ifndef HOST_DECODE_TIME_H
#define HOST_DECODE_TIME_H

#include "host/report.h"

#define DECODE_THREADS_MAX 16 /* what the boot code uses at most */
#define DECODE_COUNTS_MAX  8

/* How many threads to decode with, one number after the other. */
struct decode_counts {
	unsigned int n[DECODE_COUNTS_MAX];
	size_t count;
};

/* Of some rounds, in milliseconds. */
struct decode_time {
	double median_ms, min_ms; /* of one processor's time */
	double copy_ms; /* a plain copy of the content */
	struct decode_threads {
		unsigned int threads;
		double wall_median_ms, wall_min_ms; /* by the clock */
		double cpu_median_ms, cpu_min_ms; /* of all threads together */
	} on[DECODE_COUNTS_MAX + 1]; /* one thread, then as asked for */
	size_t counts;
};

/*
 * What the program prints: {"stub": {"min_ms": ..., "median_ms": ...}, "memcpy": {...}, "threads": [...]}.
 * False if it is not.
 */
bool decode_time_parse(const char *text, struct decode_time *ret);

/* path: one of our images. Prints. */
enum status decode_time(const char *name, const char *path, const struct decode_counts *threads,
	struct decode_time *ret);

#endif /* HOST_DECODE_TIME_H */
