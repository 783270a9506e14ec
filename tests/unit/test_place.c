/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/place: plans for the situations that loaders make, drawn with their addresses, the promise
 * of init_size, and figures for a stock kernel. test_place_run.c carries random plans out, byte by
 * byte.
 */
#include "tests/unit/place_stock.h"

static void test_extent(void **state)
{
	struct place_image image = stock;
	uint64_t extent;

	/* in place: the kernel's memory and the tail behind it */
	assert_int_equal(place_extent(&image, &extent), ERR_OK);
	assert_int_equal(extent, 0x3a00000 + 65906612 - 0x3e00000);
	/* the tail starts on a page */
	image.mem_size -= 0xfff;
	assert_int_equal(place_extent(&image, &extent), ERR_OK);
	assert_int_equal(extent, 0x3a00000 + 65906612 - 0x3e00000);
	/* a header larger than the kernel passes through the output all the same */
	image.mem_size = 0x1000;
	image.first_offset = 0x3000000;
	assert_int_equal(place_extent(&image, &extent), ERR_OK);
	assert_int_equal(extent, 0x3000000);
	/* apart: the kernel's memory and all of the content */
	image = stock_apart();
	assert_int_equal(place_extent(&image, &extent), ERR_OK);
	assert_int_equal(extent, 0x3a00000 + 65906612);

	image = stock;
	image.mem_size = UINT64_MAX - 10;
	assert_int_equal(place_extent(&image, &extent), ERR_OVERFLOW);
	image.mem_size = UINT64_MAX - 0xfff;
	assert_int_equal(place_extent(&image, &extent), ERR_OVERFLOW);
	image = stock;
	image.tail_offset = image.content_size + 1;
	assert_int_equal(place_extent(&image, &extent), ERR_OVERFLOW);
	image = stock;
	image.first_offset = image.tail_offset + 1;
	assert_int_equal(place_extent(&image, &extent), ERR_OVERFLOW);
}

static void test_init_size(void **state)
{
	struct place_image image = stock;
	uint64_t init_size, extent, smaller;

	/* Linux's own wrapper asks for 0x3fca000. */
	assert_int_equal(place_init_size(&image, &init_size), ERR_OK);
	assert_true(init_size <= 0x3fca000 + MIB);
	assert_int_equal(init_size % 0x1000, 0);
	assert_int_equal(place_extent(&image, &extent), ERR_OK);
	assert_true(init_size >= extent + image.head_size + image.work_size);

	/* GRUB and kexec copy the whole image into it: an embedded initrd makes it grow. */
	smaller = init_size;
	image.image_size += 100 * MIB;
	assert_int_equal(place_init_size(&image, &init_size), ERR_OK);
	assert_true(init_size > image.image_size && init_size > smaller);

	image.image_size = 4 * GIB - MIB;
	assert_int_equal(place_init_size(&image, &init_size), ERR_OVERFLOW);
	image = stock;
	image.safe_offset = UINT64_MAX;
	assert_int_equal(place_init_size(&image, &init_size), ERR_OVERFLOW);
	image = stock;
	image.work_size = UINT64_MAX - 5;
	assert_int_equal(place_init_size(&image, &init_size), ERR_OVERFLOW);
}

static void test_start(void **state)
{
	static const struct {
		const char *name;
		uint64_t image_pa, start;
		bool fixed;
		enum err e;
	} cases[] = {
		{"loaded at 1 MiB: the preferred address", MIB, 16 * MIB, false, ERR_OK},
		{"loaded at the preferred address", 16 * MIB, 16 * MIB, false, ERR_OK},
		{"loaded above it: there", 64 * MIB, 64 * MIB, false, ERR_OK},
		{"loaded above it, unaligned: aligned up", 64 * MIB + 1, 66 * MIB, false, ERR_OK},
		{"not movable: the preferred address", 64 * MIB, 16 * MIB, true, ERR_OK},
		{"aligning up would wrap", UINT64_MAX, 0, false, ERR_OVERFLOW},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct place_image image = stock;
		uint64_t start = 0;

		image.movable = !cases[i].fixed;
		CHECK_EQ(cases[i].name, place_start(&image, cases[i].image_pa, &start), cases[i].e);
		CHECK_EQ(cases[i].name, start, cases[i].start);
	}
}

/*
 * The stock image in MiB: image 9.44, head 0.12, work 0.57, output 58.9, all at the end of
 * init_size 60 or so.
 */
