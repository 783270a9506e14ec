/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a disk: partition table, then a FAT file system in the first partition found, or in all of it,
 * then every entry of its root directory, of the directories in it, and every file as far as it goes. All ends
 * soon, nothing is read beyond the volume, what is read of a file is not more than its size.
 * Input: the disk; sectors behind it are zeros, 8 MiB of them, so that small inputs reach far.
 */
#include "fuzz/fuzz.h"

#include <strings.h>

#include "core/fat.h"
#include "core/partition.h"
#include "core/uki.h"

#define DISK_SECTS  16384
#define WINDOW      4
#define ENTRIES_MAX 200
#define STEPS_MAX   100000

struct disk {
	struct span bytes;
	uint64_t start, end; /* of the volume: nothing else may be read; 0: not known yet */
	uint64_t reads;
};

static enum err read_disk(void *ctx, uint64_t sect, uint32_t count, void *buf, struct fault *fault)
{
	struct disk *disk = ctx;

	FUZZ_CHECK(count);
	FUZZ_CHECK(!disk->end || (sect >= disk->start && sect + count <= disk->end));
	disk->reads++;
	if (sect + count > DISK_SECTS || sect + count < sect)
		return fault_set(fault, ERR_DISK_READ, "disk", sect, 0);
	memset(buf, 0, (size_t)count * BLOCK_SIZE);
	if (sect * BLOCK_SIZE < disk->bytes.len) {
		size_t left = disk->bytes.len - sect * BLOCK_SIZE, n = (size_t)count * BLOCK_SIZE;

		memcpy(buf, disk->bytes.ptr + sect * BLOCK_SIZE, n < left ? n : left);
	}
	return ERR_OK;
}

static void read_file(struct fat *fat, const struct fat_node *node)
{
	struct fat_stream s;
	struct fault fault = {0};
	uint64_t sects = 0, at;
	uint32_t n = 1, steps = 0;
	enum err e = ERR_OK;

	fat_stream_open(fat, node, &s);
	for (; !e && n && steps < STEPS_MAX; steps++) {
		e = fat_stream_next(fat, &s, 1 + steps % 70, &at, &n, &fault);
		if (e)
			break;
		FUZZ_CHECK(n <= 1 + steps % 70);
		FUZZ_CHECK(!n || (at >= fat->data_at && at + n <= fat->start + fat->sects));
		sects += n;
	}
	FUZZ_CHECK(steps < STEPS_MAX);
	FUZZ_CHECK(sects <= node->size / BLOCK_SIZE + 1u);
	FUZZ_CHECK(!e || e == ERR_DISK_READ || e == ERR_BAD_CHAIN || e == ERR_CHAIN_LOOP);
	FUZZ_CHECK(!e || fault.text);
	FUZZ_CHECK(e || sects == ((uint64_t)node->size + BLOCK_SIZE - 1) / BLOCK_SIZE);
}

static void read_directory(struct fat *fat, const struct fat_node *node, int depth)
{
	struct fat_dir *dir = malloc(sizeof(*dir));
	struct fat_entry *entry = malloc(sizeof(*entry));
	bool end = false;

	fat_dir_open(fat, node, dir);
	for (int i = 0; i < ENTRIES_MAX && !fat_dir_next(fat, dir, entry, &end, NULL) && !end; i++) {
		FUZZ_CHECK(strlen(entry->name) < FAT_NAME_BYTES && !memchr(entry->name, '\n', strlen(entry->name)));
		FUZZ_CHECK(entry->slot < 65536 && entry->long_slots <= 20 && entry->long_slots <= entry->slot);
		if (entry->node.directory && depth)
			read_directory(fat, &entry->node, depth - 1);
		else if (!entry->node.directory && i < 8)
			read_file(fat, &entry->node);
	}
	free(dir);
	free(entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk disk = {.bytes = {data, size}};
	struct block_reader reader = {read_disk, NULL, &disk, DISK_SECTS};
	struct partition list[4], whole = {PARTITION_ESP, 0, 0, DISK_SECTS};
	uint8_t *window = malloc(WINDOW * BLOCK_SIZE);
	struct fat_dir *dir = malloc(sizeof(*dir));
	struct fat_entry *entry = malloc(sizeof(*entry));
	size_t count = 0;
	struct fat fat;
	uint32_t off, len;

	if (!partition_list(&reader, 4096, window, list, 4, &count, NULL)) {
		FUZZ_CHECK(count <= 4);
		for (size_t i = 0; i < count; i++)
			FUZZ_CHECK(list[i].sects && list[i].kind != PARTITION_OTHER &&
				list[i].start + list[i].sects > list[i].start);
	}
	for (size_t i = 0; i <= count; i++) {
		const struct partition *p = i < count ? &list[i] : &whole;

		disk.end = 0;
		if (fat_open(&fat, &reader, p->start, p->sects, window, WINDOW, NULL))
			continue;
		FUZZ_CHECK(fat.data_at + (uint64_t)(fat.cluster_end - 2) * fat.cluster_sects <= p->start + p->sects);
		disk.start = p->start;
		disk.end = p->start + p->sects;
		read_directory(&fat, &(struct fat_node){fat.root_cluster, 0, true, 0}, 2);
		if (!fat_find(&fat, (struct span){(const uint8_t *)"/loader/entries", 15}, dir, entry, NULL))
			FUZZ_CHECK(!strcasecmp(entry->name, "entries"));
	}
	if (uki_section((struct span){data, size}, DISK_SECTS, ".linux", &off, &len))
		FUZZ_CHECK(len && (uint64_t)off + len <= DISK_SECTS);
	free(window);
	free(dir);
	free(entry);
	return 0;
}
