/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a FAT file system, in which one file with a long name gets another one. Before and after, all of its
 * directory is read, and the file as far as it goes. What must hold:
 *   - only sectors with that name's own entries are written, and of those only bytes that spell it change
 *   - the directory reads as before but for that name; a directory that crosses itself excepted, where one
 *     entry can be two
 *   - the file lies in the same sectors, so it has the same bytes, but where they are its own directory
 *   - a refusal writes nothing
 * Input: number of the entry, length of the new name (u8 each), its first unit (u16), the disk; behind it are zeros.
 */
#include "fuzz/fuzz.h"

#include "core/fat.h"

#define DISK_SECTS  16384
#define WINDOW      4
#define ENTRIES_MAX 200
#define FILE_RUNS   64
#define WRITES_MAX  3 /* sectors: 20 entries of 32 bytes */
#define SLOTS_MAX   20
#define ENTRY_SIZE  32

struct disk {
	struct span bytes;
	struct written {
		uint64_t sect;
		uint8_t bytes[BLOCK_SIZE];
	} written[WRITES_MAX];
	uint32_t count; /* of written */
	uint32_t writes; /* calls */
	uint64_t writable; /* from this sector on */
};

static void original(const struct disk *disk, uint64_t sect, uint8_t *buf)
{
	memset(buf, 0, BLOCK_SIZE);
	if (sect < disk->bytes.len / BLOCK_SIZE + 1) {
		size_t left = disk->bytes.len - sect * BLOCK_SIZE;

		memcpy(buf, disk->bytes.ptr + sect * BLOCK_SIZE, left < BLOCK_SIZE ? left : BLOCK_SIZE);
	}
}

static struct written *written_find(struct disk *disk, uint64_t sect)
{
	for (uint32_t i = 0; i < disk->count; i++)
		if (disk->written[i].sect == sect)
			return &disk->written[i];
	return NULL;
}

static enum err read_disk(void *ctx, uint64_t sect, uint32_t count, void *buf, struct fault *fault)
{
	struct disk *disk = ctx;

	if (sect + count > DISK_SECTS || sect + count < sect)
		return fault_set(fault, ERR_DISK_READ, "disk", sect, 0);
	for (uint32_t i = 0; i < count; i++) {
		const struct written *w = written_find(disk, sect + i);

		if (w)
			memcpy((uint8_t *)buf + i * BLOCK_SIZE, w->bytes, BLOCK_SIZE);
		else
			original(disk, sect + i, (uint8_t *)buf + i * BLOCK_SIZE);
	}
	return ERR_OK;
}

static enum err write_disk(void *ctx, uint64_t sect, uint32_t count, const void *buf, struct fault *fault)
{
	struct disk *disk = ctx;
	struct written *w = written_find(disk, sect);

	(void)fault;
	FUZZ_CHECK(count == 1 && sect >= disk->writable && sect < DISK_SECTS);
	FUZZ_CHECK(w || disk->count < WRITES_MAX);
	if (!w)
		w = &disk->written[disk->count++];
	w->sect = sect;
	memcpy(w->bytes, buf, BLOCK_SIZE);
	disk->writes++;
	return ERR_OK;
}

/* The runs that a file lies in. */
struct runs {
	uint64_t at[FILE_RUNS];
	uint32_t len[FILE_RUNS], count;
	enum err end;
};

static void file_runs(struct fat *fat, const struct fat_node *node, struct runs *ret)
{
	struct fat_stream s;

	memset(ret, 0, sizeof(*ret));
	fat_stream_open(fat, node, &s);
	while (ret->count < FILE_RUNS) {
		uint32_t i = ret->count;

		ret->end = fat_stream_next(fat, &s, UINT32_MAX, &ret->at[i], &ret->len[i], NULL);
		if (ret->end || !ret->len[i])
			break;
		ret->count++;
	}
}

/* A directory as it reads. */
struct listing {
	struct item {
		struct fat_node node;
		uint32_t slot, long_slots;
		uint16_t units[FAT_NAME_MAX + 1];
	} items[ENTRIES_MAX];
	uint32_t count;
	enum err end;
};

static void listing_read(struct fat *fat, const struct fat_node *directory, struct listing *ret)
{
	struct fat_dir *dir = malloc(sizeof(*dir));
	struct fat_entry *entry = malloc(sizeof(*entry));
	bool end = false;

	memset(ret, 0, sizeof(*ret));
	fat_dir_open(fat, directory, dir);
	while (ret->count < ENTRIES_MAX) {
		struct item *item = &ret->items[ret->count];

		ret->end = fat_dir_next(fat, dir, entry, &end, NULL);
		if (ret->end || end)
			break;
		item->node = entry->node;
		item->slot = entry->slot;
		item->long_slots = entry->long_slots;
		for (size_t i = 0; entry->units[i]; i++)
			item->units[i] = entry->units[i];
		ret->count++;
	}
	free(dir);
	free(entry);
}

/* The sectors of a directory up to slot's, which is one of it. */
static uint64_t *directory_sects(struct fat *fat, const struct fat_node *directory, uint32_t slot)
{
	uint32_t count = slot / (BLOCK_SIZE / ENTRY_SIZE) + 1, n;
	uint64_t *sects = calloc(count, sizeof(*sects));
	struct fat_stream s;

	fat_stream_open(fat, directory, &s);
	for (uint32_t i = 0; i < count; i++)
		FUZZ_CHECK(!fat_stream_next(fat, &s, 1, &sects[i], &n, NULL) && n == 1);
	return sects;
}

