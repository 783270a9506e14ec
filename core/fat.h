/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FAT12, FAT16 and FAT32 [Microsoft, "FAT File System Specification" 1.03], to read, and as far as boot
 * counting goes, to rename. Nothing is trusted: numbers of clusters are checked before they are
 * used, and every walk ends, also on a chain that does not.
 *
 * Faults: offset is the sector of the disk (512 bytes) that has the trouble, value what was found.
 */
#ifndef CORE_FAT_H
#define CORE_FAT_H

#include "core/block.h"
#include "core/span.h"

#define FAT_LONG_UNITS 13 /* of a long name, in each entry that holds a piece of it */
#define FAT_NAME_MAX   255 /* UTF-16 units */
#define FAT_NAME_BYTES (3 * FAT_NAME_MAX + 1) /* the same as UTF-8, NUL included */
#define FAT_DIR_SECTS_MAX 4096 /* 65536 entries, the most a directory may have */

struct fat {
	const struct block_reader *disk;
	uint64_t start, sects; /* of the volume, on the disk */
	uint64_t fat_at; /* sectors of the disk from here on */
	uint32_t fat_sects; /* of one FAT */
	uint64_t root_at; /* FAT12 and FAT16 */
	uint32_t root_sects;
	uint32_t root_cluster; /* FAT32 */
	uint64_t data_at; /* cluster 2 */
	uint32_t cluster_sects;
	uint32_t cluster_end; /* number of the last cluster, plus 1 */
	unsigned int bits; /* 12, 16, 32 */
	uint8_t *window; /* a part of the FAT */
	uint32_t window_cap; /* sectors */
	uint32_t window_first, window_count; /* sectors of the FAT that it holds */
};

/*
 * The volume in [start, start + sects) of disk. window has room for window_cap sectors, 2 at least; more
 * make long chains faster. Errors: BAD_FAT (not a FAT file system, or not a sane one), DISK_READ.
 */
enum err fat_open(struct fat *ret, const struct block_reader *disk, uint64_t start, uint64_t sects,
	uint8_t *window, uint32_t window_cap, struct fault *fault) MUST_CHECK;

/* A file or directory. Cluster 0: an empty file, or the root directory of FAT12 and FAT16. */
struct fat_node {
	uint32_t cluster;
	uint32_t size; /* bytes; 0 for a directory */
	bool directory;
	uint64_t entry_sect; /* where its entry lies; 0: the root directory, which has none */
};

struct fat_node fat_root(const struct fat *fat);

/*
 * What is read next. The rest of what it reads is known only sector by sector: a file's chain is
 * followed while its sectors are asked for.
 */
struct fat_stream {
	uint32_t cluster; /* 0: a fixed root directory, or nothing */
	uint32_t in_cluster; /* sectors of it that are done */
	uint64_t fixed_at; /* next sector of a fixed root directory */
	uint32_t left; /* sectors still to come, at most */
	bool directory; /* which ends where its chain does */
	uint64_t entry_sect;
	/* against circles: a cluster met before, steps since, and steps to the next one to remember */
	uint32_t mark, steps, reach;
};

void fat_stream_open(const struct fat *fat, const struct fat_node *node, struct fat_stream *ret);

/*
 * The next sectors that lie in a row on the disk, at most max; *ret_count is 0 at the end. A file's chain
 * must then end too, sooner or later.
 * Errors: BAD_CHAIN (a cluster that cannot be; a file's chain that ends too early), CHAIN_LOOP, DISK_READ.
 */
enum err fat_stream_next(struct fat *fat, struct fat_stream *s, uint32_t max, uint64_t *ret_sect,
	uint32_t *ret_count, struct fault *fault) MUST_CHECK;
/* Go on by count sectors without reading them. */
enum err fat_stream_skip(struct fat *fat, struct fat_stream *s, uint32_t count,
	struct fault *fault) MUST_CHECK;

/* An entry of a directory, long name and all. */
struct fat_entry {
	struct fat_node node;
	char name[FAT_NAME_BYTES]; /* UTF-8 */
	uint16_t units[FAT_NAME_MAX + 1]; /* the same as on the disk */
	uint32_t slot; /* its short entry's number in the directory */
	uint32_t long_slots; /* entries of the long name in front of it, 0: it has a short one only */
};

struct fat_dir {
	struct fat_stream stream;
	uint8_t buf[BLOCK_SIZE];
	uint64_t sect; /* which is in buf */
	uint64_t run_at; /* sectors that come next */
	uint32_t run_count;
	uint32_t at; /* next entry in buf, bytes */
	uint32_t slot; /* number of that entry */
	bool end;
	/* the long name that is being collected */
	uint16_t units[FAT_NAME_MAX + 1 + FAT_LONG_UNITS];
	uint32_t long_slots, long_next; /* the next one's number; 0: complete */
	uint8_t checksum;
};

void fat_dir_open(const struct fat *fat, const struct fat_node *node, struct fat_dir *ret);
/*
 * The next entry that is no volume label, "." or "..". *ret_end: there is none.
 * Errors: BAD_DIRECTORY (no entry can look like that), and those of fat_stream_next.
 */
enum err fat_dir_next(struct fat *fat, struct fat_dir *dir, struct fat_entry *ret, bool *ret_end,
	struct fault *fault) MUST_CHECK;

/*
 * Look up a path: names divided by "/" or "\", letters of either case. entry is room for us, and is what
 * was found. Errors: NO_FILE, and those of fat_dir_next.
 */
enum err fat_find(struct fat *fat, struct span path, struct fat_dir *dir, struct fat_entry *entry,
	struct fault *fault) MUST_CHECK;

/*
 * Write another long name over entry's, which lies in directory: the entry keeps its place and its short name.
 * len units, at most entry->long_slots * FAT_LONG_UNITS. Each sector changes as a whole; a name within one sector is the
 * old one or the new one at any time. Errors: NO_SPACE (the name is too long, or entry has a short one only),
 * DISK_WRITE, and those of fat_stream_next.
 */
enum err fat_rename(struct fat *fat, const struct fat_node *directory, const struct fat_entry *entry,
	const uint16_t *units, uint32_t len, uint8_t buf[BLOCK_SIZE], struct fault *fault) MUST_CHECK;

#endif /* CORE_FAT_H */
