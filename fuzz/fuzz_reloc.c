/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as Linux's relocation table of a kernel of one page: layouts are told apart, and what
 * is applied is what a naive applier does, including where it stops.
 *
 * Input: u8 mode, u32 delta, then the table; in mode bit 0 as pairs of bytes, which become words
 * near the kernel (0 stays 0), so that the fuzzer need not guess addresses.
 */
#include "fuzz/fuzz.h"

#include "core/reloc.h"

#define LINUX_VA  0xffffffff80000000
#define BASE	  0x1000000
#define SIZE	  0x1000
#define WORDS_MAX 4096

static const struct elf_plan plan = {.mem_base = BASE, .mem_size = SIZE, .link_base = LINUX_VA};

static size_t make_table(struct span input, bool near, uint8_t *table)
{
	size_t len = 0;

	while (input.len && len < WORDS_MAX * 4) {
		uint32_t word = (uint32_t)fuzz_take(&input, near ? 2 : 4);

		if (near && word)
			word = 0x80000000 + BASE - 16 + word % (SIZE + 32);
		le32_put(table + len, word);
		len += 4;
	}
	return len;
}

static bool naive(uint8_t *image, struct span list, unsigned width, int64_t delta)
{
	for (size_t at = 0; at < list.len; at += 4) {
		uint64_t va = (uint64_t)(int64_t)(int32_t)le32_get(list.ptr + at);
		__int128 off = (__int128)va - LINUX_VA - BASE, sum;

		if (off < 0 || off + width > SIZE)
			return false;
		if (width == 8) {
			le64_put(image + (size_t)off,
				le64_get(image + (size_t)off) + (uint64_t)delta);
			continue;
		}
		sum = (__int128)(int32_t)le32_get(image + (size_t)off) + delta;
		le32_put(image + (size_t)off, (uint32_t)sum);
		if (sum != (int32_t)sum)
			return false;
	}
	return true;
}

static void check_apply(const struct reloc_table *t, int32_t delta)
{
	uint8_t *ours = malloc(SIZE), *theirs = malloc(SIZE);
	const struct reloc_target target = {ours, BASE, SIZE, LINUX_VA};
	struct fault fault = {0};
	enum err e;
	bool good;

	FUZZ_CHECK(ours && theirs);
	for (size_t i = 0; i < SIZE; i++)
		ours[i] = theirs[i] = (uint8_t)(i * 37 >> 3);
	e = reloc_apply(t, &target, (uint64_t)(int64_t)delta, &fault);
	good = naive(theirs, t->rel64, 8, delta) &&
		naive(theirs, t->inverse32, 4, -(int64_t)delta) &&
		naive(theirs, t->rel32, 4, delta);
	if (delta != INT32_MIN) { /* which is refused before anything is applied */
		FUZZ_CHECK(good == !e);
		FUZZ_CHECK(!memcmp(ours, theirs, SIZE));
	}
	FUZZ_CHECK(!e || fault.text);
	free(ours);
	free(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size}, raw;
	uint8_t mode = (uint8_t)fuzz_take(&input, 1);
	int32_t delta = (int32_t)fuzz_take(&input, 4);
	uint8_t *buf = malloc(WORDS_MAX * 4 + 4);
	struct reloc_table t, split;
	struct span table;

	FUZZ_CHECK(buf);
	/* An odd length must be refused, whatever it is a table of. */
	raw = input;
	if (raw.len % 4)
		FUZZ_CHECK(reloc_parse(raw, &plan, &t, NULL) == ERR_BAD_RELOC);
	table = (struct span){buf, make_table(input, mode & 1, buf)};
	if (!reloc_parse(table, &plan, &t, NULL)) {
		FUZZ_CHECK(!reloc_split(table, t.layout, &split, NULL));
		FUZZ_CHECK(fuzz_same(t.rel64, split.rel64) && fuzz_same(t.rel32, split.rel32) &&
			fuzz_same(t.inverse32, split.inverse32));
	}
	for (int layout = RELOC_NONE; layout <= RELOC_DYNAMIC + 1; layout++) {
		if (reloc_split(table, (enum reloc_layout)layout, &t, NULL))
			continue;
		FUZZ_CHECK(fuzz_within(t.rel64, table) && fuzz_within(t.inverse32, table) &&
			fuzz_within(t.rel32, table));
		check_apply(&t, delta);
	}
	free(buf);
	return 0;
}
