/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/map_text and host/chi_square: memory maps as text, good and hostile, and values of tables. */
#include "tests/unit/unit.h"

#include <math.h>

#include "host/chi_square.h"
#include "host/map_text.h"
#include "spec/efi.h"

#define LOG "[    0.000000] BIOS-e820: "

static struct map_text map;

static void test_lines(void **state)
{
	static const struct {
		const char *name, *text;
		uint64_t start, size; /* of the one entry */
		uint32_t type;
	} cases[] = {
		{"a log", LOG "[mem 0x0000000000100000-0x00000000bffdffff] usable\n", 0x100000,
			0xbfee0000, E820_RAM},
		{"a log without times, with \\r", "BIOS-e820: [mem 0x0-0xfff] ACPI NVS\r\n", 0, 0x1000, E820_NVS},
		{"ACPI data", LOG "[mem 0x0-0xfff] ACPI data", 0, 0x1000, E820_ACPI},
		{"persistent", LOG "[mem 0x0-0xfff] persistent (type 7)", 0, 0x1000, E820_PMEM},
		{"a kind that nobody knows", LOG "[mem 0x0-0xfff] type 20", 0, 0x1000, E820_RESERVED},
		{"iomem", "00100000-bffdffff : System RAM\n", 0x100000, 0xbfee0000, E820_RAM},
		{"iomem, a device", "fd000000-fdffffff : PCI Bus 0000:00\n", 0xfd000000, 0x1000000,
			E820_RESERVED},
		{"iomem, what is inside does not count",
			"00100000-bffdffff : System RAM\n  01000000-02000000 : Kernel code\n", 0x100000,
			0xbfee0000, E820_RAM},
		{"a trace", "   0.123 s  bzforge:   RAM        0x000000100000 - 0x0000bffe0000\n", 0x100000,
			0xbfee0000, E820_RAM},
		{"a trace, reserved", "bzforge:   not RAM    0x0000bffe0000 - 0x0000c0000000\n",
			0xbffe0000, 0x20000, E820_RESERVED},
		{"the end of all addresses", LOG "[mem 0xfffffffffffff000-0xffffffffffffffff] usable",
			0xfffffffffffff000, 0xfff, E820_RAM},
		{"other lines", "Linux version 6.1\nuser: [mem 0x0-0x1] usable\nreserve setup_data: [mem 0x0-0xf] usable\n" LOG
			"[mem 0x1000-0x1fff] usable\nBIOS-provided physical RAM map:\n", 0x1000, 0x1000, E820_RAM},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK_EQ(cases[i].name, map_text_parse(text_span(cases[i].text), &map, NULL), ERR_OK);
		CHECK_EQ(cases[i].name, map.e820_count, 1);
		CHECK_EQ(cases[i].name, le64_get(map.e820), cases[i].start);
		CHECK_EQ(cases[i].name, le64_get(map.e820 + 8), cases[i].size);
		CHECK_EQ(cases[i].name, le32_get(map.e820 + 16), cases[i].type);
	}
}

