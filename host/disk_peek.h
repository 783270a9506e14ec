/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a file a disk, or a CD? Told from its first sectors: a disk may be large.
 */
#ifndef HOST_DISK_PEEK_H
#define HOST_DISK_PEEK_H

enum disk_kind {
	DISK_NONE, /* or nothing that can be read */
	DISK_RAW, /* a boot sector, and a partition table of either kind */
	DISK_CD, /* ISO 9660 */
};

enum disk_kind disk_peek(const char *path);

#endif /* HOST_DISK_PEEK_H */
