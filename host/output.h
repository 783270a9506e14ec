/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output files appear whole or not at all: bytes go to a temporary file in the same folder, which
 * is synced and renamed over the target at the end, and removed on any failure or when a signal
 * ends the tool. "-" is standard output; a character device or a pipe is written to directly.
 *
 *   output_check -> (work) -> output_begin -> output_put... -> output_commit -> output_close
 */
#ifndef HOST_OUTPUT_H
#define HOST_OUTPUT_H

#include "host/input.h"

struct output {
	const char *name; /* for messages */
	char *target; /* path with symbolic links followed; NULL when written directly */
	char *temporary; /* NULL when there is none, or none any more */
	int fd;
	bool open;
};

/* Before the work starts: is path a place that may be written? Must not be one of the inputs. */
enum status output_check(const char *path, const struct input *const *inputs, size_t count);

enum status output_begin(struct output *out, const char *path);
enum status output_put(struct output *out, struct span bytes);
enum status output_commit(struct output *out);
/* Frees; what has not been committed disappears. An all-zero struct output may be closed, too. */
void output_close(struct output *out);

/* All of it in one call. */
enum status output_write(const char *path, struct span bytes);

/* Arrange for temporary files to be removed when SIGINT, SIGTERM or SIGHUP ends the tool. */
void output_catch_signals(void);

#endif /* HOST_OUTPUT_H */