static void test_plans(void **state)
{
	static const struct {
		const char *name;
		uint64_t image_pa, output_pa;
		struct range free[3];
		enum err e;
		bool moved, payload_moved, sequential;
		uint64_t stub_pa; /* 0: not looked at */
	} cases[] = {
		/* 1        10.4  11       16                  74.9
		 * | image   | work |        | output           | */
		{"QEMU loads at 1 MiB: nothing moves", MIB, 16 * MIB, {{MIB, GIB}}, ERR_OK, false,
			false, false, MIB},
		/* 16        25.4         74.9                                   1023.3
		 * | image ...|            |                                       | head work | 1
		 * GiB | output .............. |                             | payload | */
		{"GRUB loads where it runs: all goes to the top of memory", 16 * MIB, 16 * MIB,
			{{MIB, GIB}}, ERR_OK, true, true, false, 0},
		/*    12       21.4     74.9
		 *    | image  |                 head and payload lie below the output, the end in
		 * it  */
		{"the image's end is in the way", 12 * MIB, 16 * MIB, {{MIB, GIB}}, ERR_OK, true,
			true, false, 0},
		/*    6.2    15.6   16.2
		 *    | image | work |           only the work area reaches into the output */
		{"only the work area is in the way: the payload stays", 0x640000, 16 * MIB,
			{{MIB, GIB}}, ERR_OK, true, false, false, 0},
		/* 16                                             76
		 * | image |          | payload | head | work |   no memory besides init_size */
		{"no memory but what the protocol guarantees", 16 * MIB, 16 * MIB,
			{{16 * MIB, 80 * MIB}}, ERR_OK, true, true, true, 0},
		/* 1       16                                   76
		 * | image |  some memory below, too little     | */
		{"too little below", 12 * MIB, 16 * MIB, {{12 * MIB, 80 * MIB}}, ERR_OK, true, true,
			true, 0},
		{"memory above 4 GiB only", 16 * MIB, 16 * MIB,
			{{16 * MIB, 76 * MIB}, {4 * GIB, 5 * GIB}}, ERR_OK, true, true, false, 0},
		{"below 4 GiB goes before above", 16 * MIB, 16 * MIB,
			{{16 * MIB, 76 * MIB}, {3 * GIB, 3 * GIB + 32 * MIB}, {4 * GIB, 5 * GIB}},
			ERR_OK, true, true, false, 3 * GIB + 32 * MIB - 0x1e000 - 0x93000},
		{"randomised above 4 GiB: nothing moves", MIB, 8 * GIB,
			{{MIB, GIB}, {4 * GIB, 16 * GIB}}, ERR_OK, false, false, false, MIB},
		{"the work area's place is not free: it moves, the payload stays", MIB, 64 * MIB,
			{{MIB, MIB + 9900000}, {32 * MIB, GIB}}, ERR_OK, true, false, false, 0},
		{"the output runs over a hole", MIB, 16 * MIB, {{MIB, 60 * MIB}, {61 * MIB, GIB}},
			ERR_ADDRESS_TAKEN, false, false, false, 0},
		{"no memory at all", MIB, 16 * MIB, {{0}}, ERR_ADDRESS_TAKEN, false, false, false,
			0},
		{"too little memory for payload and stub", 16 * MIB, 16 * MIB,
			{{16 * MIB, 75 * MIB}}, ERR_NO_MEMORY, false, false, false, 0},
		{"the output at the end of the address space", MIB, UINT64_MAX - MIB + 1,
			{{MIB, UINT64_MAX}}, ERR_OVERFLOW, false, false, false, 0},
	};
	uint64_t init_size;

	assert_int_equal(place_init_size(&stock, &init_size), ERR_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range r[3] = {cases[i].free[0], cases[i].free[1], cases[i].free[2]};
		struct range_set free = {r, 0, 3};
		struct place_plan plan = {.extent = 0x5555};
		enum err e;

		while (free.count < 3 && !range_empty(r[free.count]))
			free.count++;
		e = place_plan(
			&stock, cases[i].image_pa, cases[i].output_pa, init_size, &free, &plan);
		CHECK_EQ(cases[i].name, e, cases[i].e);
		if (e) {
			CHECK_EQ(cases[i].name, plan.extent, 0x5555);
			continue;
		}
		CHECK_EQ(cases[i].name, place_check(&stock, &plan), ERR_OK);
		CHECK_EQ(cases[i].name, place_check_memory(&stock, cases[i].image_pa, &free, &plan),
			ERR_OK);
		CHECK_EQ(cases[i].name, plan.moved, cases[i].moved);
		CHECK_EQ(cases[i].name, plan.moved, plan.stub_pa != cases[i].image_pa);
		CHECK_EQ(cases[i].name, plan.payload_pa != cases[i].image_pa + stock.payload_off,
			cases[i].payload_moved);
		CHECK_EQ(cases[i].name, plan.sequential, cases[i].sequential);
		CHECK(cases[i].name, !cases[i].stub_pa || plan.stub_pa == cases[i].stub_pa);
		CHECK_EQ(cases[i].name, plan.output_pa, cases[i].output_pa);
		CHECK_EQ(cases[i].name, plan.header_pa, plan.output_pa);
		CHECK_EQ(cases[i].name, plan.tail_pa, plan.output_pa + 0x3a00000);
	}
}

