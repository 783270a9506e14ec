/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode [--json] [--rounds N] [--threads LIST] [--chunks] [--linux DECODER,LINUX_IMAGE] IMAGE: how long
 * does decoding an image take on this CPU? These take turns in each round, so that a busy machine is
 * busy for all of them:
 *
 *   stub     IMAGE's chunks by the stub's own code (decoder-CODEC.so beside this program), where the
 *            stub would put them, all checks on; with one thread, and with each number of LIST
 *   linux    LINUX_IMAGE's payload by Linux's decoder (linux-reference.sh --decoder), whole
 *   memcpy   a copy of the content: the least that any decoder has to do
 *
 * CPU time is measured, of which waiting is no part, and, for threads, time by the clock, of which
 * waiting for a busy machine is a part: there the least of many rounds counts. What is made is compared.
 * --chunks: instead, which of IMAGE's chunks takes how long.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bench/contest.h"

#define ROUNDS_DEFAULT 9
#define ROUNDS_MAX     1001
#define COUNTS_MAX     8 /* numbers of threads */

enum kind { STUB, LINUX, MEMCPY };

struct contestant {
	enum kind kind;
	unsigned int threads;
	double wall[ROUNDS_MAX], cpu[ROUNDS_MAX];
};

/* In order: stub with one thread, Linux if there is one, memcpy, stub with more threads. */
static struct contestant contestants[COUNTS_MAX + 3];
static unsigned int count;

static void add(enum kind kind, unsigned int threads)
{
	contestants[count].kind = kind;
	contestants[count++].threads = threads;
}

