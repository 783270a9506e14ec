/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk in memory, and FAT file systems on it, made field by field from the specification: for unit tests, and to
 * check what the parser made of it.
 */
#ifndef TESTS_FAT_BUILD_H
#define TESTS_FAT_BUILD_H

#include <stdlib.h>
#include <string.h>
#include "core/fat.h"

struct memory_disk {
	uint8_t *bytes;
	size_t size;
	uint64_t bad_sect; /* cannot be read; 0: all can */
	unsigned int reads, writes; /* sectors so far */
};

static enum err memory_disk_read(void *ctx, uint64_t sect, uint32_t count, void *buf, struct fault *fault)
{
	struct memory_disk *disk = ctx;

	for (uint32_t i = 0; i < count; i++, sect++) {
		if (sect >= disk->size / BLOCK_SIZE || (disk->bad_sect && sect == disk->bad_sect))
			return fault_set(fault, ERR_DISK_READ, "memory disk", sect, 0);
		memcpy((uint8_t *)buf + i * BLOCK_SIZE, disk->bytes + sect * BLOCK_SIZE, BLOCK_SIZE);
		disk->reads++;
	}
	return ERR_OK;
}

static enum err memory_disk_write(void *ctx, uint64_t sect, uint32_t count, const void *buf, struct fault *fault)
{
	struct memory_disk *disk = ctx;

	if (disk->bad_sect && sect == disk->bad_sect)
		return fault_set(fault, ERR_DISK_WRITE, "memory disk", sect, 0);
	memcpy(disk->bytes + sect * BLOCK_SIZE, buf, (size_t)count * BLOCK_SIZE);
	disk->writes += count;
	return ERR_OK;
}

static inline struct block_reader memory_disk_reader(struct memory_disk *disk)
{
	return (struct block_reader){memory_disk_read, memory_disk_write, disk, disk->size / BLOCK_SIZE};
}

/* A file system with one FAT, that begins in sector start of the disk. */
struct fat_build {
	struct memory_disk disk;
	uint32_t start, sects;
	unsigned int bits;
	uint32_t cluster_sects, clusters;
	uint32_t fat_sects, root_sects; /* FAT12, FAT16 */
	uint32_t root_cluster; /* FAT32 */
};

#define BUILD_RESERVED 2

static inline uint8_t *build_sector(struct fat_build *b, uint32_t sect)
{
	return b->disk.bytes + (size_t)(b->start + sect) * BLOCK_SIZE;
}

static inline uint32_t build_cluster_sect(const struct fat_build *b, uint32_t cluster)
{
	return BUILD_RESERVED + b->fat_sects + b->root_sects + (cluster - 2) * b->cluster_sects;
}

static inline void build_link(struct fat_build *b, uint32_t cluster, uint32_t next)
{
	uint8_t *fat = build_sector(b, BUILD_RESERVED);

	if (b->bits == 12) {
		uint8_t *p = fat + cluster * 3 / 2;

		le16_put(p, cluster & 1 ? (uint16_t)((le16_get(p) & 0xf) | next << 4)
					: (uint16_t)((le16_get(p) & 0xf000) | (next & 0xfff)));
	} else if (b->bits == 16) {
		le16_put(fat + cluster * 2, (uint16_t)next);
	} else {
		le32_put(fat + cluster * 4, next);
	}
}

static inline struct fat_build build_fat(unsigned int bits, uint32_t clusters, uint32_t cluster_sects)
{
	struct fat_build b = {.bits = bits, .clusters = clusters, .cluster_sects = cluster_sects, .start = 3};
	uint8_t *p;

	b.fat_sects = ((clusters + 2) * bits / 8 + BLOCK_SIZE) / BLOCK_SIZE;
	b.root_sects = bits == 32 ? 0 : 2;
	b.root_cluster = bits == 32 ? 2 : 0;
	b.sects = BUILD_RESERVED + b.fat_sects + b.root_sects + clusters * cluster_sects;
	b.disk.size = (size_t)(b.start + b.sects) * BLOCK_SIZE;
	b.disk.bytes = calloc(1, b.disk.size);
	p = build_sector(&b, 0);
	le16_put(p + 11, BLOCK_SIZE);
	p[13] = (uint8_t)cluster_sects;
	le16_put(p + 14, BUILD_RESERVED);
	p[16] = 1;
	le16_put(p + 17, (uint16_t)(b.root_sects * 16));
	le32_put(p + 32, b.sects);
	if (bits == 32) {
		le32_put(p + 36, b.fat_sects);
		le32_put(p + 44, b.root_cluster);
	} else {
		le16_put(p + 22, (uint16_t)b.fat_sects);
	}
	le16_put(p + 510, 0xaa55);
	build_link(&b, 0, 0xfffffff8);
	build_link(&b, 1, 0xffffffff);
	if (bits == 32)
		build_link(&b, 2, 0x0fffffff);
	return b;
}

static inline uint8_t build_checksum(const char *name)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)(((sum & 1) << 7) + (sum >> 1) + (uint8_t)name[i]);
	return sum;
}

/* A short entry of 32 bytes: name is 11 characters. */
static inline uint8_t *build_entry(uint8_t *at, const char *name, uint8_t attr, uint32_t cluster, uint32_t size)
{
	memcpy(at, name, 11);
	at[11] = attr;
	le16_put(at + 20, (uint16_t)(cluster >> 16));
	le16_put(at + 26, (uint16_t)cluster);
	le32_put(at + 28, size);
	return at + 32;
}

/* The entries of a long name, ASCII, and its short one. */
static inline uint8_t *build_long(uint8_t *at, const char *name, const char *short_name, uint8_t attr,
	uint32_t cluster, uint32_t size)
{
	static const uint8_t place[13] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
	size_t len = strlen(name), n = (len + 12) / 13;

	for (size_t i = n; i > 0; i--, at += 32) {
		at[0] = (uint8_t)(i | (i == n ? 0x40 : 0));
		at[11] = 0x0f;
		at[13] = build_checksum(short_name);
		for (size_t k = 0; k < 13; k++) {
			size_t c = (i - 1) * 13 + k;

			le16_put(at + place[k], c < len ? (uint8_t)name[c] : c == len ? 0 : 0xffff);
		}
	}
	return build_entry(at, short_name, attr, cluster, size);
}

static inline uint8_t *build_root(struct fat_build *b)
{
	return build_sector(b, b->bits == 32 ? build_cluster_sect(b, b->root_cluster)
					    : BUILD_RESERVED + b->fat_sects);
}

#endif /* TESTS_FAT_BUILD_H */
