/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/linux_plan: where a kernel and what belongs to it go, and what its setup header says then. */
#include "tests/unit/unit.h"

#include "core/linux_plan.h"

#define MIB       0x100000ull
#define GIB       0x40000000ull
#define SETUP     0x20000
#define OLD_SETUP 0x90000

/*
 * A kernel of protocol 2.15 as ours are: 8 MiB, needs 64 MiB from where it is loaded, likes 16 MiB.
 *
 *   0   1M       16M            80M                256M     RAM of most cases
 *   |   | free   | kernel needs  | ...       initrd |
 */
static struct bzimage modern(void)
{
	return (struct bzimage){
		.protocol = 0x020f,
		.setup_size = 0x4000,
		.image_size = 0x4000 + 8 * MIB,
		.hdr = {.setup_sects = 31, .initrd_addr_max = 0x7fffffff, .kernel_alignment = 0x200000,
			.min_alignment = 21, .relocatable_kernel = 1, .cmdline_size = 2047,
			.pref_address = 16 * MIB, .init_size = 64 * MIB, .loadflags = 1},
	};
}

struct plan_case {
	const char *name;
	struct range ram[3];
	uint64_t initrd_size;
	enum err e;
	uint64_t kernel_pa, initrd_pa;
};

static enum err make(const struct bzimage *image, const struct range *ram, uint64_t file_size,
	uint64_t initrd_size, uint32_t cmdline_len, struct linux_plan *ret, struct fault *fault)
{
	struct range ranges[8], scratch_ranges[8];
	struct range_set usable = {ranges, 0, 8}, scratch = {scratch_ranges, 0, 8};
	struct linux_wish wish = {.image = image, .file_size = file_size, .initrd_size = initrd_size,
		.cmdline_len = cmdline_len, .setup_pa = SETUP, .old_setup_pa = OLD_SETUP, .usable = &usable};

	for (int i = 0; i < 3; i++)
		assert_int_equal(range_set_add(&usable, ram[i]), ERR_OK);
	return linux_plan_make(&wish, &scratch, ret, fault);
}

static void test_places(void **state)
{
	static const struct plan_case cases[] = {
		{"plenty", {{MIB, 256 * MIB}}, 0, ERR_OK, 16 * MIB, 0},
		{"initrd as high as can be", {{MIB, 256 * MIB}}, 10 * MIB, ERR_OK, 16 * MIB, 246 * MIB},
		{"initrd on a page", {{MIB, 256 * MIB - 1}}, 1, ERR_OK, 16 * MIB, 256 * MIB - 4096},
		{"initrd below initrd_addr_max", {{MIB, 3 * GIB}}, 10 * MIB, ERR_OK, 16 * MIB, 2 * GIB - 10 * MIB},
		{"memory above 4 GiB does not count", {{MIB, 256 * MIB}, {4 * GIB, 8 * GIB}}, 200 * MIB,
		 ERR_INITRD_MEMORY, 0, 0},
		{"hole where it likes to be", {{MIB, 15 * MIB}, {32 * MIB, 256 * MIB}}, MIB, ERR_OK, 32 * MIB,
		 255 * MIB},
		{"low memory is as good", {{MIB, 17 * MIB}, {18 * MIB, 90 * MIB}}, 0, ERR_OK, 18 * MIB, 0},
		{"nowhere", {{MIB, 60 * MIB}, {70 * MIB, 130 * MIB}}, 0, ERR_KERNEL_MEMORY, 0, 0},
		{"just enough", {{16 * MIB, 80 * MIB}}, 0, ERR_OK, 16 * MIB, 0},
		{"not aligned by a byte", {{16 * MIB + 1, 80 * MIB + 1}}, 0, ERR_KERNEL_MEMORY, 0, 0},
		{"initrd between kernel and end", {{16 * MIB, 90 * MIB}}, 10 * MIB, ERR_OK, 16 * MIB, 80 * MIB},
		{"initrd a page too large", {{16 * MIB, 90 * MIB}}, 10 * MIB + 1, ERR_INITRD_MEMORY, 0, 0},
		{"initrd below the kernel", {{MIB, 80 * MIB}}, 10 * MIB, ERR_OK, 16 * MIB, 6 * MIB},
		{"initrd of 4 GiB", {{MIB, 3 * GIB}}, 4 * GIB, ERR_INITRD_MEMORY, 0, 0},
	};
	struct bzimage image = modern();

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct linux_plan plan = {.kernel_pa = 1};
		struct fault fault = {0};

		CHECK_EQ(cases[i].name, make(&image, cases[i].ram, image.image_size, cases[i].initrd_size, 10, &plan,
			&fault), cases[i].e);
		if (cases[i].e) {
			CHECK(cases[i].name, fault.text && plan.kernel_pa == 1);
			continue;
		}
		CHECK_EQ(cases[i].name, plan.kernel_pa, cases[i].kernel_pa);
		CHECK_EQ(cases[i].name, plan.initrd_pa, cases[i].initrd_pa);
		CHECK_EQ(cases[i].name, plan.kernel_size, 8 * MIB);
		CHECK_EQ(cases[i].name, plan.setup_pa, SETUP);
	}
}

