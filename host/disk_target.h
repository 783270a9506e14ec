/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a finished disk goes: a file, which appears whole or not at all; standard output; or a drive.
 * It is always made in a file first, so that a drive is written to when nothing can go wrong any more
 * but the drive itself.
 *
 *   disk_target_open -> disk_target_begin -> (make it in target->work) -> disk_target_commit
 *   -> disk_target_close
 */
#ifndef HOST_DISK_TARGET_H
#define HOST_DISK_TARGET_H

#include "host/output.h"

struct disk_target {
	const char *path;
	struct output work; /* work.fd, work.temporary */
	bool drive; /* path is a block device: */
	int fd; /* nobody else uses it meanwhile */
	uint64_t drive_size; /* bytes */
};

/*
 * May it go there? A drive must not be in use and be the whole of it, and unless yes is set somebody
 * at the terminal has to agree that what is on it is lost. Prints. May be closed in any case.
 */
enum status disk_target_open(struct disk_target *t, const char *path,
	const struct input *const *inputs, size_t count, bool yes);
enum status disk_target_begin(struct disk_target *t);
/*
 * All of work; of what goes to a drive only the first used bytes, and the last tail, which go to its
 * end. On a drive as large as work, as on any other target, that is the same.
 */
enum status disk_target_commit(struct disk_target *t, uint64_t used, uint64_t tail);
void disk_target_close(struct disk_target *t);

/* Another file in the place where work is made, for the same time. */
enum status disk_target_scratch(const struct disk_target *t, struct output *ret);

/*
 * A drive, or not: *ret_fd below 0. question is what somebody has to agree to. Prints.
 */
enum status disk_drive_open(
	const char *path, const char *question, bool yes, int *ret_fd, uint64_t *ret_size);

#endif /* HOST_DISK_TARGET_H */
