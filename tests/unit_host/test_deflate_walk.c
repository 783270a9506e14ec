/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/deflate_walk beside zlib, whose Z_BLOCK mode stops where blocks end. */
#include "tests/unit/unit.h"

#include <zlib.h>
#include "host/deflate_walk.h"

#define CONTENT 70000
#define ROOM    (CONTENT + 4096)
#define FLIPS   2000

static uint8_t content[CONTENT], stream[ROOM], made[ROOM];

static int set_up(void **state)
{
	struct unit_random r = {3};
	size_t i;

	for (i = 0; i < CONTENT; i++)
		content[i] = i % 9000 < 7000 ? "abcdefgh    "[unit_below(&r, 12)]
					     : (uint8_t)unit_random(&r);
	return 0;
}

static size_t deflate_raw(int level, int strategy, size_t size, int flush_each)
{
	z_stream z = {0};
	size_t at, n;

	assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, -15, 8, strategy), Z_OK);
	z.next_out = stream;
	z.avail_out = ROOM;
	z.next_in = content;
	for (at = 0; flush_each && at + (size_t)flush_each < size; at += n) {
		n = (size_t)flush_each;
		z.avail_in = (uInt)n;
		assert_int_equal(deflate(&z, at % 2 ? Z_SYNC_FLUSH : Z_BLOCK), Z_OK);
	}
	z.avail_in = (uInt)(size - at);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = z.total_out;
	deflateEnd(&z);
	return n;
}

/* What zlib says. False if it does not take the stream. */
static bool zlib_walk(const uint8_t *in, size_t size, struct deflate_walk *ret)
{
	z_stream z = {0};
	uint64_t block = 0, at;
	bool good = false;
	int result;

	assert_int_equal(inflateInit2(&z, -15), Z_OK);
	z.next_in = (uint8_t *)(uintptr_t)in;
	z.avail_in = (uInt)size;
	z.next_out = made;
	z.avail_out = ROOM;
	do {
		result = inflate(&z, Z_BLOCK);
		at = (uint64_t)z.total_in * 8 - (z.data_type & 7);
		if (z.data_type & 128 && !(z.data_type & 64))
			block = at;
		if (result == Z_STREAM_END) {
			*ret = (struct deflate_walk){block, at, z.total_out};
			good = true;
		}
	} while (result == Z_OK && (z.avail_in || z.data_type & 128) && z.avail_out);
	inflateEnd(&z);
	return good;
}

static void check_same(const char *name, const uint8_t *in, size_t size)
{
	struct deflate_walk ours, zlibs;

	CHECK(name, zlib_walk(in, size, &zlibs));
	CHECK_EQ(name, deflate_walk((struct span){in, size}, &ours), ERR_OK);
	CHECK_EQ(name, ours.out_size, zlibs.out_size);
	CHECK_EQ(name, ours.last_block_bit, zlibs.last_block_bit);
	CHECK_EQ(name, (ours.end_bit + 7) / 8, (zlibs.end_bit + 7) / 8);
	/* the mark that the writer clears */
	CHECK(name, in[ours.last_block_bit / 8] >> ours.last_block_bit % 8 & 1);
}

static void test_like_zlib(void **state)
{
	static const struct {
		const char *name;
		int level, strategy;
		size_t size;
		int flush_each;
	} cases[] = {
		{"nothing", 6, Z_DEFAULT_STRATEGY, 0, 0},
		{"one byte", 6, Z_DEFAULT_STRATEGY, 1, 0},
		{"dynamic codes", 9, Z_DEFAULT_STRATEGY, CONTENT, 0},
		{"fast", 1, Z_DEFAULT_STRATEGY, CONTENT, 0},
		{"fixed codes", 6, Z_FIXED, CONTENT, 0},
		{"stored", 0, Z_DEFAULT_STRATEGY, CONTENT, 0},
		{"without matches", 6, Z_HUFFMAN_ONLY, CONTENT, 0},
		{"runs", 6, Z_RLE, CONTENT, 0},
		{"many blocks", 6, Z_DEFAULT_STRATEGY, CONTENT, 501},
		{"many stored blocks", 0, Z_DEFAULT_STRATEGY, CONTENT, 777},
		{"many fixed blocks", 6, Z_FIXED, CONTENT, 333},
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		check_same(cases[i].name, stream,
			deflate_raw(cases[i].level, cases[i].strategy, cases[i].size,
				cases[i].flush_each));
}

static void test_truncated(void **state)
{
	size_t size = deflate_raw(6, Z_DEFAULT_STRATEGY, CONTENT, 5000), n;
	struct deflate_walk walk;

	for (n = 0; n < size; n += n < 600 ? 1 : 97) {
		uint8_t *exact = malloc(n + !n);

		memcpy(exact, stream, n);
		CHECK_EQ("prefix", deflate_walk((struct span){exact, n}, &walk), ERR_TRUNCATED);
		free(exact);
	}
}

/* What zlib takes, the walk takes, with the same numbers; it may take more, but ends. */
static void test_damaged(void **state)
{
	size_t size = deflate_raw(6, Z_DEFAULT_STRATEGY, 6000, 700);
	uint8_t *exact = malloc(size);
	struct unit_random r = {11};
	struct deflate_walk ours, zlibs;
	int i;

	for (i = 0; i < FLIPS; i++) {
		memcpy(exact, stream, size);
		exact[unit_below(&r, size)] ^= (uint8_t)(1u << unit_below(&r, 8));
		if (zlib_walk(exact, size, &zlibs)) {
			CHECK_EQ("flipped", deflate_walk((struct span){exact, size}, &ours), ERR_OK);
			CHECK_EQ("flipped", ours.out_size, zlibs.out_size);
			CHECK_EQ("flipped", ours.last_block_bit, zlibs.last_block_bit);
		} else {
			enum err e = deflate_walk((struct span){exact, size}, &ours);

			CHECK("flipped", e == ERR_OK || e == ERR_TRUNCATED || e == ERR_BAD_STREAM);
		}
	}
	free(exact);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_zlib),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