static struct took run(struct contest *c, const struct contestant *x)
{
	switch (x->kind) {
	case STUB:
		return run_stub(c, x->threads, NULL, NULL);
	case LINUX:
		return run_linux(c);
	case MEMCPY:
		break;
	}
	return run_memcpy(c);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void run_rounds(struct contest *c, long rounds)
{
	for (long r = 0; r < rounds; r++) {
		for (unsigned int i = 0; i < count; i++) {
			struct took took = run(c, &contestants[i]);

			contestants[i].wall[r] = took.wall;
			contestants[i].cpu[r] = took.cpu;
		}
	}
	for (unsigned int i = 0; i < count; i++) {
		qsort(contestants[i].wall, (size_t)rounds, sizeof(double), compare);
		qsort(contestants[i].cpu, (size_t)rounds, sizeof(double), compare);
	}
}

static const struct contestant *find(enum kind kind)
{
	for (unsigned int i = 0; i < count; i++) {
		if (contestants[i].kind == kind)
			return &contestants[i];
	}
	return NULL;
}

static void print_line(const struct contestant *x, long rounds)
{
	static const char *const names[] = {"stub", "linux", "memcpy"};
	const struct contestant *theirs = find(LINUX);

	printf("%-6s %2u  cpu min %9.3f median %9.3f ms   wall min %9.3f median %9.3f ms",
		names[x->kind], x->threads, x->cpu[0], x->cpu[rounds / 2], x->wall[0],
		x->wall[rounds / 2]);
	if (theirs && x->kind == STUB)
		printf("   of Linux's: cpu %6.4f  wall min %6.4f median %6.4f",
			x->cpu[rounds / 2] / theirs->cpu[rounds / 2], x->wall[0] / theirs->wall[0],
			x->wall[rounds / 2] / theirs->wall[rounds / 2]);
	printf("\n");
}

static void print_times(const struct contestant *x, long rounds)
{
	printf("\"min_ms\": %.3f, \"median_ms\": %.3f, \"wall_min_ms\": %.3f, \"wall_median_ms\": %.3f",
		x->cpu[0], x->cpu[rounds / 2], x->wall[0], x->wall[rounds / 2]);
}

static void print_json(const struct contest *c, const char *path, long rounds)
{
	const struct contestant *stub = find(STUB), *theirs = find(LINUX), *copy = find(MEMCPY);
	const char *before = "";

	printf("{\"image\": \"%s\", \"codec\": \"%s\", \"rounds\": %ld, \"stub\": {", path,
		codec_name(c->manifest.codec), rounds);
	print_times(stub, rounds);
	printf("}, \"memcpy\": {");
	print_times(copy, rounds);
	if (theirs) {
		printf("}, \"linux\": {");
		print_times(theirs, rounds);
		printf("}, \"ratio\": {\"min\": %.4f, \"median\": %.4f", stub->cpu[0] / theirs->cpu[0],
			stub->cpu[rounds / 2] / theirs->cpu[rounds / 2]);
	}
	printf("}, \"threads\": [");
	for (unsigned int i = 0; i < count; i++) {
		const struct contestant *x = &contestants[i];

		if (x->kind != STUB)
			continue;
		printf("%s{\"threads\": %u, ", before, x->threads);
		before = ", ";
		print_times(x, rounds);
		if (theirs)
			printf(", \"ratio\": {\"min\": %.4f, \"median\": %.4f}",
				x->wall[0] / theirs->wall[0],
				x->wall[rounds / 2] / theirs->wall[rounds / 2]);
		printf("}");
	}
	printf("]}\n");
}

/* The chunk's time is from the end of the one before: they come in order. */
static double chunk_start, chunk_ms[MANIFEST_CHUNKS_MAX];

static void time_chunk(void *ctx, const struct manifest *m, uint32_t i, struct span made)
{
	double end = clock_ms(CLOCK_PROCESS_CPUTIME_ID), took = end - chunk_start;

	(void)ctx;
	(void)m;
	(void)made;
	if (!chunk_ms[i] || took < chunk_ms[i])
		chunk_ms[i] = took;
	chunk_start = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
}

static void print_chunks(struct contest *c, long rounds)
{
	double total = 0;

	for (long r = 0; r < rounds; r++) {
		chunk_start = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
		run_stub(c, 1, time_chunk, NULL);
	}
	printf("chunk    content       size      coded  least ms\n");
	for (uint32_t i = 0; i < c->manifest.chunk_count; i++) {
		struct manifest_chunk chunk = manifest_chunk(&c->manifest, i);

		printf("%5u %#10x %10u %10u %9.3f\n", i, chunk.out_off, chunk.out_size, chunk.in_size,
			chunk_ms[i]);
		total += chunk_ms[i];
	}
	printf("%5s %32s %9.3f\n", "all", "", total);
}

static void __attribute__((noreturn)) usage(void)
{
	fprintf(stderr, "usage: decode [--json] [--rounds N] [--threads LIST] [--chunks] "
			"[--linux DECODER,LINUX_IMAGE] IMAGE\n");
	exit(2);
}

/* Numbers with commas between them; one thread is there in any case. */
static unsigned int threads_parse(const char *list, unsigned int ret[COUNTS_MAX])
{
	unsigned int n = 0;

	while (*list) {
		char *end;
		unsigned long v = strtoul(list, &end, 10);

		if (end == list || (*end && (*end != ',' || !end[1])) || v < 1 || v > CREW_MAX ||
			n == COUNTS_MAX)
			usage();
		if (v > 1)
			ret[n++] = (unsigned int)v;
		list = *end ? end + 1 : end;
	}
	return n;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'},
		{"rounds", required_argument, NULL, 'r'}, {"threads", required_argument, NULL, 't'},
		{"chunks", no_argument, NULL, 'c'}, {"linux", required_argument, NULL, 'l'}, {0}};
	unsigned int more[COUNTS_MAX], mores = 0, most = 1;
	const char *linux_so = NULL, *linux_image = NULL;
	bool json = false, chunks = false;
	long rounds = ROUNDS_DEFAULT;
	struct contest c = {0};
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'j')
			json = true;
		else if (option == 'r')
			rounds = strtol(optarg, NULL, 10);
		else if (option == 't')
			mores = threads_parse(optarg, more);
		else if (option == 'c')
			chunks = true;
		else if (option == 'l')
			linux_so = strtok(optarg, ","), linux_image = strtok(NULL, "");
		else
			usage();
	}
	if (argc - optind != 1 || (linux_so && !linux_image) || rounds < 1 || rounds > ROUNDS_MAX)
		usage();
	for (unsigned int i = 0; i < mores; i++)
		most = more[i] > most ? more[i] : most;
	contest_open(&c, argv[0], argv[optind], most);
	add(STUB, 1);
	if (linux_so) {
		contest_open_linux(&c, linux_so, linux_image);
		run_linux(&c);
		add(LINUX, 1);
	}
	add(MEMCPY, 1);
	/* also warms: caches filled, pages there */
	contest_check(&c, 1);
	for (unsigned int i = 0; i < mores; i++) {
		add(STUB, more[i]);
		contest_check(&c, more[i]);
	}
	if (chunks) {
		print_chunks(&c, rounds);
		return 0;
	}
	run_rounds(&c, rounds);
	if (json) {
		print_json(&c, argv[optind], rounds);
		return 0;
	}
	for (unsigned int i = 0; i < count; i++)
		print_line(&contestants[i], rounds);
	return 0;
}
