/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file systems of our drive, and files on them: what the parsers of core/ are given to read, and memory for
 * it.
 */
#include "boot/loader/loader.h"
#include "core/partition.h"

#define VOLUMES_MAX  4
#define WINDOW_SECTS 48 /* of a FAT: 6144 clusters of FAT32 */
#define POOL_SIZE    0x14000
#define READ_BYTES   0x100000 /* at once, at most */
#define SHOW_STEPS   16 /* of progress in a large file: a screen through the BIOS is slow */

struct volume volumes[VOLUMES_MAX];
uint32_t volume_count;
static uint8_t windows[VOLUMES_MAX][WINDOW_SECTS * BLOCK_SIZE];
static struct fat_dir dir;
static struct fat_entry found;
static uint8_t sector[BLOCK_SIZE];

static uint8_t pool[POOL_SIZE] __attribute__((aligned(8)));
static uint32_t pool_used;

void *pool_take(uint32_t size)
{
	uint32_t at = pool_used;

	size = (size + 7) & ~7u;
	if (size > POOL_SIZE - at)
		return NULL;
	pool_used += size;
	return pool + at;
}

/*
 * ESP and XBOOTLDR partitions; on a disk without any, the other FAT partitions. One that cannot be read is
 * told of, and left out.
 */
enum err volumes_find(struct fault *fault)
{
	static struct partition list[VOLUMES_MAX * 2];
	struct fault why = {0};
	bool special = false;
	size_t count;
	enum err e = partition_list(&boot_disk, boot_disk_block, sector, list, ARRAY_SIZE(list), &count,
		fault);

	if (e)
		return e;
	for (size_t i = 0; i < count; i++)
		special |= list[i].kind != PARTITION_FAT;
	for (size_t i = 0; i < count && volume_count < VOLUMES_MAX; i++) {
		if (special && list[i].kind == PARTITION_FAT)
			continue;
		e = fat_open(&volumes[volume_count].fat, &boot_disk, list[i].start, list[i].sects,
			windows[volume_count], WINDOW_SECTS, &why);
		if (e)
			complain(e, (struct span){0}, &why);
		else
			volume_count++;
	}
	return volume_count ? ERR_OK : fault_set(fault, ERR_NO_PARTITION, NULL, 0, 0);
}

enum err part_find(struct volume *volume, struct span path, struct part *ret, struct fault *fault)
{
	enum err e = fat_find(&volume->fat, path, &dir, &found, fault);

	if (e)
		return e;
	if (found.node.directory)
		return fault_set(fault, ERR_NOT_A_FILE, NULL, 0, 0);
	*ret = (struct part){volume, found.node, 0, found.node.size};
	return ERR_OK;
}

static void show(struct span name, uint32_t done, uint32_t size)
{
	say("\r");
	say_span(name, TITLE_MAX);
	say(": %u of %u KiB", done >> 10, size >> 10);
}

enum err part_read(const struct part *part, uint8_t *dst, struct span name, struct fault *fault)
{
	struct fat *fat = &part->volume->fat;
	uint32_t left = part->size, skip = part->offset % BLOCK_SIZE, next_shown = 0;
	struct fat_stream s;
	enum err e;

	fat_stream_open(fat, &part->node, &s);
	e = fat_stream_skip(fat, &s, part->offset / BLOCK_SIZE, fault);
	while (!e && left) {
		uint32_t count, max = skip || left < BLOCK_SIZE ? 1 : left / BLOCK_SIZE, n;
		uint64_t at;

		if (name.len && part->size - left >= next_shown) {
			show(name, part->size - left, part->size);
			next_shown += part->size / SHOW_STEPS + READ_BYTES;
		}
		if (max > READ_BYTES / BLOCK_SIZE)
			max = READ_BYTES / BLOCK_SIZE;
		e = fat_stream_next(fat, &s, max, &at, &count, fault);
		if (!e && !count)
			e = fault_set(fault, ERR_TRUNCATED, "file", part->size, left);
		if (e)
			break;
		if (skip || left < BLOCK_SIZE) {
			e = block_read(&boot_disk, at, 1, sector, fault);
			n = BLOCK_SIZE - skip < left ? BLOCK_SIZE - skip : left;
			__builtin_memcpy(dst, sector + skip, n);
			skip = 0;
		} else {
			e = block_read(&boot_disk, at, count, dst, fault);
			n = count * BLOCK_SIZE;
		}
		dst += n;
		left -= n;
	}
	if (!e && part->offset + part->size == part->node.size) { /* the end of the chain is looked at too */
		uint32_t count;
		uint64_t at;

		e = fat_stream_next(fat, &s, 1, &at, &count, fault);
	}
	if (!e && name.len) {
		show(name, part->size, part->size);
		say("\n");
	}
	return e;
}

enum err part_text(const struct part *part, uint32_t max, struct span *ret, struct fault *fault)
{
	uint8_t *p;
	enum err e;

	if (part->size > max)
		return fault_set(fault, ERR_NO_SPACE, "text file", 0, part->size);
	p = pool_take(part->size);
	if (!p)
		return fault_set(fault, ERR_NO_SPACE, "text files together", pool_used, part->size);
	e = part_read(part, p, (struct span){0}, fault);
	if (!e)
		*ret = (struct span){p, part->size};
	return e;
}
