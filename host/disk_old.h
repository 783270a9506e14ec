/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on the boot partition of a disk that was made some time ago, and may have been changed since.
 */
#ifndef HOST_DISK_OLD_H
#define HOST_DISK_OLD_H

#include "host/disk.h"

struct disk_old_entry {
	char path[DISK_PATH_MAX];
	char *text; /* owned */
	size_t size;
	bool replaced; /* goes: something new has its name */
};

struct disk_old {
	struct disk_list root, ukis;
	bool has_uki_folder;
	struct disk_old_entry entry[DISK_LIST_MAX]; /* of type 1 */
	size_t entry_count;
	char *conf; /* loader.conf, owned */
	size_t conf_size;
};

/* Prints; may be closed in any case. */
enum status disk_old_read(const struct disk_fat *fat, struct disk_old *ret);
void disk_old_close(struct disk_old *old);

bool disk_old_has(const struct disk_list *list, const char *path);
/* Is there a kernel of this name: a type 1 entry, or a UKI? */
bool disk_old_has_entry(const struct disk_old *old, const char *path);
/* Does an entry name this file; one that was replaced, one that was not? */
bool disk_old_names(const struct disk_old *old, const char *path, bool replaced);

#endif /* HOST_DISK_OLD_H */
