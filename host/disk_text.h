/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts on a boot partition [UAPI Group: Boot Loader Specification; loader.conf(5)]: names that
 * follow from a kernel's version, type 1 entries, loader.conf.
 */
#ifndef HOST_DISK_TEXT_H
#define HOST_DISK_TEXT_H

#include "core/span.h"

#define DISK_ID_MAX    72 /* with the NUL and room for "-2" */
#define DISK_TITLE_MAX 128
#define DISK_TEXT_MAX  8192 /* of an entry, or of loader.conf */

/*
 * What is called by this version: of Linux ("6.1.0-56-amd64 (build@host) #1 ...") the release; of
 * others all of it, of none "linux". Only letters, digits and "._-" remain, as in names of entries: a
 * "+" and digits at the end would be read as a count of boots.
 */
void disk_text_id(struct span version, char ret[DISK_ID_MAX]);

/* "Linux 6.1.0-56-amd64", or the version as it is. */
void disk_text_title(struct span version, char ret[DISK_TITLE_MAX]);

/* May this be the value of a line: one line, and something that is no control character? */
bool disk_text_is_line(const char *text);

struct disk_entry {
	const char *title, *version, *linux_path, *options; /* version, options: NULL or "" for none */
	const char *const *initrd_paths;
	size_t initrd_count;
};

/* A type 1 entry as text; its length, 0: more than cap bytes. */
size_t disk_text_entry(const struct disk_entry *entry, char *buf, size_t cap);

/*
 * loader.conf with this entry as the default and, if there was no such file (old.len 0), this timeout;
 * else all of its other lines stay. Its length, 0: more than cap bytes.
 */
size_t disk_text_conf(struct span old, const char *id, unsigned int timeout_s, char *buf, size_t cap);

/* Does a type 1 entry name this file ("/vmlinuz") as its kernel, initrd or whatever? */
bool disk_text_names(struct span entry, const char *path);

#endif /* HOST_DISK_TEXT_H */
