/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a compact relocation table of a small kernel, and any words as what is to be encoded.
 * What can be expanded and what can be applied directly must go hand in hand: applying codes is
 * expanding them and applying words, and what comes of expanding can be encoded again, to no more
 * bytes. Words that can be encoded come out again as they were.
 *
 * Input: u8 mode (bit 0: three lists), u32 delta, then the table. With bit 1 of mode set the lengths
 * are u16, cut down to what there is, and the last list has the rest.
 */
#include "fuzz/fuzz.h"

#include "core/reloc_compact.h"

#define BASE 0x1000000
#define SIZE 0x18000 /* more than 64-bit codes in groups can reach */

static uint8_t pattern[SIZE];

/* What the words say, applied to image; ERR_OK, or what reloc_apply says. */
static enum err apply_words(struct span words, enum reloc_layout layout, uint8_t *image, uint64_t delta)
{
	const struct reloc_target target = {image, BASE, SIZE, RELOC_WINDOW_VA};
	struct reloc_table t;

	FUZZ_CHECK(!reloc_split(words, layout, &t, NULL));
	return reloc_apply(&t, &target, delta, NULL);
}

static enum err apply_codes(const struct reloc_compact *c, uint8_t *image, uint64_t delta)
{
	const struct reloc_target target = {image, BASE, SIZE, RELOC_WINDOW_VA};
	struct fault fault = {0};
	enum err e = reloc_compact_apply(c, &target, delta, &fault);

	FUZZ_CHECK(!e || fault.text);
	return e;
}

/* Encode and expand again. */
static void check_words(struct span words, enum reloc_layout layout, uint64_t cap, bool must)
{
	struct reloc_table t;
	struct reloc_compact c;
	uint8_t *coded = malloc(cap), *again = malloc(words.len + 1);
	uint64_t size, expanded;
	enum err e;

	FUZZ_CHECK(coded && again);
	if (!reloc_split(words, layout, &t, NULL)) {
		e = reloc_compact_encode(&t, coded, cap, &size);
		FUZZ_CHECK(!must || !e);
		if (!e) {
			FUZZ_CHECK(size <= cap);
			FUZZ_CHECK(!reloc_compact_split((struct span){coded, size}, layout, &c, NULL));
			FUZZ_CHECK(!reloc_compact_expanded_size(&c, &expanded, NULL));
			FUZZ_CHECK(expanded == words.len);
			FUZZ_CHECK(!reloc_compact_expand(&c, again, expanded, NULL));
			FUZZ_CHECK(fuzz_same(words, (struct span){again, expanded}));
		}
	}
	free(coded);
	free(again);
}

static void check_codes(struct span table, enum reloc_layout layout, uint64_t delta)
{
	uint8_t *ours = malloc(SIZE), *theirs = malloc(SIZE), *words;
	struct reloc_compact c;
	uint64_t size;
	enum err e;

	FUZZ_CHECK(ours && theirs);
	for (size_t i = 0; !pattern[1] && i < SIZE; i++)
		pattern[i] = (uint8_t)(1 + (i * 37 >> 3));
	memcpy(ours, pattern, SIZE);
	memcpy(theirs, pattern, SIZE);
	if (!reloc_compact_split(table, layout, &c, NULL)) {
		FUZZ_CHECK(fuzz_within(c.rel64, table) && fuzz_within(c.inverse32, table) &&
			fuzz_within(c.rel32, table));
		e = apply_codes(&c, ours, delta);
		if (reloc_compact_expanded_size(&c, &size, NULL)) {
			FUZZ_CHECK(e);
		} else {
			words = malloc(size);
			FUZZ_CHECK(words && size <= 4 * table.len);
			if (reloc_compact_expand(&c, words, size, NULL)) {
				FUZZ_CHECK(e);
			} else {
				check_words((struct span){words, size}, layout, table.len, true);
				FUZZ_CHECK(e == apply_words((struct span){words, size}, layout, theirs,
							delta));
				FUZZ_CHECK(!memcmp(ours, theirs, SIZE));
			}
			free(words);
		}
	}
	free(ours);
	free(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint8_t mode = (uint8_t)fuzz_take(&input, 1);
	uint64_t delta = (uint64_t)(int64_t)(int32_t)fuzz_take(&input, 4);
	enum reloc_layout layout = mode & 1 ? RELOC_LINUX_3 : RELOC_LINUX_2;
	unsigned lists = mode & 1 ? 3 : 2;
	uint8_t *table;
	size_t len[3], left;

	check_words(input, layout, input.len + 1, false);
	if (!(mode & 2)) {
		check_codes(input, layout, delta);
		return 0;
	}
	table = malloc(lists * 4 + input.len + 1);
	FUZZ_CHECK(table);
	for (unsigned i = 0; i + 1 < lists; i++)
		len[i] = (size_t)fuzz_take(&input, 2);
	left = input.len;
	for (unsigned i = 0; i < lists; i++) {
		if (i + 1 == lists || len[i] > left)
			len[i] = left;
		le32_put(table + 4 * i, (uint32_t)len[i]);
		left -= len[i];
	}
	memcpy(table + 4 * lists, input.ptr, input.len);
	check_codes((struct span){table, lists * 4 + input.len}, layout, delta);
	free(table);
	return 0;
}
