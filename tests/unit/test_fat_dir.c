/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/fat_dir: names and places of files, and directories that are damaged. */
#include "tests/unit/unit.h"

#include "tests/unit/fat_build.h"

#define WINDOW_SECTS 2
#define FILE_ATTR    0x20
#define DIR_ATTR     0x10
#define END          0x0fffffff

static uint8_t window[WINDOW_SECTS * BLOCK_SIZE];
static struct fat_dir dir;
static struct fat_entry entry;

static struct fat open_fat(struct fat_build *b, struct block_reader *disk)
{
	struct fat fat;

	*disk = memory_disk_reader(&b->disk);
	assert_int_equal(fat_open(&fat, disk, b->start, b->sects, window, WINDOW_SECTS, NULL), ERR_OK);
	return fat;
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
	p = build_long(p, "a name whose first piece is lost", "ORPHAN  X  ", FILE_ATTR, 7, 1);
	memset(p - 64, 0xe5, 1);

	fat_dir_open(&fat, &root, &dir);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_int_equal(fat_dir_next(&fat, &dir, &entry, &end, NULL), ERR_OK);
		assert_false(end);
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

/*
 * A name of three pieces, from the second but last entry of a sector on, so that its pieces lie in two
 * sectors, between files that must stay as they are.
 */
static void test_rename(void **state)
{
	static const struct {
		const char *name, *to;
		enum err e;
		unsigned int writes;
	} cases[] = {
		{"as long", "linux-6.1.0-56-cloud-amd64+2-1.conf", ERR_OK, 2},
		{"longer", "linux-6.1.0-56-cloud-amd64+22222-11111", ERR_OK, 2},
		{"all of it, no NUL behind", "linux-6.1.0-56-cloud-amd64+222222-11111", ERR_OK, 2},
		{"fewer pieces", "short", ERR_OK, 2},
		{"nothing", "", ERR_NO_SPACE, 0},
		{"too long", "linux-6.1.0-56-cloud-amd64+222222-111111", ERR_NO_SPACE, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fat_build b = build_fat(16, 5000, 1);
		uint8_t *p = build_root(&b);
		struct block_reader disk;
		struct fat fat = open_fat(&b, &disk);
		struct fat_node root = fat_root(&fat);
		uint16_t units[64] = {0};
		uint8_t buf[BLOCK_SIZE];
		bool end = false;

		for (int k = 0; k < 14; k++)
			p = build_entry(p, "BEFORE     ", FILE_ATTR, 5, 1);
		p = build_long(p, "linux-6.1.0-56-cloud-amd64+3.conf", "LINUX-~1CON", FILE_ATTR, 9, 99);
		build_entry(p, "BEHIND     ", FILE_ATTR, 6, 1);
		fat_dir_open(&fat, &root, &dir);
		for (int k = 0; k < 15; k++)
			assert_int_equal(fat_dir_next(&fat, &dir, &entry, &end, NULL), ERR_OK);
		assert_int_equal(entry.long_slots, 3);
		for (size_t k = 0; cases[i].to[k]; k++)
			units[k] = (uint8_t)cases[i].to[k];
		CHECK_EQ(cases[i].name, fat_rename(&fat, &root, &entry, units, (uint32_t)strlen(cases[i].to), buf, NULL),
			cases[i].e);
		CHECK_EQ(cases[i].name, b.disk.writes, cases[i].writes);
		fat_dir_open(&fat, &root, &dir);
		for (int k = 0; k < 14; k++)
			assert_int_equal(fat_dir_next(&fat, &dir, &entry, &end, NULL), ERR_OK);
		assert_string_equal(entry.name, "BEFORE");
		assert_int_equal(fat_dir_next(&fat, &dir, &entry, &end, NULL), ERR_OK);
		assert_string_equal(entry.name, cases[i].e ? "linux-6.1.0-56-cloud-amd64+3.conf" : cases[i].to);
		assert_int_equal(entry.node.cluster, 9);
		assert_int_equal(entry.node.size, 99);
		assert_int_equal(fat_dir_next(&fat, &dir, &entry, &end, NULL), ERR_OK);
		assert_string_equal(entry.name, "BEHIND");
		assert_int_equal(fat_dir_next(&fat, &dir, &entry, &end, NULL), ERR_OK);
		assert_true(end);
		free(b.disk.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_rename),
		cmocka_unit_test(test_directory_of_too_many_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
