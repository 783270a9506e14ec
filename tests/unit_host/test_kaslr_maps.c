/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stock kernel on twelve machines, drawn by the objects that the stub is linked from: every place
 * in RAM, on a multiple of 2 MiB, clear of all that is avoided, all of them equally likely.
 *
 *   test-host-kaslr-maps FOLDER DRAWS        FOLDER: tests/data/maps
 *
 * seabios-*, ovmf-*: what QEMU 7.2's kernels log (6.1, efi=debug); laptop: 300 holes, as /proc/iomem;
 * one-slot, none: just so large.
 */
#include "tests/unit/unit.h"

#include "host/kaslr_model.h"
#include "spec/image.h"

static const char *folder;
static uint64_t draws;

static const struct {
	const char *name;
	bool efi;
	uint64_t slots_min, slots_max, highest_above;
} maps[] = {
	{"seabios-pc-128m", false, 20, 40, 0},
	{"seabios-pc-1g", false, 470, 480, 0},
	{"seabios-q35-3g", false, 1450, 1510, 0x80000000},
	{"seabios-pc-6g", false, 3000, 3030, 0x100000000},
	{"seabios-q35-12g", false, 6070, 6090, 0x100000000},
	{"ovmf-q35-256m", true, 20, 25, 0},
	{"ovmf-q35-1g", true, 380, 390, 0},
	{"ovmf-pc-4g", true, 1890, 1900, 0x100000000},
	{"ovmf-q35-6g", true, 2910, 2920, 0x100000000},
	{"laptop", false, 5420, 5440, 0x100000000},
	{"one-slot", false, 1, 1, 0},
	{"none", false, 0, 0, 0},
};

/* Debian's 6.1 amd64 kernel as zstd. */
static void stock(struct kernel *k, uint8_t *head)
{
	le32_put(head + STUB_INFO_OFFSET + STUB_INFO_IMAGE_SIZE, 0x940000);
	le32_put(head + STUB_INFO_OFFSET + STUB_INFO_WORK_SIZE, 0x74000);
	le32_put(head + STUB_INFO_OFFSET + STUB_INFO_INIT_SIZE, 0x4500000);
	le64_put(head + STUB_INFO_OFFSET + STUB_INFO_PREF_ADDRESS, 0x1000000);
	le32_put(head + STUB_INFO_OFFSET + STUB_INFO_ALIGNMENT, 0x200000);
	le16_put(head + STUB_INFO_OFFSET + STUB_INFO_XLOADFLAGS, XLF_CAN_BE_LOADED_ABOVE_4G);
	*k = (struct kernel){
		.name = "stock",
		.protected_mode = {head, 0x100},
		.manifest = {.flags = MANIFEST_FLAG_IN_PLACE | MANIFEST_FLAG_MOVABLE |
				MANIFEST_FLAG_VIRTUAL,
			.content_size = 65906612, .first_offset = 0x200000, .tail_offset = 65014640,
			.mem_base = 0x1000000, .mem_size = 0x3a00000},
	};
}

static struct span map_file(const char *name, char *buf, size_t cap)
{
	char path[512];
	FILE *f;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s.txt", folder, name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("cannot open %s", path);
	len = fread(buf, 1, cap, f);
	fclose(f);
	assert_true(len < cap);
	return (struct span){(uint8_t *)buf, len};
}

static void model(const char *name, const char *cmdline, struct kaslr_model *m)
{
	static char buf[1 << 16];
	static struct map_text map;
	uint8_t head[0x100] = {0};
	struct kernel k;

	stock(&k, head);
	assert_int_equal(map_text_parse(map_file(name, buf, sizeof(buf)), &map, NULL), ERR_OK);
	memset(m, 0, sizeof(*m));
	m->map_name = name;
	m->cmdline = text_span(cmdline);
	assert_int_equal(kaslr_model_make(&k, &map, 0x100000, m), STATUS_DONE);
}

