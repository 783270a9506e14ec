/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See extra_files.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/extra_files.h"
#include "host/input.h"

#define FILES_MAX 256 /* as the stub takes at most */

/* Files, and whatever is one when followed; "folder/name" is to be freed. NULL: it is none, or no memory. */
static char *file_path(const char *folder, const char *name, uint64_t *ret_size)
{
	struct stat st;
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return NULL;
	if (stat(path, &st) || !S_ISREG(st.st_mode)) {
		free(path);
		return NULL;
	}
	*ret_size = (uint64_t)st.st_size;
	return path;
}

static enum status list(const char *folder, const struct extra_kind *kind, struct extra_list *l)
{
	DIR *dir = opendir(folder);
	struct dirent *d;
	enum status status = STATUS_DONE;

	if (!dir) {
		report(folder, "cannot be opened: %s", strerror(errno));
		return STATUS_ENVIRONMENT;
	}
	while (!status && (d = readdir(dir))) {
		uint64_t size;
		char *path = file_path(folder, d->d_name, &size);

		if (path && extra_list_add(l, kind,
				    (struct span){(const uint8_t *)d->d_name, strlen(d->d_name)}, size)) {
			report(folder, "has more than %d files *%s", FILES_MAX, kind->source);
			status = STATUS_BAD_INPUT;
		}
		free(path);
	}
	closedir(dir);
	return status;
}

struct reader {
	const char *folder;
	enum status status;
};

/* A file that is not what it was a moment ago is an error; there is nothing to leave out here. */
static bool read_file(void *ctx, const struct extra_file *f, uint8_t *data)
{
	struct reader *r = ctx;
	struct input in = {0};
	char *path;

	if (asprintf(&path, "%s/%.*s", r->folder, f->name_len, (const char *)f->name) < 0) {
		r->status = report_no_memory(r->folder);
		return false;
	}
	if (!r->status)
		r->status = input_read(path, &in);
	if (!r->status && in.len != f->size) {
		report(path, "changes while it is read");
		r->status = STATUS_ENVIRONMENT;
	}
	if (!r->status && in.len)
		memcpy(data, in.ptr, in.len);
	input_free(&in);
	free(path);
	return !r->status;
}

static enum status read_kind(const char *folder, enum extra e, struct span *ret)
{
	struct extra_kind kind = extra_kind(e);
	struct extra_list l = {calloc(FILES_MAX, sizeof(*l.files)), 0, FILES_MAX};
	struct cpio c = cpio_start(NULL, 0);
	struct reader reader = {folder, STATUS_DONE};
	uint8_t *archive = NULL;
	enum status status = l.files ? list(folder, &kind, &l) : report_no_memory(folder);

	if (!status && l.count) {
		if (extra_pack(&l, &kind, &c, NULL, NULL)) {
			report(folder, "has a file of 4 GiB or more");
			status = STATUS_BAD_INPUT;
		} else if (!(archive = malloc(c.at))) {
			status = report_no_memory(folder);
		} else {
			c = cpio_start(archive, c.at);
			if (extra_pack(&l, &kind, &c, read_file, &reader) && !reader.status)
				reader.status = report_no_memory(folder);
			status = reader.status;
		}
	}
	free(l.files);
	if (status)
		free(archive);
	else if (archive)
		*ret = (struct span){archive, c.at};
	return status;
}

enum status extra_files_read(const char *beside, const char *global, struct extra_files *ret)
{
	enum status status = STATUS_DONE;

	if (beside)
		status = read_kind(beside, EXTRA_CREDENTIALS, &ret->archive[EXTRA_CREDENTIALS]);
	if (global && !status)
		status = read_kind(global, EXTRA_GLOBAL_CREDENTIALS,
			&ret->archive[EXTRA_GLOBAL_CREDENTIALS]);
	if (beside && !status)
		status = read_kind(beside, EXTRA_SYSEXTS, &ret->archive[EXTRA_SYSEXTS]);
	return status;
}

void extra_files_free(struct extra_files *f)
{
	for (size_t i = 0; i < EXTRA_KINDS; i++)
		free((uint8_t *)f->archive[i].ptr);
}