static void test_efi(void **state)
{
	static const struct {
		const char *line;
		uint32_t type;
		uint64_t attribute;
	} cases[] = {
		{"efi: mem00: [Conventional|   |  |  |  |  |  |  |  |  |  |   |WB|WT|WC|UC] range=[0x0000000000001000-0x0000000000002fff] (0MB)",
			EFI_CONVENTIONAL_MEMORY, 0},
		{"[    0.000000] efi: mem100: [Conventional Memory|   |MR|  |SP|  |  |  |  |  |  |   |WB|WT|WC|UC] range=[0x1000-0x2fff] (0MB)",
			EFI_CONVENTIONAL_MEMORY, EFI_MEMORY_MORE_RELIABLE | EFI_MEMORY_SP},
		{"efi: mem00: [Boot Data|MR|WB] range=[0x1000-0x2fff]", EFI_BOOT_SERVICES_DATA,
			EFI_MEMORY_MORE_RELIABLE},
		{"efi: mem00: [Unaccepted|WB] [mem 0x1000-0x2fff]", EFI_UNACCEPTED_MEMORY, 0},
		{"efi: mem00: [type=80000000|WB] range=[0x1000-0x2fff]", EFI_RESERVED_MEMORY, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK_EQ(cases[i].line, map_text_parse(text_span(cases[i].line), &map, NULL), ERR_OK);
		CHECK_EQ(cases[i].line, map.efi_count, 1);
		CHECK_EQ(cases[i].line, le32_get(map.efi), cases[i].type);
		CHECK_EQ(cases[i].line, le64_get(map.efi + 8), 0x1000);
		CHECK_EQ(cases[i].line, le64_get(map.efi + 24), 2);
		CHECK_EQ(cases[i].line, le64_get(map.efi + 32), cases[i].attribute);
	}
}

static void test_trace(void **state)
{
	static const char text[] =
		"   0.010 s  bzforge: image at 0x200000, 0xa00000 bytes, work area at 0xc00000, boot_params at 0x90000\n"
		"   0.011 s  bzforge:   RAM        0x000000000000 - 0x000040000000\n"
		"   0.011 s  bzforge:   keep       0x000000000000 - 0x000000100000 first MiB\n"
		"   0.011 s  bzforge:   keep       0x000030000000 - 0x000030001234 initrd\n"
		"   0.011 s  bzforge:   keep       0x000031000000 - 0x000032000000 crashkernel=\n"
		"   0.011 s  bzforge:   keep       0x000033000000 - 0x000034000000 something new\n"
		"   0.011 s  bzforge:   free       0x000000100000 - 0x000030000000\n"
		"   0.011 s  bzforge:   mirrored   0x000000100000 - 0x000020000000\n"
		"   0.011 s  bzforge:   immovable  0x000000100000 - 0x000010000000\n"
		"   0.012 s  bzforge:   slots      0x000000100000 - 0x000010000000 17\n";

	assert_int_equal(map_text_parse(text_span(text), &map, NULL), ERR_OK);
	assert_true(map.has_image);
	assert_int_equal(map.image_pa, 0x200000);
	assert_int_equal(map.e820_count, 1);
	assert_int_equal(map.kept_count, 4);
	assert_int_equal(map.kept[1].reason, KEEP_INITRD);
	assert_int_equal(map.kept[1].range.end, 0x30001234);
	assert_true(map.kept[2].soft);
	assert_int_equal(map.kept[3].reason, KEEP_OTHER);
	assert_int_equal(map.free.count, 1);
	assert_int_equal(map.mirrored.r[0].end, 0x20000000);
	assert_int_equal(map.immovable.r[0].end, 0x10000000);
}

static void test_hostile(void **state)
{
	static const struct {
		const char *text;
		enum err e;
		const char *what;
		uint64_t offset, value;
		size_t line;
	} cases[] = {
		{"", ERR_NO_MEMORY_MAP, "not one line of a memory map", 0, 0, 1},
		{"hello\n", ERR_NO_MEMORY_MAP, "not one line of a memory map", 0, 6, 1},
		{"BIOS-e820: [mem 0x2000-0x0fff] usable", ERR_BAD_MEMORY_MAP,
			"range ends below its start", 29, 0xfff, 1},
		{"\n\nBIOS-e820: [mem 0x2000] usable", ERR_BAD_MEMORY_MAP, "no end of the range", 24,
			0x2000, 3},
		{"BIOS-e820: [mem usable", ERR_BAD_MEMORY_MAP, "no address", 16, 'u', 1},
		{"BIOS-e820: [mem ", ERR_BAD_MEMORY_MAP, "no address", 16, 0, 1},
		{"BIOS-e820: [mem 0x12345678123456789-0x1] usable", ERR_BAD_MEMORY_MAP,
			"address of more than 64 bits", 34, 0x1234567812345678, 1},
		{"BIOS-e820: [mem 0x0-0xfff usable", ERR_BAD_MEMORY_MAP, "no kind of memory", 25, 0, 1},
		{"efi: mem00: [Conventional|WB]", ERR_BAD_MEMORY_MAP, "no range", 13, 0, 1},
		{"00000000-00000000 : System RAM\n", ERR_BAD_MEMORY_MAP,
			"addresses are hidden: read /proc/iomem as root", 20, 0, 1},
		{"bzforge:   RAM        0x1000 - 0x0fff", ERR_BAD_MEMORY_MAP,
			"range ends below its start", 37, 0xfff, 1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span text = text_span(cases[i].text);
		struct fault fault = {0};

		CHECK_EQ(cases[i].text, map_text_parse(text, &map, &fault), cases[i].e);
		if (strcmp(fault.text, cases[i].what))
			fail_msg("%s: %s", cases[i].text, fault.text);
		CHECK_EQ(cases[i].text, fault.offset, cases[i].offset);
		CHECK_EQ(cases[i].text, fault.value, cases[i].value);
		CHECK_EQ(cases[i].text, map_text_line(text, fault.offset), cases[i].line);
	}
}

static void test_too_many(void **state)
{
	static char text[(MAP_TEXT_MAX + 1) * 16 + 1];
	static const char line[] = "1000-1fff : RAM\n";
	struct fault fault = {0};

	for (size_t i = 0; i <= MAP_TEXT_MAX; i++)
		memcpy(text + i * 16, line, 16);
	assert_int_equal(map_text_parse((struct span){(uint8_t *)text, MAP_TEXT_MAX * 16}, &map,
				 &fault), ERR_OK);
	assert_int_equal(map_text_parse(text_span(text), &map, &fault), ERR_NO_SPACE);
	assert_int_equal(map_text_line(text_span(text), fault.offset), MAP_TEXT_MAX + 1);
}

/* Percentiles as printed in [Abramowitz, Stegun, table 26.8], and closed forms. */
static void test_chi_square(void **state)
{
	static const struct {
		double degrees, x, p;
	} cases[] = {
		{1, 3.84146, 0.05}, {1, 10.828, 0.001}, {2, 5.99146, 0.05}, {5, 1.14548, 0.95},
		{10, 18.3070, 0.05}, {10, 29.588, 0.001}, {30, 43.7730, 0.05}, {100, 124.342, 0.05},
		{100, 77.9295, 0.95}, {100, 149.449, 0.001},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_float_equal(gamma_q(cases[i].degrees / 2, cases[i].x / 2), cases[i].p,
			cases[i].p * 1e-3);
	for (double x = 0.01; x < 40; x *= 1.7) {
		assert_float_equal(gamma_q(1, x), exp(-x), 1e-12);
		assert_float_equal(gamma_q(0.5, x), erfc(sqrt(x)), 1e-12);
		assert_float_equal(gamma_q(3, x), exp(-x) * (1 + x + x * x / 2), 1e-12);
	}
	/* Large ones by the normal distribution [Wilson, Hilferty 1931]. */
	for (double z = -3; z <= 3; z += 0.5) {
		double n = 50000, cube = 1 - 2 / (9 * n) + z * sqrt(2 / (9 * n));

		assert_float_equal(gamma_q(n / 2, n * cube * cube * cube / 2),
			erfc(z / sqrt(2)) / 2, 1e-4);
	}
	assert_float_equal(gamma_q(7, 0), 1, 0);
}

static void test_chi_square_of_counts(void **state)
{
	static const uint64_t even[] = {100, 100, 100, 100}, odd[] = {160, 80, 80, 80};
	static const double expected[] = {100, 100, 100, 100};
	struct chi_square r = chi_square_test(even, expected, 4);

	assert_float_equal(r.statistic, 0, 0);
	assert_float_equal(r.p, 1, 1e-12);
	r = chi_square_test(odd, expected, 4);
	assert_float_equal(r.statistic, 48, 1e-9);
	assert_int_equal(r.degrees, 3);
	assert_true(r.p < 1e-9);
	r = chi_square_test(even, expected, 1);
	assert_float_equal(r.p, 1, 0);
	assert_float_equal(correlation_p(0, 1000), 1, 1e-12);
	assert_float_equal(correlation_p(1.959964 / sqrt(1000), 1000), 0.05, 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_efi),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_chi_square),
		cmocka_unit_test(test_chi_square_of_counts),
	};

	return cmocka_run_group_tests_name("map_text", tests, NULL, NULL);
}
