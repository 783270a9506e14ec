/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/fat: volumes and chains of clusters. */
#include "tests/unit/unit.h"

#include "tests/unit/fat_build.h"

#define WINDOW_SECTS 2
#define END          0x0fffffff

static uint8_t window[WINDOW_SECTS * BLOCK_SIZE];

static const struct {
	const char *name;
	unsigned int bits;
	uint32_t clusters, cluster_sects;
} kinds[] = {
	{"FAT12", 12, 300, 1},
	{"FAT12, most clusters", 12, 4084, 2},
	{"FAT16, fewest clusters", 16, 4085, 1},
	{"FAT16, most clusters", 16, 65524, 1},
	{"FAT32", 32, 65525, 1},
	{"FAT32 with few clusters", 32, 100, 4},
};

static struct fat open_fat(struct fat_build *b, struct block_reader *disk)
{
	struct fat fat;

	*disk = memory_disk_reader(&b->disk);
	assert_int_equal(fat_open(&fat, disk, b->start, b->sects, window, WINDOW_SECTS, NULL), ERR_OK);
	return fat;
}

/* Read a file through its stream; what it is made of is the number of each sector in its first bytes. */
static enum err read_all(struct fat *fat, const struct fat_node *node, uint32_t max, uint32_t *ret_sects,
	struct fault *fault)
{
	struct fat_stream s;
	uint32_t done = 0, n;
	uint64_t at;
	enum err e;

	fat_stream_open(fat, node, &s);
	for (;;) {
		e = fat_stream_next(fat, &s, max, &at, &n, fault);
		if (e || !n)
			break;
		assert_true(n <= max);
		for (uint32_t i = 0; i < n; i++, done++) {
			uint8_t sect[BLOCK_SIZE];

			assert_int_equal(block_read(fat->disk, at + i, 1, sect, NULL), ERR_OK);
			assert_int_equal(le32_get(sect), done);
		}
	}
	*ret_sects = done;
	return e;
}

/* Link the clusters in this order, write the number of each sector into it. */
static void put_file(struct fat_build *b, const uint32_t *cluster, size_t count)
{
	uint32_t number = 0;

	for (size_t i = 0; i < count; i++) {
		build_link(b, cluster[i], i + 1 < count ? cluster[i + 1] : END);
		for (uint32_t k = 0; k < b->cluster_sects; k++)
			le32_put(build_sector(b, build_cluster_sect(b, cluster[i]) + k), number++);
	}
}

static void test_kinds(void **state)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct fat_build b = build_fat(kinds[i].bits, kinds[i].clusters, kinds[i].cluster_sects);
		uint32_t last = kinds[i].clusters + 1, chain[] = {5, 6, 7, last, 3, last - 1}, sects;
		uint32_t size = (5 * b.cluster_sects) * BLOCK_SIZE + 1;
		struct fat_node node = {chain[0], size, false, 1};
		struct block_reader disk;
		struct fat fat = open_fat(&b, &disk);

		CHECK_EQ(kinds[i].name, fat.bits, kinds[i].bits);
		CHECK_EQ(kinds[i].name, fat.cluster_end, kinds[i].clusters + 2);
		put_file(&b, chain, COUNT(chain));
		for (uint32_t max = 1; max < 9; max++) {
			CHECK_EQ(kinds[i].name, read_all(&fat, &node, max, &sects, NULL), ERR_OK);
			CHECK_EQ(kinds[i].name, sects, 5 * b.cluster_sects + 1);
		}
		free(b.disk.bytes);
	}
}

