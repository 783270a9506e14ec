/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The FAT file system of a boot partition, by mkfs.fat and mtools. All of this prints what goes wrong.
 */
#ifndef HOST_DISK_FAT_H
#define HOST_DISK_FAT_H

#include "host/disk_plan.h"
#include "host/report.h"

#define DISK_LIST_MAX 128 /* files of a folder */

struct disk_fat {
	const char *name; /* for messages */
	char drive[64]; /* as mtools wants it */
};

struct disk_list {
	char path[DISK_LIST_MAX][DISK_PATH_MAX];
	size_t count;
};

/*
 * What the programs called take from their surroundings becomes the same everywhere: time zone,
 * language, and the time of all files, which is SOURCE_DATE_EPOCH's or FAT's first.
 */
enum status disk_environment(void);
/* Is this program there? package is where it comes from. */
enum status disk_program_check(const char *program, const char *package);
/* Run one, NULL-terminated; what it prints on standard output does not count. */
enum status disk_program_run(const char *const *argv);

/* An empty file system at sector lba of fd, which ends behind it. */
enum status disk_fat_make(
	const char *name, int fd, uint64_t lba, const struct disk_plan *plan, uint32_t volume_id);
/* The one there. fd stays open in the programs called. */
enum status disk_fat_open(const char *name, int fd, uint64_t lba, struct disk_fat *ret);

/* A file that is there is written over. */
enum status disk_fat_put(const struct disk_fat *fat, const char *path, struct span bytes);
enum status disk_fat_make_folder(const struct disk_fat *fat, const char *path);
/* All folders, none of which may be there, and all files. */
enum status disk_fat_put_tree(const struct disk_fat *fat, const struct disk_tree *tree);

/* The bytes of a file, to be freed; a NUL stands behind them. */
enum status disk_fat_get(
	const struct disk_fat *fat, const char *path, size_t cap, char **ret, size_t *ret_size);
/* Has that file these bytes? */
enum status disk_fat_same(
	const struct disk_fat *fat, const char *path, struct span bytes, bool *ret);
/* Files and folders in a folder; these with a slash behind them. */
enum status disk_fat_list(const struct disk_fat *fat, const char *folder, struct disk_list *ret);
enum status disk_fat_remove(const struct disk_fat *fat, const char *path);
enum status disk_fat_rename(const struct disk_fat *fat, const char *from, const char *to);

#endif /* HOST_DISK_FAT_H */
