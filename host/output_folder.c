/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole-or-nothing folders: files are written in a temporary folder beside the target, which is renamed
 * when all are there. rename(2) puts a folder in the place of an empty one, and of nothing else.
 */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/output.h"

enum status output_folder_begin(struct output_folder *f, const char *path)
{
	char *copy = strdup(path);
	mode_t mask = umask(0);
	struct stat st;
	sigset_t old;
	bool made;

	umask(mask);
	*f = (struct output_folder){.target = path};
	if (!stat(path, &st) && !S_ISDIR(st.st_mode)) {
		report(path, "is no directory: the parts go into one");
		free(copy);
		return STATUS_USAGE;
	}
	if (!copy || asprintf(&f->temporary, "%s/.bzforge-XXXXXX", dirname(copy)) < 0) {
		free(copy);
		f->temporary = NULL;
		return report_no_memory(path);
	}
	free(copy);
	output_signals_block(&old);
	made = mkdtemp(f->temporary);
	if (made)
		output_live_add(f->temporary);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (made && !chmod(f->temporary, 0777 & ~mask))
		return STATUS_DONE;
	report_errno(path, "cannot create");
	if (!made) {
		free(f->temporary);
		f->temporary = NULL;
	}
	return STATUS_ENVIRONMENT;
}

const char *output_folder_add(struct output_folder *f, const char *name)
{
	char *path;
	sigset_t old;

	if (f->count == OUTPUT_FOLDER_MAX || asprintf(&path, "%s/%s", f->temporary, name) < 0) {
		report_no_memory(f->target);
		return NULL;
	}
	output_signals_block(&old);
	output_live_add(path);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return f->file[f->count++] = path;
}

/* The paths are no longer to be removed by a signal. */
static void forget(struct output_folder *f)
{
	for (size_t i = 0; i < f->count; i++)
		output_live_remove(f->file[i]);
	output_live_remove(f->temporary);
}

enum status output_folder_commit(struct output_folder *f)
{
	sigset_t old;
	int failed;

	output_signals_block(&old);
	failed = rename(f->temporary, f->target);
	if (!failed)
		forget(f);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (failed) {
		report_errno(f->target, "cannot rename the finished folder into place");
		return STATUS_ENVIRONMENT;
	}
	free(f->temporary);
	f->temporary = NULL;
	return STATUS_DONE;
}

void output_folder_close(struct output_folder *f)
{
	sigset_t old;
	size_t i;

	output_signals_block(&old);
	if (f->temporary) {
		for (i = 0; i < f->count; i++)
			unlink(f->file[i]);
		rmdir(f->temporary);
		forget(f);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	for (i = 0; i < f->count; i++)
		free(f->file[i]);
	free(f->temporary);
	*f = (struct output_folder){0};
}
