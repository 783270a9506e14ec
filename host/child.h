/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs, with what they print on a pipe. They end with the tool, whatever ends it. All of
 * this prints what goes wrong.
 */
#ifndef HOST_CHILD_H
#define HOST_CHILD_H

#include <sys/types.h>
#include "core/span.h"
#include "host/report.h"

#define CHILD_NO_LIMIT 0 /* seconds */
#define CHILD_FOREVER  1e18 /* a deadline that never comes */

enum child_input {
	CHILD_TERMINAL, /* the tool's own standard input */
	CHILD_NOTHING, /* empty */
};

struct child {
	const char *name; /* argv[0] */
	pid_t pid;
	int output; /* read end of the pipe that is its standard output */
	double started; /* clock_seconds */
};

/* Would argv[0] be found? */
bool child_present(const char *name);

/* argv ends with NULL; its first word is looked up in PATH unless there is a slash in it. */
enum status child_start(char *const *argv, enum child_input input, struct child *ret);

/*
 * Wait for the next bytes of output, until deadline (of clock_seconds). *ret_size: 0 at the end of
 * the output, below 0 when the time is over.
 */
enum status child_read(const struct child *c, double deadline, char *buf, size_t cap,
	ssize_t *ret_size);

/*
 * No more output is wanted: wait for the end for a moment if closed (it ended its output by itself),
 * else kill it. Its wait status.
 */
int child_stop(struct child *c, bool closed);

/* "failed (exit status 1)", if the wait status says so. */
enum status child_check(const struct child *c, int wait_status);

/*
 * Run to the end; it must succeed. All that it prints, at most cap bytes, goes to *ret, which is to
 * be freed and has a NUL behind it. What it reads comes from a file, if at all.
 */
enum status child_output(char *const *argv, unsigned int timeout_s, size_t cap, char **ret,
	size_t *ret_size);

#endif /* HOST_CHILD_H */
