/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bench/decode lets run against each other, and on what. Everything here ends the program when
 * something is wrong: there is nothing to go on with.
 */
#ifndef BENCH_CONTEST_H
#define BENCH_CONTEST_H

#include <stdbool.h>
#include "bench/stub_decoder.h"
#include "codec/codec.h"

struct contest {
	struct manifest manifest;
	struct place_image image;
	struct place_plan plan;
	struct decode decode;
	struct worker worker[CREW_MAX]; /* as many as threads will be asked for */
	const struct stub_decoder *stub;
	bool has_linux;
};

/* Milliseconds. */
struct took {
	double wall;
	double cpu; /* of all threads together */
};

/* program: argv[0], beside which the decoders lie. threads: at most so many will be asked for. */
void contest_open(struct contest *c, const char *program, const char *path, unsigned int threads);
/* decoder: what linux-reference.sh --decoder printed; it and path to go with it. */
void contest_open_linux(struct contest *c, const char *decoder, const char *path);

/*
 * One run each. threads decode together, all of them there when the clock starts. seen: NULL, or told of
 * each chunk; then one thread works.
 */
struct took run_stub(struct contest *c, unsigned int threads, kernel_chunk_seen *seen, void *ctx);
struct took run_linux(struct contest *c);
struct took run_memcpy(struct contest *c);

/*
 * Do the stub with so many threads, Linux, and the stub with one thread make the same of it? Linux has
 * run before.
 */
void contest_check(struct contest *c, unsigned int threads);

double clock_ms(int clock);
void __attribute__((noreturn)) fail(const char *what, const char *why);

#endif /* BENCH_CONTEST_H */
