/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files in memory, over memfd_create(2).
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "host/memory_file.h"

enum status memory_file_add(const char *name, struct span bytes, const struct memory_file *file)
{
	while (bytes.len) {
		ssize_t n = write(file->fd, bytes.ptr, bytes.len);

		if (n <= 0) {
			report_errno(name, "cannot copy into memory");
			return STATUS_ENVIRONMENT;
		}
		bytes = (struct span){bytes.ptr + n, bytes.len - (size_t)n};
	}
	return STATUS_DONE;
}

enum status memory_file_open(const char *name, struct span bytes, struct memory_file *ret)
{
	struct memory_file file = {.fd = memfd_create("bzforge", 0)};

	if (file.fd < 0) {
		report_errno(name, "cannot copy into memory");
		return STATUS_ENVIRONMENT;
	}
	if (memory_file_add(name, bytes, &file)) {
		close(file.fd);
		return STATUS_ENVIRONMENT;
	}
	snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", file.fd);
	*ret = file;
	return STATUS_DONE;
}

size_t memory_file_text(const struct memory_file *file, char *buf, size_t cap)
{
	ssize_t n = pread(file->fd, buf, cap - 1, 0);

	buf[n > 0 ? n : 0] = 0;
	return n > 0 ? (size_t)n : 0;
}

void memory_file_close(struct memory_file *file)
{
	if (file->path[0])
		close(file->fd);
	*file = (struct memory_file){0};
}
