/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any numbers from a manifest, a stub_info, a loader and a memory map: a plan that comes out is
 * proven by place_check and place_check_memory, which share no code with it.
 *
 * Input: u8 flags, then the fields as floating numbers of two bytes: 11 bits shifted left by 0 to
 * 31, so that sizes that fit each other are as likely as ones that overflow; then free ranges.
 */
#include "fuzz/fuzz.h"

#include "core/place.h"

static uint64_t take_number(struct span *input)
{
	uint64_t v = fuzz_take(input, 2);
	unsigned shift = (v & 31) * 2;

	return (v >> 5) << (shift > 53 ? 53 : shift);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint8_t flags = (uint8_t)fuzz_take(&input, 1);
	struct place_image image = {
		.image_size = take_number(&input),
		.head_size = take_number(&input),
		.work_size = take_number(&input),
		.payload_off = take_number(&input),
		.payload_size = take_number(&input),
		.content_size = take_number(&input),
		.first_offset = take_number(&input),
		.tail_offset = take_number(&input),
		.mem_base = take_number(&input),
		.mem_size = take_number(&input),
		.safe_offset = take_number(&input),
		.pref_address = take_number(&input),
		.alignment = 1ull << (flags >> 2),
		.in_place = flags & 1,
		.movable = flags & 2,
	};
	uint64_t image_pa = take_number(&input), output_pa = take_number(&input);
	uint64_t init_size = take_number(&input), start, pa;
	struct range r[16];
	struct range_set free_memory = {r, 0, 16};
	struct place_plan plan = {.extent = 0x5555};
	bool skip;

	/* What the manifest and the image's own layout have been checked for. */
	if (image.payload_off > image.image_size || image.head_size > image.payload_off ||
		image.payload_size > image.image_size - image.payload_off)
		return 0;
	while (input.len && free_memory.count < 12) {
		struct range memory = range_make(take_number(&input), take_number(&input));

		if (range_set_add(&free_memory, memory))
			break;
	}
	if (place_start(&image, image_pa, &start))
		start = image_pa;
	if (!image.movable)
		FUZZ_CHECK(start == image.pref_address);
	if (flags & 128)
		output_pa = start;
	if (place_init_size(&image, &pa) == ERR_OK && flags & 64)
		init_size = pa;
	if (place_plan(&image, image_pa, output_pa, init_size, &free_memory, &plan)) {
		FUZZ_CHECK(plan.extent == 0x5555);
		return 0;
	}
	FUZZ_CHECK(!place_check(&image, &plan));
	FUZZ_CHECK(!place_check_memory(&image, image_pa, &free_memory, &plan));
	if (!place_chunk(&image, &plan, NULL, image.tail_offset, 1, &pa, &skip))
		FUZZ_CHECK(!skip && pa == plan.tail_pa);
	return 0;
}