static void test_run_is_as_long_as_it_can_be(void **state)
{
	struct fat_build b = build_fat(16, 5000, 2);
	uint32_t chain[] = {10, 11, 12, 13, 20, 21};
	struct fat_node node = {10, 12 * BLOCK_SIZE, false, 1};
	struct block_reader disk;
	struct fat fat = open_fat(&b, &disk);
	struct fat_stream s;
	uint64_t at;
	uint32_t n;

	put_file(&b, chain, COUNT(chain));
	fat_stream_open(&fat, &node, &s);
	assert_int_equal(fat_stream_next(&fat, &s, 100, &at, &n, NULL), ERR_OK);
	assert_int_equal(n, 8);
	assert_int_equal(at, b.start + build_cluster_sect(&b, 10));
	assert_int_equal(fat_stream_next(&fat, &s, 100, &at, &n, NULL), ERR_OK);
	assert_int_equal(n, 4);
	fat_stream_open(&fat, &node, &s);
	assert_int_equal(fat_stream_skip(&fat, &s, 9, NULL), ERR_OK);
	assert_int_equal(fat_stream_next(&fat, &s, 100, &at, &n, NULL), ERR_OK);
	assert_int_equal(at, b.start + build_cluster_sect(&b, 20) + 1);
	assert_int_equal(fat_stream_skip(&fat, &s, 1, NULL), ERR_TRUNCATED);
	free(b.disk.bytes);
}

/* The chain 10, 11, 12 of a file, with one link changed. */
static void test_bad_chains(void **state)
{
	static const struct {
		const char *name;
		uint32_t first, from, to;
		uint32_t size_sects;
		enum err e;
	} cases[] = {
		{"whole", 10, 12, END, 3, ERR_OK},
		{"more clusters than the file needs", 10, 12, END, 2, ERR_OK},
		{"empty", 0, 12, END, 0, ERR_OK},
		{"ends too early", 10, 11, END, 3, ERR_BAD_CHAIN},
		{"leads to a free cluster", 10, 11, 0, 3, ERR_BAD_CHAIN},
		{"leads to cluster 1", 10, 11, 1, 3, ERR_BAD_CHAIN},
		{"leads behind the last", 10, 11, 5002, 3, ERR_BAD_CHAIN},
		{"leads to a bad cluster", 10, 11, 0xfff7, 3, ERR_BAD_CHAIN},
		{"empty, but with a cluster behind the last", 5002, 12, END, 0, ERR_BAD_CHAIN},
		{"empty, but with a cluster", 10, 12, END, 0, ERR_OK},
		{"begins nowhere", 0, 12, END, 3, ERR_BAD_CHAIN},
		{"begins behind the last", 5002, 12, END, 3, ERR_BAD_CHAIN},
		{"circle of one", 10, 10, 10, 1, ERR_CHAIN_LOOP},
		{"circle behind the file's end", 10, 12, 10, 3, ERR_CHAIN_LOOP},
		{"circle that the file would need", 10, 12, 11, 100, ERR_CHAIN_LOOP},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fat_build b = build_fat(16, 5000, 1);
		uint32_t chain[] = {10, 11, 12};
		struct fat_node node = {cases[i].first, cases[i].size_sects * BLOCK_SIZE, false, 77};
		struct fault fault = {0};
		struct block_reader disk;
		struct fat fat = open_fat(&b, &disk);
		struct fat_stream s;
		uint64_t at;
		uint32_t n = 1, reads = 0;
		enum err e = ERR_OK;

		put_file(&b, chain, COUNT(chain));
		build_link(&b, cases[i].from, cases[i].to);
		fat_stream_open(&fat, &node, &s);
		for (; !e && n; reads++)
			e = fat_stream_next(&fat, &s, 1, &at, &n, &fault);
		CHECK_EQ(cases[i].name, e, cases[i].e);
		CHECK(cases[i].name, !e == !fault.text && (!e || fault.offset));
		CHECK(cases[i].name, reads < 20);
		free(b.disk.bytes);
	}
}