static const struct range all_ram[3] = {{MIB, GIB}};

static void test_kernels(void **state)
{
	struct linux_plan plan;
	struct bzimage image = modern();
	static const struct range small[3] = {{MIB, 15 * MIB}, {17 * MIB, 100 * MIB}};

	image.hdr.min_alignment = 12;
	image.hdr.init_size = 82 * MIB;
	assert_int_equal(make(&image, small, image.image_size, 0, 0, &plan, NULL), ERR_OK);
	assert_int_equal(plan.kernel_pa, 18 * MIB); /* 2 MiB aligned still goes */
	image.hdr.init_size = 83 * MIB;
	assert_int_equal(make(&image, small, image.image_size, 0, 0, &plan, NULL), ERR_OK);
	assert_int_equal(plan.kernel_pa, 17 * MIB); /* only at less */
	image.hdr.relocatable_kernel = 0;
	assert_int_equal(make(&image, small, image.image_size, 0, 0, &plan, NULL), ERR_KERNEL_MEMORY);

	image = modern();
	image.protocol = 0x0203; /* no alignment, no init_size, always at 1 MiB; has initrd_addr_max */
	image.hdr.initrd_addr_max = 0x37ffffff;
	assert_int_equal(make(&image, all_ram, image.image_size, MIB, 255, &plan, NULL), ERR_OK);
	assert_int_equal(plan.kernel_pa, MIB);
	assert_int_equal(plan.initrd_pa, 0x38000000 - MIB);
	assert_int_equal(make(&image, all_ram, image.image_size, MIB, 256, &plan, NULL), ERR_CMDLINE_LONG);

	image.protocol = 0x0200;
	assert_int_equal(make(&image, all_ram, image.image_size, MIB, 255, &plan, NULL), ERR_OK);
	assert_int_equal(plan.setup_pa, OLD_SETUP);
	assert_int_equal(plan.cmdline_pa, OLD_SETUP + 0x9000);
}

/*
 * Kernels that can read an initrd above 4 GiB get it there, if there is not enough room below.
 *
 *   1M            256M          4G            8G
 *   |  kernel 16-80 |           |             |
 */
