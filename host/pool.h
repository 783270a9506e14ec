/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work that falls into independent parts, on all processors, with a progress line.
 */
#ifndef HOST_POOL_H
#define HOST_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct pool {
	const char *what; /* for the progress line: "compressing" */
	uint64_t total; /* of the work, in any unit */
	_Atomic uint64_t done; /* work adds to it as it goes on */
	void (*work)(void *ctx, uint32_t i); /* in any thread, in any order */
	void *ctx;
};

#define POOL_THREADS_MAX 64

/* Processors that can be used; at most POOL_THREADS_MAX. */
unsigned int pool_processors(void);

/* Start that many threads, to which no signals go; returns how many there are, which may be fewer. */
unsigned int pool_start(pthread_t *threads, unsigned int count, void *(*run)(void *), void *arg);

/* Call work for each i below count; returns when all are done. Without threads it works alone. */
void pool_run(struct pool *pool, uint32_t count);

#endif /* HOST_POOL_H */
