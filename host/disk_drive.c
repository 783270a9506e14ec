/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a block device that is to be written to. Linux itself says whether it is in use: O_EXCL
 * fails if it, or a partition on it, is mounted, swapped to or part of something else, and keeps
 * others from that as long as it is open [open(2)].
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "host/disk_plan.h"
#include "host/disk_target.h"

#define GIB ((double)(1ULL << 30))

/* What the kernel knows of a device, in a file of its folder in /sys. */
static FILE *open_sys(dev_t device, const char *file)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(device), minor(device), file);
	return fopen(path, "re");
}

static bool is_partition(dev_t device)
{
	FILE *f = open_sys(device, "partition");

	if (f)
		fclose(f);
	return f != NULL;
}

/* "SanDisk Ultra", or nothing. */
static void read_model(dev_t device, char *buf, size_t cap)
{
	FILE *f = open_sys(device, "device/model");

	buf[0] = 0;
	if (f) {
		if (!fgets(buf, (int)cap, f))
			buf[0] = 0;
		fclose(f);
	}
	buf[strcspn(buf, "\n")] = 0;
	while (*buf && buf[strlen(buf) - 1] == ' ')
		buf[strlen(buf) - 1] = 0;
}

static enum status ask(const char *path, dev_t device, uint64_t size, const char *question)
{
	char model[64], answer[16];

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		report(path, "is a block device: nobody is there to ask, say --yes to write to it");
		return STATUS_USAGE;
	}
	read_model(device, model, sizeof(model));
	fprintf(stderr, "bzforge: %s: %.1f GiB%s%s: %s [yes/no] ", path, (double)size / GIB,
		*model ? ", " : "", model, question);
	fflush(stderr);
	if (fgets(answer, sizeof(answer), stdin) && !strcasecmp(answer, "yes\n"))
		return STATUS_DONE;
	report(path, "is not written to");
	return STATUS_USAGE;
}

static enum status check(const char *path, int fd, dev_t device, uint64_t *ret_size)
{
	int sector = 0;

	if (is_partition(device)) {
		report(path, "is a partition: a disk needs a whole drive");
		return STATUS_USAGE;
	}
	if (ioctl(fd, BLKGETSIZE64, ret_size) < 0 || ioctl(fd, BLKSSZGET, &sector) < 0) {
		report_errno(path, "cannot read its size");
		return STATUS_ENVIRONMENT;
	}
	if (sector != DISK_SECT) {
		report(path, "has sectors of %d bytes: only 512 will do", sector);
		return STATUS_ENVIRONMENT;
	}
	return STATUS_DONE;
}

enum status disk_drive_open(
	const char *path, const char *question, bool yes, int *ret_fd, uint64_t *ret_size)
{
	enum status status;
	struct stat st;
	int fd;

	*ret_fd = -1;
	if (!strcmp(path, "-") || stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return STATUS_DONE;
	fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC);
	if (fd < 0 && errno == EBUSY) {
		report(path, "is mounted or in use: it is not written to");
		return STATUS_ENVIRONMENT;
	}
	if (fd < 0) {
		report_errno(path, "cannot open");
		return STATUS_ENVIRONMENT;
	}
	status = check(path, fd, st.st_rdev, ret_size);
	if (!status && !yes)
		status = ask(path, st.st_rdev, *ret_size, question);
	if (status)
		close(fd);
	else
		*ret_fd = fd;
	return status;
}
