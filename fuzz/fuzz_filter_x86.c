/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as code: the filter's two ways undo each other in either order, agree with the rule
 * taken a byte at a time, and touch nothing around. Then as an ELF whose chunks are filtered: the
 * tables stay, so that the plan for undoing is the same.
 */
#include "fuzz/fuzz.h"

#include "core/filter_x86.h"

#define AROUND 16

static void fence(uint8_t *p)
{
	memset(p, 0xe8, AROUND);
}

static void slow_encode(uint8_t *p, size_t size, uint32_t position)
{
	for (size_t i = 0; i + 5 <= size;) {
		if (p[i] != 0xe8 && p[i] != 0xe9) {
			i++;
		} else if (p[i + 4] != 0x00 && p[i + 4] != 0xff) {
			i += 4;
		} else {
			uint32_t v = (le32_get(p + i + 1) + position + (uint32_t)i) & 0x1ffffff;

			le32_put(p + i + 1, v);
			p[i + 4] = v >> 24 ? 0xff : 0x00;
			i += 5;
		}
	}
}

static void check_bytes(const uint8_t *data, size_t size, uint32_t position)
{
	uint8_t *room = malloc(size + 2 * AROUND), *want = malloc(size + 1), *bytes = room + AROUND;

	fence(room);
	fence(bytes + size);
	memcpy(bytes, data, size);
	memcpy(want, data, size);
	filter_x86_decode(bytes, size, position);
	filter_x86_encode(bytes, size, position);
	FUZZ_CHECK(!memcmp(bytes, data, size));
	filter_x86_encode(bytes, size, position);
	slow_encode(want, size, position);
	FUZZ_CHECK(!memcmp(bytes, want, size));
	filter_x86_decode(bytes, size, position);
	FUZZ_CHECK(!memcmp(bytes, data, size));
	for (size_t i = 0; i < AROUND; i++)
		FUZZ_CHECK(room[i] == 0xe8 && bytes[size + i] == 0xe8);
	free(room);
	free(want);
}

/* What decoding takes from a plan. */
static void check_same(const struct elf_plan *a, const struct elf_plan *b)
{
	FUZZ_CHECK(a->count == b->count && a->elf_size == b->elf_size);
	for (size_t i = 0; i < a->count; i++) {
		FUZZ_CHECK(a->segment[i].offset == b->segment[i].offset);
		FUZZ_CHECK(a->segment[i].filesz == b->segment[i].filesz);
		FUZZ_CHECK(a->segment[i].flags == b->segment[i].flags);
	}
	for (size_t i = 0; i < ELF_TABLES; i++)
		FUZZ_CHECK(a->table[i].start == b->table[i].start &&
			a->table[i].end == b->table[i].end);
}

static void check_chunks(const uint8_t *data, size_t size, size_t step)
{
	uint8_t *bytes = malloc(size);
	struct elf_plan plan, again;

	if (!elf_plan((struct span){data, size}, size, &plan, NULL)) {
		memcpy(bytes, data, size);
		for (size_t at = 0, n; at < size; at += n) {
			n = size - at < step ? size - at : step;
			FUZZ_CHECK(!filter_x86_chunk(FILTER_ENCODE, &plan, bytes + at, at, n));
		}
		FUZZ_CHECK(!elf_plan((struct span){bytes, size}, size, &again, NULL));
		check_same(&plan, &again);
		for (size_t at = 0, n; at < size; at += n) {
			n = size - at < step ? size - at : step;
			FUZZ_CHECK(!filter_x86_chunk(FILTER_DECODE, &again, bytes + at, at, n));
		}
		FUZZ_CHECK(!memcmp(bytes, data, size));
	}
	free(bytes);
}

/* Four bytes of position, two of chunk size; the rest is what is filtered. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint32_t position = (uint32_t)fuzz_take(&input, 4);
	size_t step = (size_t)fuzz_take(&input, 2) + 1;

	if (!input.len)
		return 0;
	check_bytes(input.ptr, input.len, position);
	check_chunks(input.ptr, input.len, step);
	return 0;
}