static void test_high_initrd(void **state)
{
	static const struct {
		const char *name;
		uint16_t protocol, xloadflags;
		uint64_t initrd_size;
		struct range ram[3];
		enum err e;
		uint64_t initrd_pa;
	} cases[] = {
		{"room below", 0x020f, 3, 176 * MIB, {{MIB, 256 * MIB}, {4 * GIB, 8 * GIB}}, ERR_OK, 80 * MIB},
		{"not enough below", 0x020f, 3, 177 * MIB, {{MIB, 256 * MIB}, {4 * GIB, 8 * GIB}}, ERR_OK,
			8 * GIB - 177 * MIB},
		{"protocol 2.12", 0x020c, 3, 177 * MIB, {{MIB, 256 * MIB}, {4 * GIB, 8 * GIB}}, ERR_OK,
			8 * GIB - 177 * MIB},
		{"protocol before", 0x020b, 3, 177 * MIB, {{MIB, 256 * MIB}, {4 * GIB, 8 * GIB}}, ERR_INITRD_MEMORY, 0},
		{"32-bit kernel", 0x020f, 2, 177 * MIB, {{MIB, 256 * MIB}, {4 * GIB, 8 * GIB}}, ERR_INITRD_MEMORY, 0},
		{"cannot", 0x020f, 1, 177 * MIB, {{MIB, 256 * MIB}, {4 * GIB, 8 * GIB}}, ERR_INITRD_MEMORY, 0},
		{"nowhere", 0x020f, 3, 177 * MIB, {{MIB, 256 * MIB}, {4 * GIB, 4 * GIB + 176 * MIB}}, ERR_INITRD_MEMORY, 0},
		{"between initrd_addr_max and 4 GiB it is not", 0x020f, 3, 177 * MIB,
			{{MIB, 256 * MIB}, {2 * GIB, 3 * GIB}, {4 * GIB, 5 * GIB}}, ERR_OK, 5 * GIB - 177 * MIB},
		{"across 4 GiB it is not", 0x020f, 3, 177 * MIB, {{MIB, 256 * MIB}, {4 * GIB - 100 * MIB, 4 * GIB + 100 * MIB}},
			ERR_INITRD_MEMORY, 0},
		{"more than 4 GiB", 0x020f, 3, 5 * GIB, {{MIB, 3 * GIB}, {4 * GIB, 10 * GIB}}, ERR_OK, 5 * GIB},
		{"not above what kernels map", 0x020f, 3, 177 * MIB, {{MIB, 256 * MIB}, {64 * 1024 * GIB - MIB, 65 * 1024 * GIB}},
			ERR_INITRD_MEMORY, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bzimage image = modern();
		struct linux_plan plan;

		image.protocol = cases[i].protocol;
		image.hdr.xloadflags = cases[i].xloadflags;
		CHECK_EQ(cases[i].name, make(&image, cases[i].ram, image.image_size, cases[i].initrd_size, 10, &plan, NULL),
			cases[i].e);
		if (!cases[i].e)
			CHECK_EQ(cases[i].name, plan.initrd_pa, cases[i].initrd_pa);
	}
}

static void test_params(void **state)
{
	struct bzimage image = modern();
	struct linux_wish wish = {.image = &image, .initrd_size = 0x212345678};
	struct linux_plan plan = {.initrd_pa = 0x3456789000};
	static const struct e820_entry map[] = {{0, 0x9fc00, 1}, {0x100000000, 0x40000000, 1}};
	struct boot_params bp;
	const uint8_t *bytes = (const uint8_t *)&bp;
	uint8_t setup[0x400];

	memset(setup, 0x5a, sizeof(setup));
	memset(&bp, 0xff, sizeof(bp));
	image.hdr_end = 0x250;
	linux_plan_params(&wish, &plan, setup, map, 2, &bp);
	assert_int_equal(le32_get(bytes + 0x218), 0x56789000);
	assert_int_equal(le32_get(bytes + 0xc0), 0x34);
	assert_int_equal(le32_get(bytes + 0x21c), 0x12345678);
	assert_int_equal(le32_get(bytes + 0xc4), 2);
	assert_int_equal(bytes[0x1e8], 2);
	assert_int_equal(bytes[0x1ef], 0); /* sentinel */
	assert_memory_equal(bytes + 0x2d0, map, sizeof(map));
	for (size_t i = 0; i < sizeof(bp); i++) {
		bool header = i >= 0x1f1 && i < 0x250;
		bool put = (i >= 0xc0 && i < 0xc8) || (i >= 0x218 && i < 0x220) || i == 0x1e8 ||
			(i >= 0x2d0 && i < 0x2d0 + sizeof(map));

		if (!put)
			assert_int_equal(bytes[i], header ? 0x5a : 0);
	}
	image.hdr_end = 0x300; /* a header of the future: no further than is known */
	linux_plan_params(&wish, &plan, setup, map, 2, &bp);
	assert_int_equal(bytes[0x26f], 0);
}

/* A kernel that is loaded low comes by way of high memory, where nothing else must lie meanwhile. */
static void test_zimage(void **state)
{
	static const struct {
		const char *name;
		uint16_t protocol;
		uint64_t size, initrd_size;
		struct range ram[3];
		enum err e;
		uint64_t kernel_pa, initrd_pa;
	} cases[] = {
		{"2.00", 0x0200, 400000, 0, {{MIB, 16 * MIB}}, ERR_OK, MIB, 0},
		{"2.02", 0x0202, 400000, 0, {{MIB, 16 * MIB}}, ERR_OK, MIB, 0},
		{"2.04", 0x0204, 400000, 0, {{MIB, 16 * MIB}}, ERR_OK, MIB, 0},
		{"as large as can be", 0x0202, 0x80000, 0, {{MIB, 16 * MIB}}, ERR_OK, MIB, 0},
		{"a byte larger", 0x0202, 0x80001, 0, {{MIB, 16 * MIB}}, ERR_KERNEL_MEMORY, 0, 0},
		{"a hole at 1 MiB", 0x0202, 1000, 0, {{MIB, MIB + 0x7f000}, {2 * MIB, 16 * MIB}}, ERR_OK, 2 * MIB, 0},
		{"no high memory", 0x0202, 1000, 0, {{MIB, MIB + 0x7f000}}, ERR_KERNEL_MEMORY, 0, 0},
		{"initrd", 0x0202, 1000, MIB, {{MIB, 2 * MIB + 0x80000}}, ERR_OK, MIB, MIB + 0x80000},
		{"initrd a page too large", 0x0202, 1000, MIB + 1, {{MIB, 2 * MIB + 0x80000}}, ERR_INITRD_MEMORY, 0, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bzimage image = {.protocol = cases[i].protocol, .setup_size = 0xa00,
			.image_size = 0xa00 + cases[i].size, .hdr = {.code32_start = 0x1000}};
		struct linux_wish wish = {.image = &image, .initrd_size = cases[i].initrd_size};
		struct linux_plan plan = {.kernel_pa = 1};
		uint8_t setup[0x400] = {0};

		CHECK_EQ(cases[i].name, make(&image, cases[i].ram, image.image_size, cases[i].initrd_size, 255, &plan,
			NULL), cases[i].e);
		if (cases[i].e)
			continue;
		CHECK(cases[i].name, plan.low);
		CHECK_EQ(cases[i].name, plan.kernel_pa, cases[i].kernel_pa);
		CHECK_EQ(cases[i].name, plan.initrd_pa, cases[i].initrd_pa);
		CHECK_EQ(cases[i].name, plan.setup_pa, OLD_SETUP);
		CHECK_EQ(cases[i].name, plan.cmdline_pa, OLD_SETUP + 0x9000);
		le32_put(setup + 0x214, 0x1000);
		linux_plan_fill(&wish, &plan, VID_MODE_NORMAL, false, setup);
		CHECK_EQ(cases[i].name, le32_get(setup + 0x214), 0x1000); /* code32_start is the setup part's own */
		CHECK_EQ(cases[i].name, le32_get(setup + 0x228), cases[i].protocol < 0x0202 ? 0 : OLD_SETUP + 0x9000);
		CHECK_EQ(cases[i].name, le16_get(setup + 0x20), cases[i].protocol < 0x0202 ? 0xa33f : 0);
	}
}

static void test_sizes(void **state)
{
	struct bzimage image = modern();
	struct linux_plan plan;

	assert_int_equal(make(&image, all_ram, image.image_size - 15, 0, 0, &plan, NULL), ERR_OK);
	assert_int_equal(plan.kernel_size, 8 * MIB - 15);
	assert_int_equal(make(&image, all_ram, image.image_size - 16, 0, 0, &plan, NULL), ERR_TRUNCATED);
	assert_int_equal(make(&image, all_ram, image.image_size + 5000, 0, 0, &plan, NULL), ERR_OK);
	assert_int_equal(plan.kernel_size, 8 * MIB);
	assert_int_equal(make(&image, all_ram, image.image_size, 0, 2047, &plan, NULL), ERR_OK);
	assert_true(plan.cmdline_room > 2047 && plan.heap_end + plan.cmdline_room <= 0x10000);
	assert_int_equal(make(&image, all_ram, image.image_size, 0, 2048, &plan, NULL), ERR_CMDLINE_LONG);
	image.hdr.cmdline_size = UINT32_MAX;
	assert_int_equal(make(&image, all_ram, image.image_size, 0, 9000, &plan, NULL), ERR_CMDLINE_LONG);
	image.image_size = image.setup_size;
	assert_int_equal(make(&image, all_ram, image.image_size, 0, 0, &plan, NULL), ERR_TRUNCATED);
	image = modern();
	image.setup_size = 0x10000;
	assert_int_equal(make(&image, all_ram, image.image_size, 0, 0, &plan, NULL), ERR_BAD_SETUP_HEADER);
}

static void test_header(void **state)
{
	struct bzimage image = modern();
	struct linux_wish wish = {.image = &image, .initrd_size = 0x1234567};
	struct linux_plan plan = {.setup_pa = SETUP, .heap_end = 0xe000, .cmdline_pa = 0x2e000,
		.kernel_pa = 0x1000000, .initrd_pa = 0x3000000};
	uint8_t setup[0x400] = {0};

	linux_plan_fill(&wish, &plan, 0x317, true, setup);
	assert_int_equal(setup[0x210], 0xff);
	assert_int_equal(setup[0x211], 0x80 | 0x20);
	assert_int_equal(le16_get(setup + 0x1fa), 0x317);
	assert_int_equal(le16_get(setup + 0x224), 0xde00);
	assert_int_equal(le32_get(setup + 0x228), 0x2e000);
	assert_int_equal(le32_get(setup + 0x214), 0x1000000);
	assert_int_equal(le32_get(setup + 0x218), 0x3000000);
	assert_int_equal(le32_get(setup + 0x21c), 0x1234567);
	assert_int_equal(le16_get(setup + 0x20), 0);

	memset(setup, 0, sizeof(setup));
	image.protocol = 0x0201;
	plan.heap_end = 0x9000;
	plan.initrd_pa = 0;
	linux_plan_fill(&wish, &plan, VID_MODE_NORMAL, false, setup);
	assert_int_equal(le16_get(setup + 0x20), 0xa33f);
	assert_int_equal(le16_get(setup + 0x22), 0x9000);
	assert_int_equal(le16_get(setup + 0x212), 0xa000);
	assert_int_equal(le32_get(setup + 0x228), 0);
	assert_int_equal(le32_get(setup + 0x21c), 0);
	assert_int_equal(setup[0x211], 0x80);
}

static void test_vga(void **state)
{
	static const struct {
		const char *line;
		uint16_t mode;
	} cases[] = {
		{"", 0xffff}, {"quiet", 0xffff}, {"vga=normal", 0xffff}, {"vga=ext", 0xfffe}, {"vga=ask", 0xfffd},
		{"a vga=0x317 b", 0x317}, {"vga=791", 791}, {"vga=1x", 0xffff}, {"vga=65536", 0xffff},
		{"vga=ask vga=3", 3}, {"vga=", 0xffff},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].line, linux_vga_mode(text_span(cases[i].line)), cases[i].mode);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places), cmocka_unit_test(test_kernels), cmocka_unit_test(test_zimage),
		cmocka_unit_test(test_high_initrd), cmocka_unit_test(test_params),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_header), cmocka_unit_test(test_vga),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
