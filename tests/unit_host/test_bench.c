/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/bench_*, count, decode_time, initramfs, qemu: what bench computes, parses and writes. */
#include "tests/unit/unit.h"

#include "host/bench.h"
#include "host/count.h"
#include "host/initramfs.h"
#include "host/qemu.h"

static void test_median(void **state)
{
	static const struct {
		double values[4];
		size_t count;
		double median;
	} cases[] = {
		{{3}, 1, 3},
		{{9, 1}, 2, 5},
		{{9, 1, 2}, 3, 2},
		{{4, 3, 2, 1}, 4, 2.5},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double copy[4];

		memcpy(copy, cases[i].values, sizeof(copy));
		assert_true(bench_median(copy, cases[i].count) == cases[i].median);
	}
}

static void test_userspace_keeps_the_order(void **state)
{
	struct bench_row row = {.userspace_s = {3, 1, 2}, .boots = 3};

	assert_true(bench_userspace(&row) == 2);
	assert_true(row.userspace_s[0] == 3 && row.userspace_s[1] == 1);
	row.boots = 0;
	assert_true(bench_userspace(&row) == BENCH_UNKNOWN);
}

static bool overlap(const struct bench_label *a, const struct bench_label *b)
{
	return a->left < b->left + b->w && b->left < a->left + a->w &&
	       a->bottom < b->bottom + b->h && b->bottom < a->bottom + a->h;
}

static bool covers_dot(const struct bench_label *l, const struct bench_label *dot)
{
	return dot->x > l->left && dot->x < l->left + l->w && dot->y > l->bottom &&
	       dot->y < l->bottom + l->h;
}

#define W 1000
#define H 500

static void test_labels_do_not_cover(void **state)
{
	static const struct {
		const char *name;
		double x[4], y[4];
		size_t count;
	} cases[] = {
		{"alone", {500}, {250}, 1},
		{"at the right edge", {995}, {250}, 1},
		{"in each corner", {5, 995, 5, 995}, {5, 5, 495, 495}, 4},
		{"two in the same place", {300, 300}, {100, 100}, 2},
		{"one behind the other", {300, 330, 360}, {100, 100, 100}, 3},
		{"a heap", {300, 303, 306, 309}, {100, 102, 104, 106}, 4},
	};
	size_t c, i, j;

	for (c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct bench_label l[4];

		for (i = 0; i < cases[c].count; i++)
			l[i] = (struct bench_label){cases[c].x[i], cases[c].y[i], 80, 26};
		bench_layout(l, cases[c].count, 9, W, H);
		for (i = 0; i < cases[c].count; i++) {
			if (l[i].left < 0 || l[i].bottom < 0 || l[i].left + 80 > W ||
				l[i].bottom + 26 > H)
				fail_msg("%s: label %zu leaves the field", cases[c].name, i);
			for (j = 0; j < cases[c].count; j++) {
				if (covers_dot(&l[i], &l[j]))
					fail_msg("%s: label %zu on dot %zu", cases[c].name, i, j);
				if (j < i && overlap(&l[i], &l[j]))
					fail_msg("%s: label %zu on %zu", cases[c].name, i, j);
			}
		}
	}
}

static void test_count_parse(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{"entry_seen 1\nkernel_seen 1\nkernel_va ffffffff81000000\ninstructions 4480774035\n"
			"nanoseconds 12\n",
			true},
		{"entry_seen 1\nkernel_seen 1\nkernel_va 1000000\ninstructions 1\n", false},
		{"", false},
		{"entry_seen 1\n", false},
		{"entry_seen 1\nkernel_seen 1\nkernel_va 1000000\n", false},
		{"kernel_seen 1\nentry_seen 1\nkernel_va 1\ninstructions 1\nnanoseconds 1\n", false},
		{"entry_seen x\nkernel_seen 1\nkernel_va 1\ninstructions 1\nnanoseconds 1\n", false},
	};
	struct count c = {0};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(count_parse(cases[i].text, &c), cases[i].good);
	assert_true(c.entered && c.arrived);
	assert_true(c.kernel_va == 0xffffffff81000000);
	assert_true(c.instructions == 4480774035);
	assert_true(c.nanoseconds == 12);
}

/* An ELF of 0x400 bytes whose segment, from offset 0x100 on, has its entry at +0x40. */
static void test_kernel_code_ends_at_a_relocation(void **state)
{
	static const struct {
		uint32_t list[3]; /* 64-bit, inverse, 32-bit; one place each */
		size_t size;
	} cases[] = {
		{{0x81000000, 0x81000000, 0x81000000}, COUNT_CODE_SIZE},
		{{0x81000048, 0x81000000, 0x81000000}, 8},
		{{0x81000048, 0x81000044, 0x81000000}, 4},
		{{0x81000000, 0x81000000, 0x8100005f}, COUNT_CODE_SIZE - 1},
		{{0x81000000, 0x81000000, 0x81000060}, COUNT_CODE_SIZE},
		{{0x81000000, 0x81000000, 0x81000040}, 0},
	};
	static uint8_t elf[0x400];
	struct kernel k = {
		.elf = {elf, sizeof(elf)},
		.plan = {.entry_pa = 0x1000040, .count = 1, .segment = {{.offset = 0x100,
			.vaddr = 0xffffffff81000000, .paddr = 0x1000000, .filesz = 0x300}}},
	};
	uint8_t word[3][4];
	struct span code;
	size_t i, j;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (j = 0; j < 3; j++)
			le32_put(word[j], cases[i].list[j]);
		k.table.rel64 = (struct span){word[0], 4};
		k.table.inverse32 = (struct span){word[1], 4};
		k.table.rel32 = (struct span){word[2], 4};
		code = count_kernel_code(&k);
		assert_ptr_equal(code.ptr, elf + 0x140);
		assert_int_equal(code.len, cases[i].size);
	}
	k.table = (struct reloc_table){0};
	k.elf.len = 0x150; /* cut off */
	assert_int_equal(count_kernel_code(&k).len, 0x10);
	k.plan.entry_pa = 0x1000300; /* in the bss */
	assert_int_equal(count_kernel_code(&k).len, 0);
}