/* However long the circle, and the way into it. */
static void test_circles_end(void **state)
{
	struct unit_random r = {1};

	for (int i = 0; i < 300; i++) {
		struct fat_build b = build_fat(16, 5000, 1);
		uint32_t count = 2 + (uint32_t)unit_below(&r, 300), at = 2 + (uint32_t)unit_below(&r, 100);
		struct fat_node node = {at, UINT32_MAX, false, 77};
		struct block_reader disk;
		struct fat fat = open_fat(&b, &disk);
		struct fat_stream s;
		uint64_t sect;
		uint32_t n = 1, sects = 0;
		enum err e = ERR_OK;

		for (uint32_t k = 0; k < count; k++)
			build_link(&b, at + k, at + k + 1);
		build_link(&b, at + count, at + (uint32_t)unit_below(&r, count + 1));
		fat_stream_open(&fat, &node, &s);
		while (!e && n && sects < 5 * count) {
			e = fat_stream_next(&fat, &s, 64, &sect, &n, NULL);
			sects += n;
		}
		assert_int_equal(e, ERR_CHAIN_LOOP);
		free(b.disk.bytes);
	}
}

static void test_boot_sectors(void **state)
{
	static const struct {
		const char *name;
		uint16_t at, bytes;
		uint32_t value;
		enum err e;
	} cases[] = {
		{"whole", 510, 2, 0xaa55, ERR_OK},
		{"no signature", 510, 2, 0, ERR_BAD_FAT},
		{"sectors of 0 bytes", 11, 2, 0, ERR_BAD_FAT},
		{"sectors of 768 bytes", 11, 2, 768, ERR_BAD_FAT},
		{"sectors of 8 KiB", 11, 2, 8192, ERR_BAD_FAT},
		{"sectors of 4 KiB in so few", 11, 2, 4096, ERR_BAD_FAT},
		{"clusters of 0 sectors", 13, 1, 0, ERR_BAD_FAT},
		{"clusters of 3 sectors", 13, 1, 3, ERR_BAD_FAT},
		{"nothing reserved", 14, 2, 0, ERR_BAD_FAT},
		{"everything reserved", 14, 2, 0xffff, ERR_BAD_FAT},
		{"no FAT", 16, 1, 0, ERR_BAD_FAT},
		{"nine FATs", 16, 1, 9, ERR_BAD_FAT},
		{"longer than the partition", 32, 4, 0x7fffffff, ERR_BAD_FAT},
		{"no sectors", 32, 4, 0, ERR_BAD_FAT},
		{"FAT too short for the clusters", 22, 2, 1, ERR_BAD_FAT},
		{"FAT longer than all", 22, 2, 0xffff, ERR_BAD_FAT},
		{"FAT32 with a FAT of no sectors", 22, 2, 0, ERR_BAD_FAT},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fat_build b = build_fat(16, 5000, 1);
		struct block_reader disk = memory_disk_reader(&b.disk);
		struct fault fault = {0};
		struct fat fat = {.bits = 99};
		enum err e;

		for (int k = 0; k < cases[i].bytes; k++)
			build_sector(&b, 0)[cases[i].at + k] = (uint8_t)(cases[i].value >> 8 * k);
		e = fat_open(&fat, &disk, b.start, b.sects, window, WINDOW_SECTS, &fault);
		CHECK_EQ(cases[i].name, e, cases[i].e);
		CHECK(cases[i].name, !e || (fat.bits == 99 && fault.offset == b.start));
		free(b.disk.bytes);
	}
}

static void test_sector_that_cannot_be_read(void **state)
{
	struct fat_build b = build_fat(16, 5000, 1);
	struct fat_node node = {10, 2 * BLOCK_SIZE, false, 77};
	struct fault fault = {0};
	struct block_reader disk;
	struct fat fat = open_fat(&b, &disk);
	struct fat_stream s;
	uint64_t at;
	uint32_t n;

	b.disk.bad_sect = b.start + BUILD_RESERVED;
	fat_stream_open(&fat, &node, &s);
	assert_int_equal(fat_stream_next(&fat, &s, 9, &at, &n, &fault), ERR_DISK_READ);
	assert_int_equal(fault.offset, b.disk.bad_sect);
	free(b.disk.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_run_is_as_long_as_it_can_be),
		cmocka_unit_test(test_bad_chains),
		cmocka_unit_test(test_circles_end),
		cmocka_unit_test(test_boot_sectors),
		cmocka_unit_test(test_sector_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
