/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/disk_text, disk_plan, disk_tree, disk_peek, initrds: names, texts and numbers of disks. */
#include "tests/unit/unit.h"

#include <unistd.h>
#include "host/disk_peek.h"
#include "host/disk_plan.h"
#include "host/disk_text.h"
#include "host/initrds.h"

static void test_names_follow_from_versions(void **state)
{
	static const struct {
		const char *name, *version, *id, *title;
	} cases[] = {
		{"release of Linux", "6.1.0-56-amd64 (build@host) #1 SMP", "6.1.0-56-amd64",
			"Linux 6.1.0-56-amd64"},
		{"others say their names", "Memtest86+ v6.10", "Memtest86_-v6.10",
			"Memtest86+ v6.10"},
		{"none", "", "linux", "Linux"},
		{"only spaces", "   ", "linux", "Linux"},
		{"no count of boots", "6.1.0+3", "6.1.0_3", "Linux 6.1.0+3"},
		{"no path", "6/../../x", "6_.._.._x", "Linux 6/../../x"},
		{"not hidden", ".5", "_5", ".5"},
		{"FAT drops dots", "6.1...", "6.1", "Linux 6.1..."},
		{"ends at a control character", "6.1\x1b[2J", "6.1", "Linux 6.1"},
		{"no control characters", "My\x1b[2J", "My__2J", "My?[2J"},
	};
	char id[DISK_ID_MAX], title[DISK_TITLE_MAX], end[200];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct span version = {(const uint8_t *)cases[i].version, strlen(cases[i].version)};

		disk_text_id(version, id);
		disk_text_title(version, title);
		CHECK(cases[i].name, !strcmp(id, cases[i].id));
		CHECK(cases[i].name, !strcmp(title, cases[i].title));
	}
	memset(end, '6', sizeof(end));
	disk_text_id((struct span){(uint8_t *)end, sizeof(end)}, id);
	disk_text_title((struct span){(uint8_t *)end, sizeof(end)}, title);
	assert_int_equal(strlen(id), DISK_ID_MAX - 8);
	assert_int_equal(strlen(title), DISK_TITLE_MAX - 1);
}

static void test_only_the_default_changes(void **state)
{
	static const struct {
		const char *name, *old, *want;
	} cases[] = {
		{"new", "", "default x.conf\ntimeout 5\n"},
		{"replaced", "default a\ntimeout 9\n", "default x.conf\ntimeout 9\n"},
		{"added", "timeout 9", "timeout 9\ndefault x.conf\n"},
		{"once", "default a\ndefault b\n", "default x.conf\n"},
		{"indented", "# c\n\t default\ta\r\n", "# c\ndefault x.conf\n"},
		{"other words", "defaults a\n#default b\n",
			"defaults a\n#default b\ndefault x.conf\n"},
	};
	char buf[128];
	size_t i, len;

	for (i = 0; i < COUNT(cases); i++) {
		struct span old = {(const uint8_t *)cases[i].old, strlen(cases[i].old)};

		len = disk_text_conf(old, "x.conf", 5, buf, sizeof(buf));
		CHECK_EQ(cases[i].name, len, strlen(cases[i].want));
		CHECK(cases[i].name, !memcmp(buf, cases[i].want, len));
		CHECK_EQ(cases[i].name, disk_text_conf(old, "x.conf", 5, buf, len - 1), 0);
	}
}

static void test_who_names_a_file(void **state)
{
	const struct span entry =
		text_span("title /t\n#linux /c\nlinux /v-1\n initrd   i \r\nefi //e\n");
	static const struct {
		const char *path;
		bool named;
	} cases[] = {{"/v-1", true}, {"/V-1", true}, {"/v-", false}, {"/v-12", false}, {"/i", true},
		{"/e", true}, {"/c", false}, {"/x", false}};
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].path, disk_text_names(entry, cases[i].path), cases[i].named);
}

/* Files of those sizes; nobody reads them. */
static void add_files(struct disk_tree *tree, const uint64_t *size, size_t count)
{
	char path[32];
	size_t i;

	tree->count = 0;
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/folder/file-%zu", i);
		assert_true(disk_tree_add(tree, path, (struct span){NULL, size[i]}));
	}
}

#define MIB (1ULL << 20)

static void test_smallest_disks(void **state)
{
	static const struct {
		uint64_t size;
		unsigned int mib, cluster_sects;
	} cases[] = {
		{0, 34, 1},
		{31 * MIB, 34, 1},
		{32 * MIB, 34, 1},
		{60 * MIB, 62, 1},
		{64 * MIB, 66, 2},
		{66 * MIB, 68, 2},
		{300 * MIB, 302, 8},
		{3000 * MIB, 3003, 64},
	};
	static struct disk_tree tree;
	struct disk_plan plan;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		char name[32];

		snprintf(name, sizeof(name), "%llu bytes", (unsigned long long)cases[i].size);
		add_files(&tree, &cases[i].size, 1);
		CHECK(name, disk_plan_disk(&tree, 0, &plan));
		CHECK_EQ(name, plan.disk_sects, (uint64_t)cases[i].mib * DISK_MIB_SECTS);
		CHECK_EQ(name, plan.cluster_sects, cases[i].cluster_sects);
		CHECK_EQ(name, plan.esp_sects, plan.disk_sects - DISK_ESP_LBA - DISK_TAIL_SECTS);
		CHECK(name, plan.esp_used_sects <= plan.esp_sects);
		CHECK(name, plan.esp_used_sects * DISK_SECT > cases[i].size);
		CHECK(name, plan.esp_sects / plan.cluster_sects >= DISK_CLUSTERS_MIN);
		CHECK(name, !disk_plan_disk(&tree, cases[i].mib - 1, &plan));
		CHECK(name, disk_plan_disk(&tree, cases[i].mib + 1, &plan));
	}
}

