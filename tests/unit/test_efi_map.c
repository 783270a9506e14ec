/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/efi_map: which memory of firmware's own map may be chosen. */
#include "tests/unit/unit.h"

#include "core/efi_map.h"
#include "spec/efi.h"

#define MIB   0x100000ull
#define PAGE  0x1000ull
#define MAX   20
#define MR    EFI_MEMORY_MORE_RELIABLE
#define SP    EFI_MEMORY_SP
#define CONV  EFI_CONVENTIONAL_MEMORY

struct descriptor {
	uint32_t type;
	uint64_t start, pages, attribute;
};

static struct efi_map map_make(
	uint8_t *bytes, const struct descriptor *d, size_t count, uint32_t desc_size)
{
	memset(bytes, 0xa5, count * desc_size);
	for (size_t i = 0; i < count; i++) {
		uint8_t *md = bytes + i * desc_size;

		le32_put(md + 0, d[i].type);
		le64_put(md + 8, d[i].start);
		le64_put(md + 24, d[i].pages);
		le64_put(md + 32, d[i].attribute);
	}
	return (struct efi_map){{bytes, count * desc_size}, desc_size, 1};
}

static const struct {
	const char *name;
	struct descriptor d[MAX];
	bool no_soft_reserve;
	struct range conventional[6], mirrored[4], unaccepted[3]; /* ended by empty ones */
} cases[] = {
	{"OVMF (edk2 2022.11, q35, 256 MiB) at ExitBootServices, the low part",
		{{EFI_BOOT_SERVICES_CODE, 0, 1, 0xf}, {CONV, 0x1000, 0x9f, 0xf},
			{CONV, MIB, 0x700, 0xf}, {EFI_ACPI_NVS, 0x800000, 8, 0xf},
			{CONV, 0x808000, 3, 0xf}, {EFI_ACPI_NVS, 0x80b000, 1, 0xf},
			{CONV, 0x80c000, 4, 0xf}, {EFI_ACPI_NVS, 0x810000, 0xf0, 0xf},
			{EFI_BOOT_SERVICES_DATA, 0x900000, 0xf00, 0xf},
			{CONV, 0x1800000, 0x800, 0xf}, {EFI_LOADER_DATA, 0x2000000, 0x100, 0xf}},
		false,
		{{0x1000, 0xa0000}, {MIB, 0x800000}, {0x808000, 0x80b000}, {0x80c000, 0x810000},
			{0x1800000, 0x2000000}}},
	{"only conventional memory",
		{{EFI_LOADER_CODE, 0, 16, 0}, {EFI_BOOT_SERVICES_DATA, 16 * PAGE, 16, 0},
			{EFI_RUNTIME_DATA, 32 * PAGE, 16, 1ull << 63}, {EFI_MMIO, 48 * PAGE, 16, 0},
			{EFI_PERSISTENT_MEMORY, 64 * PAGE, 16, 0}, {0x80000000, 80 * PAGE, 16, 0},
			{CONV, 96 * PAGE, 16, 0}},
		false, {{96 * PAGE, 112 * PAGE}}},
	{"soft-reserved memory is left alone", {{CONV, MIB, 256, 0}, {CONV, 2 * MIB, 256, SP}},
		false, {{MIB, 2 * MIB}}},
	{"unless the command line says otherwise",
		{{CONV, MIB, 256, 0}, {CONV, 2 * MIB, 256, SP}}, true, {{MIB, 3 * MIB}}},
	{"mirrored memory is known",
		{{CONV, MIB, 256, 0}, {CONV, 2 * MIB, 256, MR}, {CONV, 4 * MIB, 256, MR | SP}},
		false, {{MIB, 3 * MIB}}, {{2 * MIB, 3 * MIB}}},
	{"mirrored memory of firmware is not for us", {{EFI_RUNTIME_DATA, MIB, 256, MR}, {CONV, 2 * MIB, 256, 0}},
		false, {{2 * MIB, 3 * MIB}}},
	{"unaccepted memory is neither", {{CONV, MIB, 256, 0}, {EFI_UNACCEPTED_MEMORY, 2 * MIB, 512, 0}},
		false, {{MIB, 2 * MIB}}, {{0}}, {{2 * MIB, 4 * MIB}}},
	{"order does not matter", {{CONV, 4 * MIB, 256, 0}, {EFI_MMIO, 2 * MIB, 256, 0}, {CONV, 0, 256, 0}},
		false, {{0, MIB}, {4 * MIB, 5 * MIB}}},
	{"where descriptors overlap, the other type wins",
		{{CONV, 0, 1024, MR}, {EFI_RUNTIME_CODE, MIB, 256, 0}}, false,
		{{0, MIB}, {2 * MIB, 4 * MIB}}, {{0, MIB}, {2 * MIB, 4 * MIB}}},
	{"no pages are nothing", {{CONV, MIB, 0, 0}, {EFI_MMIO, MIB, 0, 0}}, false, {{0}}},
	{"more pages than there are addresses",
		{{CONV, MIB, UINT64_MAX, 0}, {EFI_MMIO, 4 * MIB, UINT64_MAX / 4, 0}}, false,
		{{MIB, 4 * MIB}}},
	{"what would wrap is cut", {{CONV, UINT64_MAX - 0xfff, 5, 0}}, false,
		{{UINT64_MAX - 0xfff, UINT64_MAX}}},
};

