/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/place: plans for the situations that loaders make, drawn with their addresses; proofs that
 * must fail; and figures for a stock kernel. test_place_run.c carries random plans out, byte by
 * byte.
 */
#include "tests/unit/unit.h"

#include "core/place.h"

#define MIB 0x100000ull
#define GIB 0x40000000ull

/*
 * Debian's 6.1 kernel with zstd, as the sizes come out: 62.9 MiB of memory is 58 MiB of segments,
 * the tail with relocations 0.85 MiB, the payload 9.3 MiB.
 */
static const struct place_image stock = {
	.image_size = 9900000,
	.head_size = 122880,
	.work_size = 600000,
	.payload_off = 122880,
	.payload_size = 9764633,
	.content_size = 65906612,
	.first_offset = 0x200000,
	.tail_offset = 0x3e00000,
	.mem_base = 0x1000000,
	.mem_size = 0x3a00000,
	.safe_offset = 0x3a00000 + 895000 + 260000 - 9764633,
	.pref_address = 0x1000000,
	.alignment = 0x200000,
	.in_place = true,
	.movable = true,
};

static struct place_image stock_apart(void)
{
	struct place_image image = stock;

	image.in_place = false;
	image.safe_offset = 0x3a00000 + 65906612 + 260000 - 9764633;
	return image;
}

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

/* A good plan, and each way to spoil it. */
static void test_check_refuses(void **state)
{
	static const struct {
		const char *name;
		size_t field; /* offset in struct place_plan */
		uint64_t value;
		enum err e;
	} cases[] = {
		{"the extent is too short for the tail", offsetof(struct place_plan, extent),
			0x3a00000, ERR_ADDRESS_TAKEN},
		{"the extent is too short for the kernel", offsetof(struct place_plan, extent),
			0x39fffff, ERR_OVERFLOW},
		{"the output wraps", offsetof(struct place_plan, output_pa), UINT64_MAX - MIB,
			ERR_OVERFLOW},
		{"the header lies elsewhere", offsetof(struct place_plan, header_pa), 17 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the tail lies in the kernel", offsetof(struct place_plan, tail_pa), 17 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the tail lies outside", offsetof(struct place_plan, tail_pa), 90 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the payload lies in the output", offsetof(struct place_plan, payload_pa),
			10 * MIB, ERR_ADDRESS_TAKEN},
		{"the payload's end wraps", offsetof(struct place_plan, payload_pa),
			UINT64_MAX - 10, ERR_OVERFLOW},
		{"the stub lies in the output", offsetof(struct place_plan, stub_pa), 20 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the stub lies in the payload", offsetof(struct place_plan, stub_pa), 2 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the stub lies in the work area", offsetof(struct place_plan, stub_pa), 0xb00000,
			ERR_ADDRESS_TAKEN},
		{"the work area lies in the output", offsetof(struct place_plan, work_pa),
			16 * MIB - 0x1000, ERR_ADDRESS_TAKEN},
		{"the work area lies in the payload", offsetof(struct place_plan, work_pa), 5 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the work area is not on a page", offsetof(struct place_plan, work_pa), 0xb00800,
			ERR_ADDRESS_TAKEN},
	};
	const struct place_plan good = {
		.output_pa = 16 * MIB,
		.extent = 0x3a00000 + 65906612 - 0x3e00000,
		.header_pa = 16 * MIB,
		.tail_pa = 16 * MIB + 0x3a00000,
		.payload_pa = MIB + 122880,
		.stub_pa = MIB,
		.work_pa = 0xb00000,
	};

	assert_int_equal(place_check(&stock, &good), ERR_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct place_plan plan = good;

		memcpy((uint8_t *)&plan + cases[i].field, &cases[i].value, 8);
		CHECK_EQ(cases[i].name, place_check(&stock, &plan), cases[i].e);
	}
}

