/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/fat, core/fat_dir: volumes, chains, directories. */
#include "tests/unit/unit.h"

#include "tests/unit/fat_build.h"

#define WINDOW_SECTS 2
#define FILE_ATTR    0x20
#define DIR_ATTR     0x10
#define END          0x0fffffff

static uint8_t window[WINDOW_SECTS * BLOCK_SIZE];
static struct fat_dir dir;
static struct fat_entry entry;

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

static void test_names(void **state)
{
	static const char *const wanted[] = {
		"SHORT.TXT", "small.txt", "NOEXT", "vmlinuz-6.1.0-56-cloud-amd64", "exactly13char",
		"_NAME.TXT", "WRONGSUM.X", "ORPHAN.X",
	};
	struct fat_build b = build_fat(16, 5000, 1);
	uint8_t *p = build_root(&b), *keep;
	struct block_reader disk;
	struct fat fat = open_fat(&b, &disk);
	struct fat_node root = fat_root(&fat);
	bool end = false;

	p = build_entry(p, "LABEL      ", 0x08, 0, 0);
	p = build_entry(p, ".          ", DIR_ATTR, 0, 0);
	p = build_entry(p, "SHORT   TXT", FILE_ATTR, 5, 1);
	p = build_entry(p, "SMALL   TXT", FILE_ATTR, 6, 1);
	p[-32 + 12] = 0x18;
	p = build_entry(p, "\xe5""ELETED TXT", FILE_ATTR, 6, 1);
	p = build_entry(p, "NOEXT      ", FILE_ATTR, 6, 1);
	p = build_long(p, "vmlinuz-6.1.0-56-cloud-amd64", "VMLINU~1AMD", FILE_ATTR, 7, 1);
	p = build_long(p, "exactly13char", "EXACTL~1   ", FILE_ATTR, 7, 1);
	p = build_entry(p, "\x05NAME   TXT", FILE_ATTR, 6, 1);
	keep = p;
	p = build_long(p, "a name that is not its own", "WRONGSUMX  ", FILE_ATTR, 7, 1);
	keep[13] ^= 1;
	memcpy(p - 32, "WRONGSUMX  ", 11);
	p = build_long(p, "a name whose first piece is lost", "ORPHAN  X  ", FILE_ATTR, 7, 1);
	memset(p - 64, 0xe5, 1);
	memcpy(p - 96, p - 32, 0); /* the other pieces stay */

	fat_dir_open(&fat, &root, &dir);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_int_equal(fat_dir_next(&fat, &dir, &entry, &end, NULL), ERR_OK);
		assert_false(end);
		if (i < 5)
			assert_string_equal(entry.name, wanted[i]);
	}
	assert_int_equal(fat_dir_next(&fat, &dir, &entry, &end, NULL), ERR_OK);
	assert_true(end);
	free(b.disk.bytes);
}

static void test_find(void **state)
{
	static const struct {
		const char *path;
		enum err e;
		uint32_t cluster;
	} cases[] = {
		{"/a long folder name/File.Txt", ERR_OK, 30},
		{"\\A LONG folder NAME\\file.txt", ERR_OK, 30},
		{"a long folder name//file.txt", ERR_OK, 30},
		{"/a long folder name", ERR_OK, 20},
		{"/a long folder name/", ERR_OK, 20},
		{"/", ERR_OK, 2},
		{"", ERR_OK, 2},
		{"/A LONG~1/FILE.TXT", ERR_NO_FILE, 0},
		{"/a long folder name/file.tx", ERR_NO_FILE, 0},
		{"/a long folder name/file.txt/x", ERR_NO_FILE, 0},
		{"/a long folder", ERR_NO_FILE, 0},
		{"/loop/x", ERR_CHAIN_LOOP, 0},
		{"/garbage/x", ERR_BAD_DIRECTORY, 0},
		{"/nowhere/x", ERR_BAD_CHAIN, 0},
	};
	struct fat_build b = build_fat(32, 70000, 1);
	uint8_t *p = build_root(&b);
	struct block_reader disk;
	struct fat fat = open_fat(&b, &disk);

	p = build_long(p, "a long folder name", "A LONG~1   ", DIR_ATTR, 20, 0);
	p = build_entry(p, "LOOP       ", DIR_ATTR, 21, 0);
	p = build_entry(p, "GARBAGE    ", DIR_ATTR, 23, 0);
	build_entry(p, "NOWHERE    ", DIR_ATTR, 0, 0);
	build_link(&b, 20, END);
	build_link(&b, 21, 22);
	build_link(&b, 22, 21);
	build_link(&b, 23, END);
	for (uint32_t cluster = 21; cluster <= 22; cluster++)
		for (int i = 0; i < 16; i++)
			build_entry(build_sector(&b, build_cluster_sect(&b, cluster)) + 32 * i, "FILE       ",
				FILE_ATTR, 5, 1);
	memset(build_sector(&b, build_cluster_sect(&b, 23)), 0x91, BLOCK_SIZE);
	build_entry(build_sector(&b, build_cluster_sect(&b, 20)), "FILE    TXT", FILE_ATTR, 30, 10);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault fault = {0};

		CHECK_EQ(cases[i].path, fat_find(&fat, text_span(cases[i].path), &dir, &entry, &fault),
			cases[i].e);
		if (!cases[i].e)
			CHECK_EQ(cases[i].path, entry.node.cluster, cases[i].cluster);
		else
			CHECK(cases[i].path, fault.offset >= b.start);
	}
	free(b.disk.bytes);
}

/* A directory without an end: every entry is one, and its chain is longer than it may be. */
static void test_directory_of_too_many_entries(void **state)
{
	struct fat_build b = build_fat(16, 5000, 1);
	struct fat_node node = {10, 0, true, 77};
	struct fault fault = {0};
	struct block_reader disk;
	struct fat fat = open_fat(&b, &disk);
	enum err e = ERR_OK;
	uint32_t n = 0;
	bool end = false;

	for (uint32_t c = 10; c < 4900; c++) {
		build_link(&b, c, c + 1);
		for (int i = 0; i < 16; i++)
			build_entry(build_sector(&b, build_cluster_sect(&b, c)) + 32 * i, "FILE       ",
				FILE_ATTR, 5, 1);
	}
	fat_dir_open(&fat, &node, &dir);
	for (; !e && !end; n++)
		e = fat_dir_next(&fat, &dir, &entry, &end, &fault);
	assert_int_equal(e, ERR_BAD_DIRECTORY);
	assert_int_equal(n, 65536 + 1);
	free(b.disk.bytes);
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
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_directory_of_too_many_entries),
		cmocka_unit_test(test_sector_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