/* Whatever is given, there is room for it, and there are as many clusters as FAT32 wants. */
static void test_any_sizes(void **state)
{
	static struct disk_tree tree;
	struct disk_plan plan;
	uint64_t size[8], seed = 1;
	unsigned int i, n;

	for (i = 0; i < 3000; i++) {
		uint64_t sum = 0, mib;

		for (n = 0; n < COUNT(size); n++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			size[n] = (seed >> 20) >> (seed >> 59);
			size[n] %= 4096 * MIB;
		}
		add_files(&tree, size, COUNT(size));
		assert_true(disk_plan_disk(&tree, 0, &plan));
		mib = plan.disk_sects / DISK_MIB_SECTS;
		if (i % 2)
			assert_true(disk_plan_disk(&tree, mib + seed % 5000, &plan));
		for (n = 0; n < COUNT(size); n++) {
			uint64_t cluster = (uint64_t)plan.cluster_sects * DISK_SECT;

			sum += (size[n] + cluster - 1) / cluster * plan.cluster_sects;
		}
		/* two FATs of four bytes a cluster */
		sum += 2 * (sum / plan.cluster_sects * 4 / DISK_SECT);
		assert_true(sum < plan.esp_used_sects && plan.esp_used_sects <= plan.esp_sects);
		assert_true((plan.esp_sects - 2 * plan.esp_sects / plan.cluster_sects / 128) /
				plan.cluster_sects >=
			65525);
	}
	size[0] = 1ULL << 42;
	add_files(&tree, size, 1);
	assert_false(disk_plan_esp(&tree, &plan));
}

static void test_guids_follow_from_the_digest(void **state)
{
	uint8_t digest[SHA256_SIZE] = {1};
	char one[DISK_GUID_TEXT], again[DISK_GUID_TEXT], other[DISK_GUID_TEXT];

	disk_plan_guid(digest, "disk", one);
	disk_plan_guid(digest, "disk", again);
	disk_plan_guid(digest, "esp", other);
	assert_string_equal(one, again);
	assert_string_not_equal(one, other);
	assert_int_equal(strlen(one), 36);
	assert_int_equal(one[14], '8'); /* version */
	assert_non_null(strchr("89AB", one[19])); /* variant */
	digest[31]++;
	disk_plan_guid(digest, "disk", again);
	assert_string_not_equal(one, again);
}

static void test_folders_come_first(void **state)
{
	static struct disk_tree tree;
	struct disk_folders folders;

	tree.count = 0;
	assert_true(disk_tree_add(&tree, "/EFI/BOOT/BOOTX64.EFI", (struct span){0}));
	assert_true(disk_tree_add(&tree, "/efi/Linux/x.efi", (struct span){0}));
	assert_true(disk_tree_add(&tree, "/root", (struct span){0}));
	folders = disk_tree_folders(&tree);
	assert_int_equal(folders.count, 3);
	assert_string_equal(folders.path[0], "/EFI");
	assert_string_equal(folders.path[1], "/EFI/BOOT");
	assert_string_equal(folders.path[2], "/efi/Linux");
	assert_non_null(disk_tree_find(&tree, "/ROOT"));
	assert_null(disk_tree_find(&tree, "/EFI"));
}

static void test_initrds_are_aligned(void **state)
{
	const struct span parts[] = {text_span("abcde"), text_span(""), text_span("xy")};
	struct span all;
	uint8_t *p = initrds_join(parts, COUNT(parts), &all);

	assert_non_null(p);
	assert_int_equal(all.len, 10);
	assert_memory_equal(all.ptr, "abcde\0\0\0xy", 10);
	free(p);
}

static enum disk_kind peek(size_t size, size_t at, const char *bytes, size_t len)
{
	char path[] = "/tmp/bzforge-peek-XXXXXX";
	uint8_t *data = calloc(1, size + 1);
	enum disk_kind kind;
	int fd = mkstemp(path);

	assert_true(fd >= 0 && data);
	if (size >= 512)
		memcpy(data + 510, "\x55\xaa", 2);
	if (len)
		memcpy(data + at, bytes, len);
	assert_int_equal(write(fd, data, size), size);
	kind = disk_peek(path);
	close(fd);
	unlink(path);
	free(data);
	return kind;
}

static void test_disks_are_told_from_images(void **state)
{
	static const char entry[] = "\0\0\0\0\xee\0\0\0\1\0\0\0\xff\0\0\0";

	assert_int_equal(peek(40000, 0x1be, entry, 16), DISK_RAW);
	assert_int_equal(
		peek(512, 0x1ce, entry, 16), DISK_NONE); /* ends where an image's magic would be */
	assert_int_equal(peek(40000, 0, "", 0), DISK_NONE);
	assert_int_equal(peek(40000, 0x8001, "CD001", 5), DISK_CD);
	assert_int_equal(peek(0x8003, 0x1be, entry, 16), DISK_RAW);
	assert_int_equal(peek(40000, 0x202, "HdrS", 4), DISK_NONE);
	assert_int_equal(peek(0, 0, "", 0), DISK_NONE);
	assert_int_equal(disk_peek("/nonexistent"), DISK_NONE);
	assert_int_equal(disk_peek("/"), DISK_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_follow_from_versions),
		cmocka_unit_test(test_only_the_default_changes),
		cmocka_unit_test(test_who_names_a_file),
		cmocka_unit_test(test_smallest_disks),
		cmocka_unit_test(test_any_sizes),
		cmocka_unit_test(test_guids_follow_from_the_digest),
		cmocka_unit_test(test_folders_come_first),
		cmocka_unit_test(test_initrds_are_aligned),
		cmocka_unit_test(test_disks_are_told_from_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