static void test_maps(void **state)
{
	static struct kaslr_model m;
	struct kaslr_simulation s;

	assert_true(COUNT(maps) >= 12);
	for (size_t i = 0; i < COUNT(maps); i++) {
		model(maps[i].name, "", &m);
		assert_int_equal(kaslr_simulate(&m, draws, 1 + i, &s), STATUS_DONE);
		printf("%-16s %5llu slots, p %.4f virtual %.4f, correlation %+.5f p %.4f\n",
			maps[i].name, (unsigned long long)m.found.slots, s.physical.test.p,
			s.window.test.p, s.correlation, s.correlation_p);
		CHECK_EQ(maps[i].name, m.memory.efi,
			maps[i].efi ? EFI_MAP_USED : EFI_MAP_NONE);
		CHECK(maps[i].name, m.found.slots >= maps[i].slots_min);
		CHECK(maps[i].name, m.found.slots <= maps[i].slots_max);
		CHECK_EQ(maps[i].name, s.wrong, 0);
		CHECK(maps[i].name, s.physical.test.p > 0.001);
		CHECK(maps[i].name, s.window.test.p > 0.001);
		CHECK(maps[i].name, s.correlation_p > 0.001);
		CHECK_EQ(maps[i].name, s.physical.bins ? 1 : 0, maps[i].slots_max ? 1 : 0);
		if (!maps[i].slots_max)
			continue;
		CHECK(maps[i].name, s.physical.highest >= maps[i].highest_above);
		CHECK_EQ(maps[i].name, s.physical.lowest % 0x200000, 0);
		CHECK(maps[i].name, s.physical.lowest >= 0x1000000);
	}
}

/* The command line and why: the reasons are named, and the places keep off. */
static void test_reasons(void **state)
{
	static const struct {
		const char *cmdline, *reason;
		struct range off; /* no slot touches this */
	} cases[] = {
		{"mem=2G", "mem=, memmap= or crashkernel=", {0x80000000, UINT64_MAX}},
		{"memmap=64M$64M", "mem=, memmap= or crashkernel=", {0x4000000, 0x8000000}},
		{"memmap=1M$32M,1M$48M,1M$64M,1M$80M memmap=1M#96M memmap=1M!112M memmap=1M$128M,1M$144M",
			"mem=, memmap= or crashkernel=", {0x9000000, 0x9100000}},
		{"crashkernel=256M@512M", "mem=, memmap= or crashkernel=", {0x20000000, 0x30000000}},
		{"default_hugepagesz=1G hugepages=2", "hugepages=: 1 GiB pages",
			{0x40000000, 0x80000000}},
	};
	static struct kaslr_model m;

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool named = false;

		model("seabios-pc-6g", cases[i].cmdline, &m);
		CHECK(cases[i].cmdline, m.found.slots > 100);
		for (size_t n = 0; n < m.avoided_count; n++)
			named |= !strcmp(m.avoided[n].reason, cases[i].reason);
		CHECK(cases[i].cmdline, named);
		CHECK(cases[i].cmdline, !range_set_touches(&m.memory.work, cases[i].off));
	}
}

/* A generator that is not uniform must not pass. */
static void test_the_test_can_fail(void **state)
{
	static uint64_t seen[1000];
	static double expected[1000];
	struct unit_random random = {9};

	for (unsigned i = 0; i < 1000000; i++)
		seen[(unit_random(&random) & 0xfff) % 1000]++; /* the lowest 96 have one number too many */
	for (unsigned i = 0; i < 1000; i++)
		expected[i] = 1000;
	assert_true(chi_square_test(seen, expected, 1000).p < 0.001);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_the_test_can_fail),
	};

	if (argc != 3) {
		fprintf(stderr, "usage: %s FOLDER DRAWS\n", argv[0]);
		return 2;
	}
	folder = argv[1];
	draws = strtoull(argv[2], NULL, 10);
	return cmocka_run_group_tests_name("kaslr_maps", tests, NULL, NULL);
}