/*
 * An uncompressed payload needs no room twice: init_size is hardly more than the image, where it
 * was loaded to the kernel's place it stays, and from below it moves up onto itself.
 */
static void test_not_compressed(void **state)
{
	const struct place_image image = stock_none();
	struct range r = {16 * MIB, 0};
	const struct range_set free = {&r, 1, 1};
	struct place_plan plan;
	uint64_t init_size;

	assert_int_equal(place_init_size(&image, &init_size), ERR_OK);
	assert_true(init_size < image.image_size + 2 * image.work_size + image.head_size + 0x4000);
	r.end = r.start + init_size;
	for (uint64_t image_pa = MIB; image_pa <= 16 * MIB; image_pa += 15 * MIB) {
		assert_int_equal(
			place_plan(&image, image_pa, 16 * MIB, init_size, &free, &plan), ERR_OK);
		assert_int_equal(place_check(&image, &plan), ERR_OK);
		assert_int_equal(place_check_memory(&image, image_pa, &free, &plan), ERR_OK);
		assert_true(plan.moved && plan.sequential);
		assert_int_equal(plan.payload_pa, 16 * MIB + image.payload_off);
	}
}

/*
 * The promise behind init_size: whatever the loader does inside the protocol, and with no other
 * free memory than the image with its work area and [start, start + init_size), there is a plan.
 */
static void test_protocol_guarantee(void **state)
{
	struct unit_random random = {5};

	for (unsigned round = 0; round < 5000; round++) {
		struct place_image image = {
			.head_size = 0x1000 + unit_below(&random, 0x40000),
			.work_size = 1 + unit_below(&random, 0x100000),
			.payload_size = 1 + unit_below(&random, 0x1000000),
			.first_offset = unit_below(&random, 0x300000),
			.mem_base = 0x1000000,
			.mem_size = 1 + unit_below(&random, 0x4000000),
			.safe_offset = unit_below(&random, 0x4000000),
			.alignment = 0x1000ull << unit_below(&random, 12),
			.in_place = unit_random(&random) & 1,
			.movable = unit_below(&random, 4) != 0,
		};
		struct range r[2];
		struct range_set free = {r, 0, 2};
		struct place_plan plan;
		uint64_t image_pa, start, init_size;

		image.payload_off = image.head_size;
		image.image_size =
			image.payload_off + image.payload_size + unit_below(&random, 0x100000);
		image.tail_offset = image.first_offset + unit_below(&random, 0x4000000);
		image.content_size = image.tail_offset + unit_below(&random, 0x100000);
		image.pref_address =
			0x1000000 + unit_below(&random, 2) * unit_below(&random, 0x1000000);
		if (image.movable)
			image.pref_address = align_down(image.pref_address, image.alignment);
		image_pa = MIB +
			unit_below(&random, image.movable ? 0x4000000 : image.pref_address - MIB);
		if (unit_below(&random, 3) == 0)
			image_pa = image.pref_address;

		assert_int_equal(place_init_size(&image, &init_size), ERR_OK);
		assert_int_equal(place_start(&image, image_pa, &start), ERR_OK);
		assert_int_equal(range_set_add(&free, range_make(start, init_size)), ERR_OK);
		if (unit_random(&random) & 1)
			assert_int_equal(
				range_set_add(&free,
					range_make(image_pa,
						image.image_size + 0x1000 + image.work_size)),
				ERR_OK);
		assert_int_equal(
			place_plan(&image, image_pa, start, init_size, &free, &plan), ERR_OK);
		assert_int_equal(place_check(&image, &plan), ERR_OK);
		assert_int_equal(place_check_memory(&image, image_pa, &free, &plan), ERR_OK);
	}
}

static void test_safe_offset(void **state)
{
	assert_int_equal(place_safe_offset(100, 30, 5), 75);
	assert_int_equal(place_safe_offset(100, 105, 5), 0);
	assert_int_equal(place_safe_offset(100, 500, 5), 0);
	assert_int_equal(place_safe_offset(UINT64_MAX, 0, 5), UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extent),
		cmocka_unit_test(test_init_size),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_not_compressed),
		cmocka_unit_test(test_protocol_guarantee),
		cmocka_unit_test(test_safe_offset),
	};

	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
