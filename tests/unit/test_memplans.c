/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/memplans: 1 GiB pages, crash kernels, and other words that bind memory. */
#include "tests/unit/unit.h"

#include "core/memplans.h"

#define MIB 0x100000ull
#define GIB 0x40000000ull

static void test_gib_pages(void **state)
{
	static const struct {
		const char *line;
		uint64_t pages;
	} cases[] = {
		{"", 0},
		{"hugepages=512", 0},
		{"hugepagesz=1G hugepages=4", 4},
		{"hugepagesz=1024M hugepages=4", 4},
		{"hugepagesz=0x40000000 hugepages=010", 8},
		{"hugepagesz=2M hugepages=4", 0},
		{"hugepagesz=1G", 0},
		{"hugepages=4 hugepagesz=1G", 0},
		{"hugepagesz=2M hugepages=512 hugepagesz=1G hugepages=3", 3},
		{"hugepagesz=1G hugepages=3 hugepagesz=2M hugepages=512", 3},
		{"default_hugepagesz=1G hugepages=2", 2},
		{"hugepages=2 default_hugepagesz=1G", 2},
		{"default_hugepagesz=2M hugepages=2", 0},
		{"default_hugepagesz=1G hugepagesz=1G hugepages=5", 5},
		{"hugepagesz=1G hugepages=0:2,1:3", 5},
		{"hugepagesz=1G hugepages=0:2,1", 2},
		{"hugepagesz=1G hugepages=many", 0},
		{"hugepagesz=1G hugepages=18446744073709551615", UINT64_MAX},
		{"hugepagesz=1G hugepages=0:18446744073709551615,1:5", UINT64_MAX},
		{"hugepagesz=1G -- hugepages=4", 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].line, memplans_gib_pages(text_span(cases[i].line)),
			cases[i].pages);
}

static void test_keep(void **state)
{
	static const struct {
		const char *name;
		struct range before[3];
		uint64_t count, kept;
		struct range after[5];
	} cases[] = {
		{"none wanted", {{MIB, 8 * GIB}}, 0, 0, {{MIB, 8 * GIB}}},
		{"the lowest whole ones", {{MIB, 8 * GIB}}, 2, 2, {{MIB, GIB}, {3 * GIB, 8 * GIB}}},
		{"as many as there are", {{MIB, 3 * GIB}}, 9, 2, {{MIB, GIB}}},
		{"a range that is all pages goes", {{GIB, 3 * GIB}, {4 * GIB, 5 * GIB + 1}}, 9, 3,
			{{5 * GIB, 5 * GIB + 1}}},
		{"over several ranges", {{MIB, 2 * GIB}, {4 * GIB, 9 * GIB}}, 3, 3,
			{{MIB, GIB}, {6 * GIB, 9 * GIB}}},
		{"no whole one", {{MIB, 2 * GIB - 1}}, 1, 0, {{MIB, 2 * GIB - 1}}},
		{"at the end of all addresses", {{UINT64_MAX - GIB, UINT64_MAX}}, 1, 0,
			{{UINT64_MAX - GIB, UINT64_MAX}}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range r[6] = {cases[i].before[0], cases[i].before[1], cases[i].before[2]};
		struct range_set s = {r, 0, 6};
		uint64_t kept = 99;

		while (!range_empty(r[s.count]))
			s.count++;
		CHECK_EQ(cases[i].name, memplans_keep_gib_pages(&s, cases[i].count, &kept), ERR_OK);
		CHECK_EQ(cases[i].name, kept, cases[i].kept);
		for (size_t n = 0; n < s.count; n++) {
			CHECK_EQ(cases[i].name, r[n].start, cases[i].after[n].start);
			CHECK_EQ(cases[i].name, r[n].end, cases[i].after[n].end);
		}
		CHECK(cases[i].name, range_empty(cases[i].after[s.count]));
	}
}

static void test_crashkernel(void **state)
{
	static const struct {
		const char *line;
		struct range want[3];
	} cases[] = {
		{"crashkernel=256M", {{0}}},
		{"crashkernel=256M,high", {{0}}},
		{"crashkernel=64M@32M", {{32 * MIB, 96 * MIB}}},
		{"crashkernel=0x4000000@0x2000000", {{32 * MIB, 96 * MIB}}},
		{"crashkernel=512M-2G:64M,2G-:128M@16M", {{16 * MIB, 144 * MIB}}},
		{"crashkernel=512M-2G:64M,2G-:128M", {{0}}},
		{"crashkernel=64M@32M crashkernel=1G,high crashkernel=1M@1G",
			{{32 * MIB, 96 * MIB}, {GIB, GIB + MIB}}},
		{"crashkernel=64M@", {{0}}},
		{"crashkernel=0@16M", {{0}}},
		{"crashkernel=@16M", {{0}}},
		{"crashkernel=1G-64M@16M", {{0}}},
		{"crashkernel=0xffffffffffffffff@16M", {{16 * MIB, UINT64_MAX}}},
		{"-- crashkernel=64M@32M", {{0}}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range r;
		size_t pos = 0, n = 0;

		for (; memplans_next_crashkernel(text_span(cases[i].line), &pos, &r); n++) {
			CHECK_EQ(cases[i].line, r.start, cases[i].want[n].start);
			CHECK_EQ(cases[i].line, r.end, cases[i].want[n].end);
		}
		CHECK(cases[i].line, range_empty(cases[i].want[n]));
	}
}

static void test_words(void **state)
{
	assert_true(memplans_movable_node(text_span("quiet movable_node")));
	assert_false(memplans_movable_node(text_span("quiet")));
	assert_true(memplans_soft_reserve(text_span("efi=runtime")));
	assert_false(memplans_soft_reserve(text_span("efi=runtime,nosoftreserve")));
	assert_int_equal(memplans_acpi_rsdp(text_span("acpi_rsdp=0xbff7e014")), 0xbff7e014);
	assert_int_equal(memplans_acpi_rsdp(text_span("acpi_rsdp=bff7e014")), 0xbff7e014);
	assert_int_equal(memplans_acpi_rsdp(text_span("acpi_rsdp=0xz")), 0);
	assert_int_equal(memplans_acpi_rsdp(text_span("acpi_rsdp=10000000000000000")), 0);
	assert_int_equal(memplans_acpi_rsdp(text_span("acpi_rsdp=")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gib_pages),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_crashkernel),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("memplans", tests, NULL, NULL);
}
