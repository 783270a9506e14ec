/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_io.h. */
#include <errno.h>
#include <sys/types.h>
#include <unistd.h>
#include "host/disk_io.h"

enum status disk_io_read(const char *name, int fd, uint64_t at, uint8_t *buf, size_t len)
{
	while (len) {
		ssize_t n = pread(fd, buf, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			report_errno(name, "cannot read");
			return STATUS_ENVIRONMENT;
		}
		if (!n) {
			struct fault fault = {"end of the disk", at, len};

			report_fault(name, "", ERR_TRUNCATED, &fault);
			return STATUS_BAD_INPUT;
		}
		buf += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return STATUS_DONE;
}

enum status disk_io_write(const char *name, int fd, uint64_t at, struct span bytes)
{
	while (bytes.len) {
		ssize_t n = pwrite(fd, bytes.ptr, bytes.len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			report_errno(name, "cannot write");
			return STATUS_ENVIRONMENT;
		}
		bytes.ptr += n;
		bytes.len -= (size_t)n;
		at += (uint64_t)n;
	}
	return STATUS_DONE;
}
