/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_fat.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host/child.h"
#include "host/disk_fat.h"
#include "host/memory_file.h"
#include "host/progress.h"

#define PIECE     65536
#define SAYS_MAX  (1 << 20)
#define WORD_MAX  (DISK_PATH_MAX + 8)
#define HUSH_MAX  8192
#define LABEL     "BZFORGE"
#define FAT_BEGIN 315532800ULL /* 1980-01-01: the first that FAT knows */
#define FAT_END   4354819199ULL /* 2107-12-31 23:59:59: the last */

enum status disk_environment(void)
{
	const char *wish = getenv("SOURCE_DATE_EPOCH");
	unsigned long long epoch = FAT_BEGIN;
	char text[24], *end;

	if (wish && *wish) {
		epoch = strtoull(wish, &end, 10);
		if (*end || *wish == '-') {
			report(NULL, "SOURCE_DATE_EPOCH is not a number of seconds: %s", wish);
			return STATUS_ENVIRONMENT;
		}
	}
	if (epoch < FAT_BEGIN)
		epoch = FAT_BEGIN;
	if (epoch > FAT_END)
		epoch = FAT_END;
	snprintf(text, sizeof(text), "%llu", epoch);
	/* mtools: no check whether sizes look like those of a floppy, and nobody's own settings. */
	if (setenv("SOURCE_DATE_EPOCH", text, 1) || setenv("TZ", "UTC", 1) ||
		setenv("LC_ALL", "C", 1) || setenv("MTOOLSRC", "/dev/null", 1) ||
		setenv("MTOOLS_SKIP_CHECK", "1", 1))
		return report_no_memory(NULL);
	return STATUS_DONE;
}

enum status disk_program_check(const char *program, const char *package)
{
	if (child_present(program))
		return STATUS_DONE;
	report(program, "is not there: install %s to make disks", package);
	return STATUS_ENVIRONMENT;
}

/*
 * What programs say on standard error is shown if they fail: xorriso greets, and mtools wonders
 * about drives that have no heads.
 */
struct hush {
	struct memory_file said;
	int saved;
};

static void hush_begin(struct hush *h)
{
	*h = (struct hush){.saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
	if (h->saved < 0 || memory_file_open("standard error", (struct span){0}, &h->said))
		return;
	dup2(h->said.fd, STDERR_FILENO);
}

static void hush_end(struct hush *h, enum status status)
{
	char text[HUSH_MAX];

	if (h->said.path[0])
		dup2(h->saved, STDERR_FILENO);
	if (h->said.path[0] && status) {
		memory_file_text(&h->said, text, sizeof(text));
		fputs(text, stderr);
	}
	if (h->saved >= 0)
		close(h->saved);
	memory_file_close(&h->said);
}

/* A program to its end; it must succeed. What it prints is to be freed. */
static enum status call(const char *const *argv, size_t cap, char **ret, size_t *ret_size)
{
	enum status status;
	struct hush hush;

	hush_begin(&hush);
	status = child_output((char *const *)argv, CHILD_NO_LIMIT, cap, ret, ret_size);
	hush_end(&hush, status);
	return status;
}

enum status disk_program_run(const char *const *argv)
{
	enum status status;
	size_t size;
	char *says;

	status = call(argv, SAYS_MAX, &says, &size);
	if (!status)
		free(says);
	return status;
}

/* fd as a path that programs called can open, too. */
static enum status fd_path(const char *name, int fd, char *ret, size_t cap)
{
	if (fcntl(fd, F_SETFD, 0) < 0) {
		report_errno(name, "cannot open");
		return STATUS_ENVIRONMENT;
	}
	snprintf(ret, cap, "/proc/self/fd/%d", fd);
	return STATUS_DONE;
}

enum status disk_fat_make(
	const char *name, int fd, uint64_t lba, const struct disk_plan *plan, uint32_t volume_id)
{
	char path[32], id[16], cluster[16], at[24];
	/* --invariant: the label's time; it must stand before what it would change. */
	const char *const argv[] = {"mkfs.fat", "--invariant", "-F", "32", "-S", "512", "-R", "32",
		"-f", "2", "-D", "0x80", "-n", LABEL, "-i", id, "-s", cluster, "-h", at, "--offset",
		at, path, NULL};
	enum status status = fd_path(name, fd, path, sizeof(path));

	snprintf(id, sizeof(id), "%08x", volume_id);
	snprintf(cluster, sizeof(cluster), "%u", plan->cluster_sects);
	snprintf(at, sizeof(at), "%llu", (unsigned long long)lba);
	return status ? status : disk_program_run(argv);
}

enum status disk_fat_open(const char *name, int fd, uint64_t lba, struct disk_fat *ret)
{
	char path[32];
	enum status status = fd_path(name, fd, path, sizeof(path));

	if (status)
		return status;
	ret->name = name;
	snprintf(ret->drive, sizeof(ret->drive), "%s@@%llu", path,
		(unsigned long long)lba * DISK_SECT);
	return STATUS_DONE;
}

enum status disk_fat_put(const struct disk_fat *fat, const char *path, struct span bytes)
{
	struct memory_file source = {0};
	char target[WORD_MAX];
	const char *const argv[] = {"mcopy", "-o", "-i", fat->drive, source.path, target, NULL};
	enum status status;

	snprintf(target, sizeof(target), "::%s", path);
	progress_note(fat->name, path);
	status = memory_file_open(path, bytes, &source);
	if (!status)
		status = disk_program_run(argv);
	memory_file_close(&source);
	progress_note_end();
	return status;
}

enum status disk_fat_make_folder(const struct disk_fat *fat, const char *path)
{
	char target[WORD_MAX];
	const char *const argv[] = {"mmd", "-i", fat->drive, target, NULL};

	snprintf(target, sizeof(target), "::%s", path);
	return disk_program_run(argv);
}

enum status disk_fat_put_tree(const struct disk_fat *fat, const struct disk_tree *tree)
{
	struct disk_folders folders = disk_tree_folders(tree);
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < folders.count && !status; i++)
		status = disk_fat_make_folder(fat, folders.path[i]);
	for (i = 0; i < tree->count && !status; i++)
		status = disk_fat_put(fat, tree->file[i].path, tree->file[i].bytes);
	return status;
}

