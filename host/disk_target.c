/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_target.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/disk_io.h"
#include "host/disk_target.h"
#include "host/progress.h"

#define PIECE    (1 << 20)
#define QUESTION "everything on it will be lost. Go on?"

enum status disk_target_open(struct disk_target *t, const char *path,
	const struct input *const *inputs, size_t count, bool yes)
{
	enum status status;

	*t = (struct disk_target){.path = path, .fd = -1};
	status = disk_drive_open(path, QUESTION, yes, &t->fd, &t->drive_size);
	t->drive = t->fd >= 0;
	if (status || t->drive)
		return status;
	return output_check(path, inputs, count);
}

/* Work that gets another name at the end lies beside it, else with other temporary files. */
static bool goes_by_name(const struct disk_target *t)
{
	struct stat st;

	return !t->drive && strcmp(t->path, "-") && (stat(t->path, &st) < 0 || S_ISREG(st.st_mode));
}

static enum status begin_scratch(struct output *ret)
{
	const char *folder = getenv("TMPDIR");
	char *path;
	enum status status;

	if (asprintf(&path, "%s/bzforge-disk", folder && *folder ? folder : "/tmp") < 0)
		return report_no_memory(NULL);
	status = output_begin(ret, path);
	if (!status && !ret->temporary) {
		report(path, "is no ordinary file: remove it");
		status = STATUS_ENVIRONMENT;
	}
	if (!status && fchmod(ret->fd, 0600) < 0) {
		report_errno(path, "cannot set permissions");
		status = STATUS_ENVIRONMENT;
	}
	ret->name = "temporary file";
	free(path);
	return status;
}

enum status disk_target_begin(struct disk_target *t)
{
	return goes_by_name(t) ? output_begin(&t->work, t->path) : begin_scratch(&t->work);
}

enum status disk_target_scratch(const struct disk_target *t, struct output *ret)
{
	return goes_by_name(t) ? output_begin(ret, t->path) : begin_scratch(ret);
}

/* [at, at + size) of work, to another place. */
static enum status copy(
	struct disk_target *t, struct output *to, uint64_t at, uint64_t size, uint64_t to_at)
{
	uint8_t *buf = malloc(PIECE);
	enum status status = buf ? STATUS_DONE : report_no_memory(t->path);
	struct progress progress;
	uint64_t done;

	progress_start(&progress, "writing", size);
	for (done = 0; done < size && !status; done += PIECE) {
		size_t len = size - done < PIECE ? (size_t)(size - done) : PIECE;

		status = disk_io_read(t->work.name, t->work.fd, at + done, buf, len);
		if (!status && t->drive)
			status = disk_io_write(
				t->path, t->fd, to_at + done, (struct span){buf, len});
		else if (!status)
			status = output_put(to, (struct span){buf, len});
		progress_update(&progress, done + len);
	}
	progress_end(&progress);
	free(buf);
	return status;
}

static enum status work_size(const struct disk_target *t, uint64_t *ret)
{
	struct stat st;

	if (fstat(t->work.fd, &st) < 0) {
		report_errno(t->work.name, "cannot read");
		return STATUS_ENVIRONMENT;
	}
	*ret = (uint64_t)st.st_size;
	return STATUS_DONE;
}

static enum status commit_to_drive(
	struct disk_target *t, uint64_t size, uint64_t used, uint64_t tail)
{
	enum status status;

	if (size > t->drive_size) {
		report(t->path, "is too small: it has %llu MiB, %llu are needed",
			(unsigned long long)t->drive_size >> 20,
			((unsigned long long)size + (1 << 20) - 1) >> 20);
		return STATUS_ENVIRONMENT;
	}
	status = copy(t, NULL, 0, used < size ? used : size, 0);
	if (!status && used < size)
		status = copy(t, NULL, size - tail, tail, t->drive_size - tail);
	if (status)
		return status;
	if (fsync(t->fd) < 0) {
		report_errno(t->path, "cannot write");
		return STATUS_ENVIRONMENT;
	}
	ioctl(t->fd,
		BLKRRPART); /* a kernel that does not look now looks when it is plugged in again */
	return STATUS_DONE;
}

enum status disk_target_commit(struct disk_target *t, uint64_t used, uint64_t tail)
{
	struct output out = {0};
	enum status status;
	uint64_t size;

	if (goes_by_name(t))
		return output_commit(&t->work);
	status = work_size(t, &size);
	if (!status && t->drive)
		return commit_to_drive(t, size, used, tail);
	if (!status)
		status = output_begin(&out, t->path);
	if (!status)
		status = copy(t, &out, 0, size, 0);
	output_close(&out);
	return status;
}

void disk_target_close(struct disk_target *t)
{
	output_close(&t->work);
	if (t->drive)
		close(t->fd);
	t->drive = false;
}