static void test_check_sequential_and_apart(void **state)
{
	struct place_plan plan = {
		.output_pa = 16 * MIB,
		.extent = 0x3a00000 + 65906612 - 0x3e00000,
		.header_pa = 16 * MIB,
		.tail_pa = 16 * MIB + 0x3a00000,
		.payload_pa = align_down(16 * MIB + stock.safe_offset + 0xfff, 0x1000),
		.stub_pa = 80 * MIB,
		.work_pa = 81 * MIB,
		.sequential = true,
	};
	struct place_image apart = stock_apart();

	assert_int_equal(place_check(&stock, &plan), ERR_OK);
	plan.sequential = false;
	assert_int_equal(place_check(&stock, &plan), ERR_ADDRESS_TAKEN);
	plan.sequential = true;
	plan.payload_pa = 16 * MIB + stock.safe_offset - 1;
	assert_int_equal(place_check(&stock, &plan), ERR_NO_SPACE);
	plan.payload_pa = 15 * MIB;
	assert_int_equal(place_check(&stock, &plan), ERR_NO_SPACE);

	plan = (struct place_plan){
		.output_pa = 16 * MIB,
		.extent = 0x3a00000 + 65906612,
		.header_pa = 16 * MIB + 0x3a00000,
		.content_pa = 16 * MIB + 0x3a00000,
		.tail_pa = 16 * MIB + 0x3a00000 + 0x3e00000,
		.payload_pa = MIB + 122880,
		.stub_pa = MIB,
		.work_pa = 0xb00000,
	};
	assert_int_equal(place_check(&apart, &plan), ERR_OK);
	plan.content_pa -= 0x1000;
	assert_int_equal(place_check(&apart, &plan), ERR_ADDRESS_TAKEN);
	plan.content_pa += 0x2000;
	assert_int_equal(place_check(&apart, &plan), ERR_ADDRESS_TAKEN);
	plan.content_pa -= 0x1000;
	plan.tail_pa++;
	assert_int_equal(place_check(&apart, &plan), ERR_ADDRESS_TAKEN);
}

static void test_check_memory_refuses(void **state)
{
	struct range r[] = {{MIB, 90 * MIB}};
	const struct range_set free = {r, 1, 1};
	struct place_plan plan;
	const struct place_plan good = {
		.output_pa = 16 * MIB,
		.extent = 0x3a00000 + 65906612 - 0x3e00000,
		.payload_pa = MIB + 122880,
		.stub_pa = MIB,
		.work_pa = 0xb00000,
	};

	assert_int_equal(place_check_memory(&stock, MIB, &free, &good), ERR_OK);
	plan = good;
	plan.output_pa = 32 * MIB;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan = good;
	plan.work_pa = 90 * MIB - 0x1000;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan = good;
	plan.stub_pa = 89 * MIB + 0xf0000;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan.stub_pa = 5 * MIB; /* onto the image that it is copied from */
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan = good;
	plan.payload_pa = 89 * MIB;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	/* What stays where the loader put it is not written, and need not be free. */
	r[0].start = 0xb00000;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &good), ERR_OK);
}

static void test_safe_offset(void **state)
{
	assert_int_equal(place_safe_offset(100, 30, 5), 75);
	assert_int_equal(place_safe_offset(100, 105, 5), 0);
	assert_int_equal(place_safe_offset(100, 500, 5), 0);
	assert_int_equal(place_safe_offset(UINT64_MAX, 0, 5), UINT64_MAX);
}

/* Segments at 0x1000000 (two, one run), and 0x1003000; header 0x200, gap, tail from 0x2400. */
static const struct elf_plan elf = {
	.count = 3,
	.segment = {{0x200, 0, 0x1000000, 0x800, 0x800, 1, 0},
		{0x1200, 0, 0x1001000, 0x400, 0x800, 1, 0},
		{0x2000, 0, 0x1003000, 0x400, 0x1000, 1, 0}},
	.mem_base = 0x1000000,
	.mem_size = 0x4000,
	.first_offset = 0x200,
	.tail_offset = 0x2400,
	.in_place = true,
};

