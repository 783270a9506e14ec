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

#include <signal.h>
#include "host/input.h"

struct output {
	const char *name; /* for messages */
	char *target; /* path with symbolic links followed; NULL when written directly */
	char *temporary; /* NULL when there is none, or none any more */
	int fd;
	bool open;
	/*
	 * Set after output_begin: do not wait for the disk. For what can be made again in a second; an image
	 * that a machine is to boot from is not such a thing.
	 */
	bool unsynced;
};

/* Before the work starts: is path a place that may be written? Must not be one of the inputs. */
enum status output_check(const char *path, const struct input *const *inputs, size_t count);

/* Does what is written there appear whole or not at all? Not so standard output, a pipe or a device. */
bool output_is_file(const char *path);
enum status output_begin(struct output *out, const char *path);
enum status output_put(struct output *out, struct span bytes);
/* Over what was put there before; only into a file. */
enum status output_put_at(struct output *out, uint64_t offset, struct span bytes);
enum status output_commit(struct output *out);
/* Frees; what has not been committed disappears. An all-zero struct output may be closed, too. */
void output_close(struct output *out);

/* All of it in one call. */
enum status output_write(const char *path, struct span bytes);

/*
 * A folder of files, which appears with all of them or not at all. It must not exist yet, or be empty.
 *
 *   output_folder_begin -> output_folder_add... -> output_folder_commit -> output_folder_close
 */
#define OUTPUT_FOLDER_MAX 64
struct output_folder {
	const char *target;
	char *temporary; /* NULL when there is none, or none any more */
	char *file[OUTPUT_FOLDER_MAX]; /* finished ones, in temporary */
	size_t count;
};

enum status output_folder_begin(struct output_folder *f, const char *path);
/* The path of a new file in it, to be written; NULL: no memory, or too many (prints). */
const char *output_folder_add(struct output_folder *f, const char *name);
enum status output_folder_commit(struct output_folder *f);
/* What has not been committed disappears. */
void output_folder_close(struct output_folder *f);

/* Paths to remove when a signal ends the tool; add and remove with the signals blocked. */
void output_live_add(const char *path);
void output_live_remove(const char *path);
void output_signals_block(sigset_t *ret_old);

/* Arrange for temporary files to be removed when SIGINT, SIGTERM or SIGHUP ends the tool. */
void output_catch_signals(void);

#endif /* HOST_OUTPUT_H */