#define ONE(threads, cpu, wall)                                                                    \
	"{\"threads\": " #threads ", \"min_ms\": 1, \"median_ms\": " #cpu ", \"wall_min_ms\": 0.5, "    \
	"\"wall_median_ms\": " #wall "}"
#define STUB "{\"codec\": \"gzip\", \"stub\": {\"min_ms\": 1, \"median_ms\": 2.25}"
#define COPY ", \"memcpy\": {\"median_ms\": 0.75}"

static void test_decode_time_parse(void **state)
{
	static const char *const bad[] = {
		"", "{}", STUB "}", STUB COPY "}", STUB ", \"threads\": []}",
		"{\"stub\": {\"min_ms\": 1.5}" COPY ", \"threads\": []}",
		"{\"stub\": {\"min_ms\": \"1\", \"median_ms\": 2}" COPY ", \"threads\": []}",
		"{\"stub\": {\"min_ms\": 3, \"median_ms\": 2}" COPY ", \"threads\": []}",
		STUB COPY ", \"threads\": 2}", STUB COPY ", \"threads\": [2]}",
		STUB COPY ", \"threads\": [{\"threads\": 2, \"min_ms\": 1}]}",
		STUB COPY ", \"threads\": [" ONE(0, 2, 3) "]}",
		STUB COPY ", \"threads\": [" ONE(17, 2, 3) "]}",
		STUB COPY ", \"threads\": [" ONE(2, 0.5, 3) "]}",
		STUB COPY ", \"threads\": [" ONE(1, 2, 3) ", " ONE(2, 2, 0.25) "]}",
	};
	struct decode_time t = {-1, -1, -1, {{0}}, 0};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (decode_time_parse(bad[i], &t))
			fail_msg("taken for a time: %s", bad[i]);
	}
	assert_true(t.median_ms == -1 && t.counts == 0);
	assert_true(decode_time_parse(
		STUB COPY ", \"threads\": [" ONE(1, 2, 3) ", " ONE(16, 4, 1.5) "]}\n", &t));
	assert_true(t.min_ms == 1 && t.median_ms == 2.25 && t.copy_ms == 0.75);
	assert_int_equal(t.counts, 2);
	assert_int_equal(t.on[0].threads, 1);
	assert_int_equal(t.on[1].threads, 16);
	assert_true(t.on[1].cpu_median_ms == 4 && t.on[1].cpu_min_ms == 1);
	assert_true(t.on[1].wall_median_ms == 1.5 && t.on[1].wall_min_ms == 0.5);
	assert_true(decode_time_parse(STUB COPY ", \"threads\": []}", &t));
	assert_int_equal(t.counts, 0);
}

/* One member's header and name at *at; moves behind its data. */
static void expect_member(const uint8_t *archive, size_t *at, const char *name, const char *mode,
	const char *size, const char *device)
{
	const char *header = (const char *)archive + *at;
	size_t data = strtoul(size, NULL, 16);

	assert_int_equal(*at % 4, 0);
	assert_memory_equal(header, "070701", 6);
	assert_memory_equal(header + 14, mode, 8);
	assert_memory_equal(header + 54, size, 8);
	assert_memory_equal(header + 78, device, 16);
	assert_string_equal(header + 110, name);
	*at = (*at + 110 + strlen(name) + 1 + 3) / 4 * 4 + (data + 3) / 4 * 4;
}

static void test_initramfs(void **state)
{
	static const uint8_t program[5] = "\x7f""ELF";
	uint8_t archive[5 + INITRAMFS_MORE];
	const struct span span = {program, sizeof(program)};
	size_t at = 0, size = initramfs_build(span, archive, sizeof(archive));

	expect_member(archive, &at, "dev", "000041ED", "00000000", "0000000000000000");
	expect_member(archive, &at, "dev/console", "00002180", "00000000", "0000000500000001");
	assert_memory_equal(archive + at + 116, program, sizeof(program));
	expect_member(archive, &at, "init", "000081ED", "00000005", "0000000000000000");
	expect_member(archive, &at, "TRAILER!!!", "00000000", "00000000", "0000000000000000");
	assert_int_equal(at, size);
	assert_int_equal(initramfs_build(span, archive, size), size);
	assert_int_equal(initramfs_build(span, archive, size - 1), 0);
	assert_int_equal(initramfs_build(span, archive, 0), 0);
}

static void test_qemu_escape(void **state)
{
	char buf[16];

	assert_true(qemu_escape("/a,b/c.so", buf, sizeof(buf)));
	assert_string_equal(buf, "/a,,b/c.so");
	assert_true(qemu_escape("", buf, sizeof(buf)));
	assert_string_equal(buf, "");
	assert_false(qemu_escape(",,,,,,,,,,", buf, sizeof(buf)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_userspace_keeps_the_order),
		cmocka_unit_test(test_labels_do_not_cover),
		cmocka_unit_test(test_count_parse),
		cmocka_unit_test(test_kernel_code_ends_at_a_relocation),
		cmocka_unit_test(test_decode_time_parse),
		cmocka_unit_test(test_initramfs),
		cmocka_unit_test(test_qemu_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
