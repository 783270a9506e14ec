/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/lz4_best: whatever the bytes, liblz4 reads them back, and its own best level is hardly smaller.
 */
#include "tests/unit/unit.h"

#include <lz4.h>
#include <lz4hc.h>
#include "host/lz4_best.h"

/* Kinds of content; i is the position, v random. */
static uint8_t zeros(size_t i, uint64_t v)
{
	(void)i;
	(void)v;
	return 0;
}

static uint8_t noise(size_t i, uint64_t v)
{
	(void)i;
	return (uint8_t)v;
}

static uint8_t few_letters(size_t i, uint64_t v)
{
	(void)i;
	return v & 3;
}

static uint8_t rows(size_t i, uint64_t v)
{
	return i % 24 < 5 ? (uint8_t)(v % 7) : (uint8_t)(i % 24);
}

/* Noise that comes again as far away as a match may be, and one further. */
static uint8_t far(size_t i, uint64_t v)
{
	return (uint8_t)(i % 65535 * 2654435761u >> 13 ^ (v % 997 == 0));
}

static uint8_t too_far(size_t i, uint64_t v)
{
	(void)v;
	return (uint8_t)(i % 65536 * 2654435761u >> 13);
}

static uint8_t pages(size_t i, uint64_t v)
{
	return i / 4096 % 3 ? 0 : (uint8_t)(v % 50 * (v >> 8 & 1));
}

static const struct kind {
	const char *name;
	uint8_t (*byte)(size_t i, uint64_t v);
	unsigned int worse; /* than liblz4 by no more than its size divided by this */
} kinds[] = {
	{"zeros", zeros, 500},
	{"noise", noise, 500},
	{"few letters", few_letters, 100},
	{"rows", rows, 500},
	{"far", far, 3},
	{"too far", too_far, 3},
	{"pages", pages, 500},
};

static uint8_t *make(const struct kind *kind, size_t size)
{
	struct unit_random r = {size};
	uint8_t *p = malloc(size);

	for (size_t i = 0; i < size; i++)
		p[i] = kind->byte(i, unit_random(&r));
	return p;
}

/* Memory of exact sizes: the sanitizer sees what is read or written behind it. */
static size_t check(const struct kind *kind, const uint8_t *in, size_t size)
{
	size_t bound = (size_t)LZ4_compressBound((int)size);
	uint8_t *out = malloc(bound), *back = malloc(size);
	size_t made = lz4_best((struct span){in, size}, out);
	uint8_t *exact;

	assert_in_range(made, 1, bound);
	exact = malloc(made);
	memcpy(exact, out, made);
	CHECK_EQ(kind->name,
		LZ4_decompress_safe((char *)exact, (char *)back, (int)made, (int)size), size);
	assert_memory_equal(back, in, size);
	free(exact);
	free(back);
	free(out);
	return made;
}

static void test_small_blocks(void **state)
{
	for (size_t k = 0; k < COUNT(kinds); k++) {
		for (size_t size = 1; size < 600; size++) {
			uint8_t *in = make(&kinds[k], size);

			check(&kinds[k], in, size);
			free(in);
		}
	}
}

/* Lengths at which another byte is needed to say them. */
static void test_lengths(void **state)
{
	static const size_t lengths[] = {
		14, 15, 16, 18, 19, 20, 269, 270, 271, 273, 274, 275, 524, 525, 528, 529, 530};
	const struct kind *kind = &kinds[1];

	for (size_t a = 0; a < COUNT(lengths); a++) {
		for (size_t b = 0; b < COUNT(lengths); b++) {
			/* literals, a match, literals at the end */
			size_t size = lengths[a] + lengths[b] + 64;
			uint8_t *in = make(kind, size);

			memset(in + lengths[a], 'z', lengths[b]);
			check(kind, in, size);
			free(in);
		}
	}
}

/* Of the sequence at *p, which is not the last: the match's length and distance; *p moves behind it. */
static size_t match_of(const uint8_t **p, unsigned int *ret_distance)
{
	uint8_t token = *(*p)++;
	size_t literals = token >> 4, length = token & 15;

	if (literals == 15) {
		do
			literals += **p;
		while (*(*p)++ == 255);
	}
	*p += literals;
	*ret_distance = le16_get(*p);
	*p += 2;
	if (length == 15) {
		do
			length += **p;
		while (*(*p)++ == 255);
	}
	return length + 4;
}

/*
 * A long run that begins inside a match from far back, in which only some positions are learnt: the nearest
 * one that is known lies some bytes back, how many depends on where the run is.
 */
static void test_runs_have_distance_1(void **state)
{
	enum { TEXT = 300, SHORT = 120, GAP = 200, LONG = 5000, AFTER = 50 };

	for (size_t shift = 0; shift < 8; shift++) {
		const size_t again = shift + TEXT + SHORT + GAP, size = again + TEXT + LONG + AFTER;
		uint8_t *in = make(&kinds[1], size), *out = malloc((size_t)LZ4_compressBound((int)size));
		const uint8_t *p = out;
		unsigned int distance, runs = 0;

		memset(in + shift + TEXT, 0, SHORT);
		memcpy(in + again, in + shift, TEXT);
		memset(in + again + TEXT, 0, LONG);
		check(&kinds[1], in, size);
		for (const uint8_t *last = out + lz4_best((struct span){in, size}, out) - AFTER; p < last;) {
			if (match_of(&p, &distance) > LONG / 2) {
				assert_int_equal(distance, 1);
				runs++;
			}
		}
		assert_int_equal(runs, 1);
		free(out);
		free(in);
	}
}

static void test_nearly_as_small_as_liblz4(void **state)
{
	const size_t size = 700 * 1000;

	for (size_t k = 0; k < COUNT(kinds); k++) {
		uint8_t *in = make(&kinds[k], size), *out;
		size_t made = check(&kinds[k], in, size);
		int bound = LZ4_compressBound((int)size), other;

		out = malloc((size_t)bound);
		other = LZ4_compress_HC((char *)in, (char *)out, (int)size, bound, LZ4HC_CLEVEL_MAX);
		if (made > (size_t)other + (size_t)other / kinds[k].worse)
			fail_msg("%s: %zu bytes, liblz4 %d", kinds[k].name, made, other);
		free(out);
		free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_blocks),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_runs_have_distance_1),
		cmocka_unit_test(test_nearly_as_small_as_liblz4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
