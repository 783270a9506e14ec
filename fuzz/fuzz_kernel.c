/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a kernel file, through every layer: whatever is in it, what was found is memory that may be
 * read, and a look at the headers only agrees with the whole one.
 */
#include "fuzz/fuzz.h"

#include "lib/kernel.h"

#define MAX_OUTPUT (UINT64_C(1) << 20) /* small: the sanitizer marks every byte of it */

/* Read every byte: the sanitizer sees a span that leads elsewhere. */
static void touch(struct span s)
{
	volatile uint8_t sum = 0;
	size_t i;

	for (i = 0; i < s.len; i++)
		sum = (uint8_t)(sum + s.ptr[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kernel_options options = {.max_output = MAX_OUTPUT, .no_digest = true};
	struct kernel deep, shallow;
	size_t i;

	if (!kernel_read((struct span){data, size}, &options, &deep)) {
		for (i = 0; i < deep.layer_count; i++)
			touch(deep.layer[i].bytes);
		touch(deep.kernel);
		touch(deep.relocs);
		touch(deep.release);
		FUZZ_CHECK(deep.content_size <= MAX_OUTPUT && deep.kernel.len <= MAX_OUTPUT + size);
		FUZZ_CHECK(!deep.has_elf || deep.has_kernel);
		FUZZ_CHECK(deep.layer_count || deep.problems.count);
	}
	options.shallow = true;
	if (!kernel_read((struct span){data, size}, &options, &shallow)) {
		touch(shallow.release);
		/* A boot sector without a magic number is found by its payload alone. */
		FUZZ_CHECK(shallow.format == deep.format || deep.format == KERNEL_BOOT_SECTOR);
		FUZZ_CHECK(shallow.problems.count <= deep.problems.count);
	}
	kernel_close(&shallow);
	kernel_close(&deep);
	return 0;
}
