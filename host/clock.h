/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock that everything is timed with.
 */
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

#include <time.h>

/* Monotonic, with a beginning of its own. */
static inline double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif /* HOST_CLOCK_H */