static void check_set(const char *name, const struct range_set *got, const struct range *want)
{
	for (size_t i = 0; i < got->count; i++) {
		CHECK_EQ(name, got->r[i].start, want[i].start);
		CHECK_EQ(name, got->r[i].end, want[i].end);
	}
	CHECK(name, range_empty(want[got->count]));
}

static void test_split(void **state)
{
	static const uint32_t sizes[] = {40, 48, 56};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t bytes[MAX * 56];
		struct range c[8], m[8], u[8], t[16];
		struct range_set conventional = {c, 0, 8}, mirrored = {m, 0, 8};
		struct range_set unaccepted = {u, 0, 8}, scratch = {t, 0, 16};
		const struct efi_sets sets = {&conventional, &mirrored, &scratch};
		size_t count = 0;

		while (count < MAX && (cases[i].d[count].type || cases[i].d[count].pages))
			count++;
		struct efi_map map = map_make(bytes, cases[i].d, count, sizes[i % 3]);

		CHECK_EQ(cases[i].name,
			efi_map_split(&map, !cases[i].no_soft_reserve, &sets, NULL), ERR_OK);
		CHECK_EQ(cases[i].name, efi_map_unaccepted(&map, &unaccepted, NULL), ERR_OK);
		check_set(cases[i].name, &conventional, cases[i].conventional);
		check_set(cases[i].name, &mirrored, cases[i].mirrored);
		check_set(cases[i].name, &unaccepted, cases[i].unaccepted);
	}
}

static void test_damaged(void **state)
{
	static const struct {
		const char *name;
		uint32_t size, version;
		size_t len;
		enum err e;
		const char *field;
	} damaged[] = {
		{"descriptors too small", 39, 1, 400, ERR_BAD_MEMORY_MAP, "efi_memdesc_size"},
		{"descriptors of no size", 0, 1, 400, ERR_BAD_MEMORY_MAP, "efi_memdesc_size"},
		{"another version", 48, 2, 480, ERR_BAD_MEMORY_MAP, "efi_memdesc_version"},
		{"no descriptor", 48, 1, 47, ERR_BAD_MEMORY_MAP, "efi_memmap_size"},
		{"bytes behind the last one", 48, 1, 95, ERR_OK, NULL},
	};
	uint8_t bytes[480] = {0};

	for (size_t i = 0; i < COUNT(damaged); i++) {
		struct efi_map map = {
			{bytes, damaged[i].len}, damaged[i].size, damaged[i].version};
		struct fault fault = {0};
		size_t count = 7;

		CHECK_EQ(damaged[i].name, efi_map_check(&map, &count, &fault), damaged[i].e);
		CHECK_EQ(damaged[i].name, count, damaged[i].e ? 7 : 1);
		if (damaged[i].e)
			assert_string_equal(fault.text, damaged[i].field);
	}
}

static void test_no_space(void **state)
{
	static const struct descriptor d[] = {
		{CONV, 0, 1, 0}, {CONV, 2 * PAGE, 1, 0}, {CONV, 4 * PAGE, 1, 0}};
	uint8_t bytes[3 * 40];
	struct range c[2], other[2];
	struct range_set conventional = {c, 0, 2}, mirrored = {other, 0, 1};
	struct range_set scratch = {other + 1, 0, 1};
	const struct efi_sets sets = {&conventional, &mirrored, &scratch};
	struct efi_map map = map_make(bytes, d, 3, 40);

	assert_int_equal(efi_map_split(&map, true, &sets, NULL), ERR_NO_SPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_no_space),
	};

	return cmocka_run_group_tests_name("efi_map", tests, NULL, NULL);
}
