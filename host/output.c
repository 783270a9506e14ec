/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole-or-nothing output files.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/output.h"

/*
 * Temporary files that exist now, for the signal handler. A slot is filled and emptied with the
 * signals blocked, so the handler never sees half a path.
 */
#define LIVE_MAX 80 /* a folder of parts: each of a PE file's sections, and the kernel's */
static char live[LIVE_MAX][PATH_MAX];

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define ENDING_SIGNALS (sizeof(ending_signals) / sizeof(ending_signals[0]))

static void on_signal(int number)
{
	size_t i;

	for (i = 0; i < LIVE_MAX; i++) {
		if (live[i][0])
			unlink(live[i]);
	}
	for (i = 0; i < LIVE_MAX; i++) {
		if (live[i][0])
			rmdir(live[i]); /* a folder, now empty */
	}
	/*
	 * The handler was installed for one time: this ends the process as the signal would have.
	 */
	raise(number);
}

void output_catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	struct sigaction old;
	size_t i;

	for (i = 0; i < ENDING_SIGNALS; i++) {
		/* Stay deaf to what the caller (nohup) wants ignored. */
		if (sigaction(ending_signals[i], NULL, &old) || old.sa_handler == SIG_IGN)
			continue;
		sigaction(ending_signals[i], &action, NULL);
	}
}

void output_signals_block(sigset_t *ret_old)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < ENDING_SIGNALS; i++)
		sigaddset(&set, ending_signals[i]);
	sigprocmask(SIG_BLOCK, &set, ret_old);
}

void output_live_add(const char *path)
{
	size_t i;

	for (i = 0; i < LIVE_MAX; i++) {
		if (!live[i][0]) {
			snprintf(live[i], PATH_MAX, "%s", path);
			return;
		}
	}
}

void output_live_remove(const char *path)
{
	size_t i;

	for (i = 0; i < LIVE_MAX; i++) {
		if (!strcmp(live[i], path))
			live[i][0] = 0;
	}
}

enum status output_check(const char *path, const struct input *const *inputs, size_t count)
{
	struct stat st;
	size_t i;

	if (!strcmp(path, "-")) {
		if (!isatty(STDOUT_FILENO))
			return STATUS_DONE;
		report("standard output", "is a terminal: not writing an image there");
		return STATUS_USAGE;
	}
	if (stat(path, &st) < 0)
		return STATUS_DONE; /* what else may be wrong shows when it is created */
	if (S_ISDIR(st.st_mode)) {
		report(path, "is a directory: the output must be a file");
		return STATUS_USAGE;
	}
	if (S_ISBLK(st.st_mode)) {
		report(path, "is a block device: the output must be a file");
		return STATUS_USAGE;
	}
	for (i = 0; i < count; i++) {
		if (inputs[i]->is_file && S_ISREG(st.st_mode) && inputs[i]->dev == st.st_dev &&
			inputs[i]->ino == st.st_ino) {
			report(path, "is the input: the output must be another file");
			return STATUS_USAGE;
		}
	}
	return STATUS_DONE;
}

/* A new file in the folder of out->target, which is registered for removal. */
static enum status create_temporary(struct output *out)
{
	char *copy = strdup(out->target);
	mode_t mask = umask(0);
	sigset_t old;

	umask(mask);
	if (!copy || asprintf(&out->temporary, "%s/.bzforge-XXXXXX", dirname(copy)) < 0) {
		free(copy);
		out->temporary = NULL;
		return report_no_memory(out->name);
	}
	free(copy);
	output_signals_block(&old);
	out->fd = mkostemp(out->temporary, O_CLOEXEC);
	if (out->fd >= 0)
		output_live_add(out->temporary);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (out->fd < 0) {
		report_errno(out->name, "cannot create");
		free(out->temporary);
		out->temporary = NULL;
		return STATUS_ENVIRONMENT;
	}
	out->open = true;
	if (fchmod(out->fd, 0666 & ~mask) < 0) {
		report_errno(out->name, "cannot set permissions");
		return STATUS_ENVIRONMENT;
	}
	return STATUS_DONE;
}

bool output_is_file(const char *path)
{
	struct stat st;

	return strcmp(path, "-") && (stat(path, &st) || S_ISREG(st.st_mode));
}

enum status output_begin(struct output *out, const char *path)
{
	*out = (struct output){.name = path};
	if (!strcmp(path, "-")) {
		out->name = "standard output";
		out->fd = STDOUT_FILENO;
		return STATUS_DONE;
	}
	if (!output_is_file(path)) {
		out->fd = open(path, O_WRONLY | O_CLOEXEC);
		if (out->fd < 0) {
			report_errno(path, "cannot open");
			return STATUS_ENVIRONMENT;
		}
		out->open = true;
		return STATUS_DONE;
	}
	out->target = realpath(path, NULL);
	if (!out->target)
		out->target = strdup(path);
	if (!out->target)
		return report_no_memory(path);
	return create_temporary(out);
}

/* After writing: n as write(2) returned it, of what is left. */
static enum status wrote(const struct output *out, ssize_t n, struct span *bytes)
{
	if (n < 0 && errno == EINTR)
		return STATUS_DONE;
	if (n < 0) {
		report_errno(out->name, "cannot write");
		return STATUS_ENVIRONMENT;
	}
	bytes->ptr += n;
	bytes->len -= (size_t)n;
	return STATUS_DONE;
}

enum status output_put(struct output *out, struct span bytes)
{
	enum status status = STATUS_DONE;

	while (bytes.len && !status)
		status = wrote(out, write(out->fd, bytes.ptr, bytes.len), &bytes);
	return status;
}

enum status output_put_at(struct output *out, uint64_t offset, struct span bytes)
{
	const uint8_t *start = bytes.ptr;
	enum status status = STATUS_DONE;

	while (bytes.len && !status) {
		off_t at = (off_t)(offset + (uint64_t)(bytes.ptr - start));

		status = wrote(out, pwrite(out->fd, bytes.ptr, bytes.len, at), &bytes);
	}
	return status;
}

/* The new name is on disk only when the folder is. A file system that cannot do that is left be. */
static void sync_folder(const char *target)
{
	char *copy = strdup(target);
	int fd;

	if (!copy)
		return;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		if (fsync(fd) < 0)
			errno = 0;
		close(fd);
	}
	free(copy);
}

enum status output_commit(struct output *out)
{
	sigset_t old;
	int failed;

	if (!out->temporary)
		return STATUS_DONE;
	if (!out->unsynced && fsync(out->fd) < 0) {
		report_errno(out->name, "cannot write");
		return STATUS_ENVIRONMENT;
	}
	output_signals_block(&old);
	failed = rename(out->temporary, out->target);
	if (!failed)
		output_live_remove(out->temporary);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (failed) {
		report_errno(out->name, "cannot rename the finished file into place");
		return STATUS_ENVIRONMENT;
	}
	free(out->temporary);
	out->temporary = NULL;
	if (!out->unsynced)
		sync_folder(out->target);
	return STATUS_DONE;
}

void output_close(struct output *out)
{
	sigset_t old;

	if (out->open)
		close(out->fd);
	if (out->temporary) {
		output_signals_block(&old);
		unlink(out->temporary);
		output_live_remove(out->temporary);
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	free(out->temporary);
	free(out->target);
	*out = (struct output){0};
}

enum status output_write(const char *path, struct span bytes)
{
	struct output out = {0};
	enum status status;

	status = output_begin(&out, path);
	if (!status)
		status = output_put(&out, bytes);
	if (!status)
		status = output_commit(&out);
	output_close(&out);
	return status;
}
