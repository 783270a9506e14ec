/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that go to a disk's boot partition: paths from its root on, and bytes that somebody else
 * holds. Folders follow from the paths.
 */
#ifndef HOST_DISK_TREE_H
#define HOST_DISK_TREE_H

#include "core/span.h"

#define DISK_PATH_MAX    160 /* with the NUL */
#define DISK_FILES_MAX   160
#define DISK_FOLDERS_MAX 16

struct disk_file {
	char path[DISK_PATH_MAX]; /* "/EFI/BOOT/BOOTX64.EFI" */
	struct span bytes;
};

struct disk_tree {
	struct disk_file file[DISK_FILES_MAX];
	size_t count;
};

/* "/EFI" and so on, each in front of what is in it; the root, of which nobody need say anything, is not
 * among them. */
struct disk_folders {
	char path[DISK_FOLDERS_MAX][DISK_PATH_MAX];
	size_t count;
};

/* Add a file; false if there is no room for it, or for its path. */
bool disk_tree_add(struct disk_tree *tree, const char *path, struct span bytes);
/* The file of that path, upper and lower case alike, as FAT has it; NULL: none. */
const struct disk_file *disk_tree_find(const struct disk_tree *tree, const char *path);
struct disk_folders disk_tree_folders(const struct disk_tree *tree);

#endif /* HOST_DISK_TREE_H */