enum status disk_fat_get(
	const struct disk_fat *fat, const char *path, size_t cap, char **ret, size_t *ret_size)
{
	char source[WORD_MAX];
	const char *const argv[] = {"mcopy", "-i", fat->drive, source, "-", NULL};

	snprintf(source, sizeof(source), "::%s", path);
	return call(argv, cap, ret, ret_size);
}

enum status disk_fat_same(
	const struct disk_fat *fat, const char *path, struct span bytes, bool *ret)
{
	char source[WORD_MAX], *buf = malloc(PIECE);
	const char *const argv[] = {"mcopy", "-i", fat->drive, source, "-", NULL};
	enum status status = buf ? STATUS_DONE : report_no_memory(fat->name);
	struct child child = {0};
	struct hush hush;
	ssize_t n = 1;
	bool same;
	int ended;

	snprintf(source, sizeof(source), "::%s", path);
	if (status)
		return status;
	hush_begin(&hush);
	status = child_start((char *const *)argv, CHILD_NOTHING, &child);
	same = !status;
	while (!status && same && n > 0) {
		status = child_read(&child, CHILD_FOREVER, buf, PIECE, &n);
		same = !status && n >= 0 && (size_t)n <= bytes.len &&
			(!n || !memcmp(bytes.ptr, buf, (size_t)n));
		if (same)
			bytes = (struct span){bytes.ptr + n, bytes.len - (size_t)n};
	}
	free(buf);
	if (child.pid > 0) {
		ended = child_stop(&child, !n);
		if (!status && !n)
			status = child_check(&child, ended);
	}
	hush_end(&hush, status);
	if (!status)
		*ret = same && !bytes.len;
	return status;
}

enum status disk_fat_list(const struct disk_fat *fat, const char *folder, struct disk_list *ret)
{
	char source[WORD_MAX], *says, *line, *rest;
	const char *const argv[] = {"mdir", "-b", "-i", fat->drive, source, NULL};
	enum status status;
	size_t size;

	snprintf(source, sizeof(source), "::%s", folder);
	status = call(argv, SAYS_MAX, &says, &size);
	if (status)
		return status;
	ret->count = 0;
	for (rest = says; (line = strsep(&rest, "\n")) != NULL;) {
		if (strncmp(line, "::/", 3))
			continue;
		if (ret->count == DISK_LIST_MAX || strlen(line + 2) >= DISK_PATH_MAX) {
			report(fat->name, "has too many files in %s, or too long names", folder);
			status = STATUS_BAD_INPUT;
			break;
		}
		snprintf(ret->path[ret->count++], DISK_PATH_MAX, "%s", line + 2);
	}
	free(says);
	return status;
}

enum status disk_fat_remove(const struct disk_fat *fat, const char *path)
{
	char target[WORD_MAX];
	const char *const argv[] = {"mdel", "-i", fat->drive, target, NULL};

	snprintf(target, sizeof(target), "::%s", path);
	return disk_program_run(argv);
}

enum status disk_fat_rename(const struct disk_fat *fat, const char *from, const char *to)
{
	char source[WORD_MAX], target[WORD_MAX];
	const char *const argv[] = {"mren", "-i", fat->drive, source, target, NULL};

	snprintf(source, sizeof(source), "::%s", from);
	snprintf(target, sizeof(target), "::%s", to);
	return disk_program_run(argv);
}
