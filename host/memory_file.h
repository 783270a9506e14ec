/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that exists in memory only, and that a child process opens by its path: nobody has to
 * remove it.
 */
#ifndef HOST_MEMORY_FILE_H
#define HOST_MEMORY_FILE_H

#include "core/span.h"
#include "host/report.h"

struct memory_file {
	int fd; /* not closed on exec: the path is the child's, too */
	char path[32];
};

/* With these bytes in it. name is for messages. Prints. */
enum status memory_file_open(const char *name, struct span bytes, struct memory_file *ret);
/* More bytes behind them. Prints. */
enum status memory_file_add(const char *name, struct span bytes, const struct memory_file *file);
/* What is in it now, at most cap - 1 bytes and a NUL; their number. */
size_t memory_file_text(const struct memory_file *file, char *buf, size_t cap);
/* An all-zero struct may be closed, too. */
void memory_file_close(struct memory_file *file);

#endif /* HOST_MEMORY_FILE_H */
