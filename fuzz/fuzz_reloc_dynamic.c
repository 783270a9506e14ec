/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the image of a position-independent kernel, with its dynamic section where the input
 * says: nothing outside the image is touched, and the same input gives the same result.
 *
 * Input: u16 offset of the dynamic section, u16 its size, then the image.
 */
#include "fuzz/fuzz.h"

#include "core/reloc.h"

#define BASE	 0x100000
#define IMAGE	 0x2000
#define SEGMENT2 0x1400 /* offset in the image; in front of it is a hole that no segment covers */
#define DELTA	 0xffffffff80000000

static enum err apply(struct span image_bytes, uint64_t dynamic_offset, uint64_t dynamic_size,
	uint8_t *image, struct fault *fault)
{
	const struct elf_plan plan = {
		.count = 2,
		.segment = {{0x1000, BASE, BASE, 0x1000, 0x1200, 1, 0},
			{0x3000, BASE + SEGMENT2, BASE + SEGMENT2, 0x800, IMAGE - SEGMENT2, 1, 0}},
		.mem_base = BASE,
		.mem_size = IMAGE,
		.dynamic_offset = dynamic_offset,
		.dynamic_size = dynamic_size,
	};
	const struct reloc_target target = {image, BASE, IMAGE, 0};

	memset(image, 0, IMAGE);
	if (image_bytes.len)
		memcpy(image, image_bytes.ptr, image_bytes.len < IMAGE ? image_bytes.len : IMAGE);
	return reloc_apply_dynamic(&plan, &target, DELTA, fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint64_t offset = fuzz_take(&input, 2), dynamic_size = fuzz_take(&input, 2);
	uint8_t *first = malloc(IMAGE), *second = malloc(IMAGE);
	struct fault fault = {0};
	enum err e;

	FUZZ_CHECK(first && second);
	e = apply(input, offset, dynamic_size, first, &fault);
	FUZZ_CHECK(!e || fault.text);
	FUZZ_CHECK(apply(input, offset, dynamic_size, second, NULL) == e);
	FUZZ_CHECK(!memcmp(first, second, IMAGE));
	/* The hole belongs to no segment. */
	for (size_t i = 0x1200; i < SEGMENT2; i++)
		FUZZ_CHECK(first[i] == (i < input.len ? input.ptr[i] : 0));
	free(first);
	free(second);
	return 0;
}