/* Does the directory come by one of the name's sectors a second time? */
static bool crosses_itself(struct fat *fat, const struct fat_node *directory, const uint64_t *sects,
	const struct item *item)
{
	const uint32_t in_sect = BLOCK_SIZE / ENTRY_SIZE;
	struct fat_stream s;
	uint64_t at;
	uint32_t n;

	fat_stream_open(fat, directory, &s);
	for (uint32_t i = 0; !fat_stream_next(fat, &s, 1, &at, &n, NULL) && n; i++)
		for (uint32_t k = (item->slot - item->long_slots) / in_sect; k <= item->slot / in_sect; k++)
			if (at == sects[k] && i != k)
				return true;
	return false;
}

/* Bytes of an entry of a long name that do not spell it: attributes, type, checksum, cluster. */
static bool is_kept(uint32_t at)
{
	return at == 11 || at == 12 || at == 13 || at == 26 || at == 27;
}

/* Does a slot of item's name lie in this entry of this sector? */
static bool is_own(const uint64_t *sects, const struct item *item, uint64_t sect, uint32_t entry)
{
	for (uint32_t slot = item->slot - item->long_slots; slot < item->slot; slot++)
		if (sects[slot / (BLOCK_SIZE / ENTRY_SIZE)] == sect && slot % (BLOCK_SIZE / ENTRY_SIZE) == entry)
			return true;
	return false;
}

static void check_written(const struct disk *disk, const uint64_t *sects, const struct item *item)
{
	for (uint32_t w = 0; w < disk->count; w++) {
		const struct written *now = &disk->written[w];
		uint8_t old[BLOCK_SIZE];
		uint32_t own = 0;

		original(disk, now->sect, old);
		for (uint32_t entry = 0; entry < BLOCK_SIZE / ENTRY_SIZE; entry++)
			own += is_own(sects, item, now->sect, entry);
		FUZZ_CHECK(own);
		for (uint32_t i = 0; i < BLOCK_SIZE; i++)
			FUZZ_CHECK(old[i] == now->bytes[i] ||
				(!is_kept(i % ENTRY_SIZE) && is_own(sects, item, now->sect, i / ENTRY_SIZE)));
	}
}

static void check_listing(const struct listing *old, const struct listing *new, uint32_t which,
	const uint16_t *units, uint32_t len)
{
	FUZZ_CHECK(old->count == new->count && old->end == new->end);
	for (uint32_t i = 0; i < old->count; i++) {
		const struct item *a = &old->items[i], *b = &new->items[i];

		FUZZ_CHECK(!memcmp(&a->node, &b->node, sizeof(a->node)) && a->slot == b->slot);
		if (i != which) {
			FUZZ_CHECK(a->long_slots == b->long_slots);
			FUZZ_CHECK(!memcmp(a->units, b->units, sizeof(a->units)));
			continue;
		}
		FUZZ_CHECK(b->long_slots == (len + FAT_LONG_UNITS - 1) / FAT_LONG_UNITS);
		FUZZ_CHECK(!memcmp(b->units, units, len * sizeof(*units)) && !b->units[len]);
	}
}

static void rename_in(struct fat *fat, struct disk *disk, const struct fat_node *directory, uint32_t which,
	uint16_t first, uint32_t len)
{
	struct listing *old = malloc(sizeof(*old)), *new = malloc(sizeof(*new));
	struct runs before, after;
	struct fat_entry *entry = malloc(sizeof(*entry));
	uint16_t units[FAT_NAME_MAX + 1] = {0};
	uint8_t buf[BLOCK_SIZE];
	enum err e;

	for (uint32_t i = 0; i < len; i++)
		units[i] = (uint16_t)(first + i) ? (uint16_t)(first + i) : 1;
	listing_read(fat, directory, old);
	if (which < old->count) {
		const struct item *item = &old->items[which];
		uint64_t *sects = directory_sects(fat, directory, item->slot);

		memset(entry, 0, sizeof(*entry));
		entry->node = item->node;
		entry->slot = item->slot;
		entry->long_slots = item->long_slots;
		file_runs(fat, &item->node, &before);
		e = fat_rename(fat, directory, entry, units, len, buf, NULL);
		FUZZ_CHECK(e == ERR_OK || e == ERR_NO_SPACE);
		FUZZ_CHECK((e == ERR_NO_SPACE) == (!len || len > item->long_slots * FAT_LONG_UNITS));
		FUZZ_CHECK(e ? !disk->writes : disk->writes && disk->writes <= WRITES_MAX);
		check_written(disk, sects, item);
		file_runs(fat, &item->node, &after);
		FUZZ_CHECK(!memcmp(&before, &after, sizeof(before)));
		if (!e && !crosses_itself(fat, directory, sects, item)) {
			listing_read(fat, directory, new);
			check_listing(old, new, which, units, len);
		}
		free(sects);
	}
	free(old);
	free(new);
	free(entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint32_t which = (uint32_t)fuzz_take(&input, 1), len = (uint32_t)fuzz_take(&input, 1);
	uint16_t first = (uint16_t)fuzz_take(&input, 2);
	struct disk *disk = calloc(1, sizeof(*disk));
	struct block_reader reader = {read_disk, write_disk, disk, DISK_SECTS};
	struct listing *root = malloc(sizeof(*root));
	uint8_t *window = malloc(WINDOW * BLOCK_SIZE);
	struct fat_node directory;
	struct fat fat;

	disk->bytes = input;
	if (!fat_open(&fat, &reader, 0, DISK_SECTS, window, WINDOW, NULL)) {
		disk->writable = fat.root_sects ? fat.root_at : fat.data_at;
		directory = fat_root(&fat);
		listing_read(&fat, &directory, root);
		/* the root, or the which-th entry of it if that is a directory, and there one */
		if (which < root->count && root->items[which].node.directory) {
			directory = root->items[which].node;
			which = first % 32;
		}
		rename_in(&fat, disk, &directory, which, first, len);
	}
	free(disk);
	free(root);
	free(window);
	return 0;
}
