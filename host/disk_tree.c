/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_tree.h. */
#include <stdio.h>
#include <string.h>
#include "host/disk_tree.h"

bool disk_tree_add(struct disk_tree *tree, const char *path, struct span bytes)
{
	if (tree->count == DISK_FILES_MAX || strlen(path) >= DISK_PATH_MAX)
		return false;
	snprintf(tree->file[tree->count].path, DISK_PATH_MAX, "%s", path);
	tree->file[tree->count++].bytes = bytes;
	return true;
}

const struct disk_file *disk_tree_find(const struct disk_tree *tree, const char *path)
{
	size_t i;

	for (i = 0; i < tree->count; i++) {
		if (!strcasecmp(tree->file[i].path, path))
			return &tree->file[i];
	}
	return NULL;
}

static void add_folder(struct disk_folders *folders, const char *path, size_t len)
{
	size_t i;

	for (i = 0; i < folders->count; i++) {
		if (!strncasecmp(folders->path[i], path, len) && !folders->path[i][len])
			return;
	}
	if (folders->count < DISK_FOLDERS_MAX)
		snprintf(folders->path[folders->count++], DISK_PATH_MAX, "%.*s", (int)len, path);
}

struct disk_folders disk_tree_folders(const struct disk_tree *tree)
{
	struct disk_folders folders = {.count = 0};
	const char *path, *slash;
	size_t i;

	for (i = 0; i < tree->count; i++) {
		path = tree->file[i].path;
		for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/'))
			add_folder(&folders, path, (size_t)(slash - path));
	}
	return folders;
}