static void test_chunk(void **state)
{
	static const struct {
		const char *name;
		uint64_t off, size;
		bool no_elf;
		enum err e;
		uint64_t pa; /* 0: skipped */
	} cases[] = {
		{"the header, before it can be read", 0, 0x200, true, ERR_OK, 0x5000000},
		{"a part of the header", 0, 0x100, true, ERR_OK, 0x5000000},
		{"the rest of the header is skipped", 0x100, 0x100, false, ERR_OK, 0},
		{"the header and more", 0, 0x201, true, ERR_BAD_MANIFEST, 0},
		{"a whole run with its padding", 0x200, 0x1400, false, ERR_OK, 0x5000000},
		{"a part of a run", 0xa00, 0x100, false, ERR_OK, 0x5000800},
		{"a run and more", 0x200, 0x1401, false, ERR_BAD_MANIFEST, 0},
		{"a run without the ELF", 0x200, 0x100, true, ERR_BAD_MANIFEST, 0},
		{"the gap is skipped", 0x1600, 0xa00, false, ERR_OK, 0},
		{"the gap and more", 0x1600, 0xa01, false, ERR_BAD_MANIFEST, 0},
		{"the second run", 0x2000, 0x400, false, ERR_OK, 0x5003000},
		{"a run and the tail", 0x2000, 0x401, false, ERR_BAD_MANIFEST, 0},
		{"the tail", 0x2400, 0x100, false, ERR_OK, 0x5004000},
		{"the end of the tail", 0x24ff, 1, false, ERR_OK, 0x50040ff},
		{"behind the content", 0x24ff, 2, false, ERR_BAD_MANIFEST, 0},
		{"nothing", 0x200, 0, false, ERR_BAD_MANIFEST, 0},
		{"an end that wraps", 0x2400, UINT64_MAX, false, ERR_BAD_MANIFEST, 0},
	};
	const struct place_image image = {
		.content_size = 0x2500,
		.first_offset = 0x200,
		.tail_offset = 0x2400,
		.mem_base = 0x1000000,
		.mem_size = 0x4000,
		.in_place = true,
	};
	const struct place_plan plan = {.output_pa = 0x5000000,
		.extent = 0x4100,
		.header_pa = 0x5000000,
		.tail_pa = 0x5004000};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t pa = 7;
		bool skip = false;

		CHECK_EQ(cases[i].name,
			place_chunk(&image, &plan, cases[i].no_elf ? NULL : &elf, cases[i].off,
				cases[i].size, &pa, &skip),
			cases[i].e);
		CHECK_EQ(cases[i].name, pa, cases[i].e ? 7 : cases[i].pa);
		CHECK_EQ(cases[i].name, skip, !cases[i].e && !cases[i].pa);
	}
}

/* The manifest describes less memory than the ELF: a segment must not leave the output. */
static void test_chunk_outside_the_output(void **state)
{
	const struct place_image image = {
		.content_size = 0x2500,
		.first_offset = 0x200,
		.tail_offset = 0x2400,
		.mem_base = 0x1000000,
		.mem_size = 0x2000,
		.in_place = true,
	};
	struct place_image low = image;
	const struct place_plan plan = {.output_pa = 0x5000000,
		.extent = 0x2100,
		.header_pa = 0x5000000,
		.tail_pa = 0x5002000};
	uint64_t pa;
	bool skip;

	assert_int_equal(
		place_chunk(&image, &plan, &elf, 0x2000, 0x400, &pa, &skip), ERR_BAD_MANIFEST);
	low.mem_base += 0x1000;
	assert_int_equal(
		place_chunk(&low, &plan, &elf, 0x200, 0x400, &pa, &skip), ERR_BAD_MANIFEST);
}

static void test_chunk_apart(void **state)
{
	const struct place_image image = {
		.content_size = 0x2500, .tail_offset = 0x2400, .mem_size = 0x4000};
	const struct place_plan plan = {.output_pa = 0x5000000,
		.extent = 0x6500,
		.header_pa = 0x5004000,
		.content_pa = 0x5004000};
	uint64_t pa;
	bool skip;

	assert_int_equal(place_chunk(&image, &plan, NULL, 0x123, 0x2000, &pa, &skip), ERR_OK);
	assert_int_equal(pa, 0x5004123);
	assert_false(skip);
	assert_int_equal(
		place_chunk(&image, &plan, NULL, 0x123, 0x2400, &pa, &skip), ERR_BAD_MANIFEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extent),
		cmocka_unit_test(test_init_size),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_protocol_guarantee),
		cmocka_unit_test(test_check_refuses),
		cmocka_unit_test(test_check_sequential_and_apart),
		cmocka_unit_test(test_check_memory_refuses),
		cmocka_unit_test(test_safe_offset),
		cmocka_unit_test(test_chunk),
		cmocka_unit_test(test_chunk_outside_the_output),
		cmocka_unit_test(test_chunk_apart),
	};

	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
