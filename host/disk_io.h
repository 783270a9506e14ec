/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes at a place of a disk or a file. Both print.
 */
#ifndef HOST_DISK_IO_H
#define HOST_DISK_IO_H

#include "core/span.h"
#include "host/report.h"

enum status disk_io_read(const char *name, int fd, uint64_t at, uint8_t *buf, size_t len);
enum status disk_io_write(const char *name, int fd, uint64_t at, struct span bytes);

#endif /* HOST_DISK_IO_H */
