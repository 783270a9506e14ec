/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of `bzforge bench`.
 */
#ifndef HOST_BENCH_OPTIONS_H
#define HOST_BENCH_OPTIONS_H

#include "host/bench.h"
#include "host/options.h"

struct bench_made {
	char name[BENCH_NAME_SIZE]; /* as it was asked for */
	struct codec_option codec;
};

struct bench_other {
	char name[BENCH_NAME_SIZE];
	const char *file;
};

struct bench_options {
	const char *image;
	const char *folder;
	struct bench_made made[BENCH_ROWS_MAX];
	size_t mades;
	bool codecs_given;
	struct bench_other other[BENCH_ROWS_MAX];
	size_t others;
	long boots;
	struct decode_counts threads, cpus;
	bool threads_given;
	bool no_boot, kaslr, images, json;
};

/* Ends the process with a usage error if anything is wrong. */
void bench_options_parse(int argc, char **argv, struct bench_options *ret);

#endif /* HOST_BENCH_OPTIONS_H */
