/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/lzo_chunk and codec/lzo1x: blocks that liblzo2 makes of easy and of nasty data, decoded
 * between fences and over the end of their own input; the worst block that the format has room for;
 * instructions by hand; and liblzo2's own decoder beside ours on damaged blocks.
 */
#include "tests/unit/chunk_unit.h"

#include <lzo/lzo1x.h>

#include "codec/lzo1x.h"

#define B	    CODEC_LZO_BLOCK_MAX
#define CONTENT_MAX (2 * B + 12345)
#define HEADER      "\x89LZO\0\r\n\x1a\n\x10\x40\x20\xa0\x09\x40\x03\x09" \
		    "\x03\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\1\2\3\4"

static uint8_t content[CONTENT_MAX], stream[CONTENT_MAX + CONTENT_MAX / 8 + 4096];

static void be32_put(uint8_t *p, uint32_t v)
{
	le32_put(p, __builtin_bswap32(v));
}

/* level 0: LZO1X-1, else LZO1X-999. One block's data to to; returns its size, size if stored. */
static size_t compress_block(const uint8_t *from, size_t size, int level, uint8_t *to)
{
	void *memory = malloc(LZO1X_999_MEM_COMPRESS);
	lzo_uint n = 0;

	assert_non_null(memory);
	if (level)
		assert_int_equal(lzo1x_999_compress_level(from, size, to, &n, memory, NULL, 0,
					 NULL, level),
			LZO_E_OK);
	else
		assert_int_equal(lzo1x_1_compress(from, size, to, &n, memory), LZO_E_OK);
	free(memory);
	if (n < size)
		return n;
	memcpy(to, from, size);
	return size;
}

static struct span compress(size_t size, int level, bool first, bool last)
{
	uint8_t *p = stream;

	if (first) {
		memcpy(p, HEADER, 38);
		p += 38;
	}
	for (size_t pos = 0; pos < size; pos += B) {
		size_t part = size - pos < B ? size - pos : B;
		size_t n = compress_block(content + pos, part, level, p + 12);

		be32_put(p, (uint32_t)part);
		be32_put(p + 4, (uint32_t)n);
		be32_put(p + 8, 0xeeeeeeee);
		p += 12 + n;
	}
	if (last) {
		memset(p, 0, 4);
		p += 4;
	}
	return (struct span){stream, (size_t)(p - stream)};
}

static void check(struct span in, size_t size, bool first, bool last)
{
	struct span want = {content, size};
	bool same;

	assert_int_equal(chunk_fenced(codec_lzo_chunk, in, want, first, last, &same), ERR_OK);
	assert_true(same);
	assert_true(
		chunk_in_place(codec_lzo_chunk, in, want, codec_lzo_margin(size), first, last));
}

static void test_real_blocks(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 17, 100, 4096, 65536, B - 1, B, CONTENT_MAX};

	for (enum chunk_kind kind = ZEROS; kind < KINDS; kind++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			chunk_content(content, kind, sizes[s]);
			check(compress(sizes[s], 0, true, false), sizes[s], true, false);
			check(compress(sizes[s], 8, false, true), sizes[s], false, true);
		}
	}
}

/* Short periods: every distance below 20, with lengths around the decoder's words. */
static void test_periods(void **state)
{
	for (size_t period = 1; period < 20; period++) {
		for (size_t size = 1; size < 400; size += 7) {
			for (size_t i = 0; i < size; i++)
				content[i] = (uint8_t)(i % period * 37);
			check(compress(size, 0, false, false), size, false, false);
			check(compress(size, 9, true, true), size, true, true);
		}
	}
}

/*
 * A beginning of zeros that takes almost nothing, then runs of 4 literals with a match of 3 bytes
 * behind each: 8 bytes of input for 7 of output.
 */
static size_t worst_block(uint8_t *to, size_t zeros, size_t *ret_size)
{
	struct unit_random random = {3};
	uint8_t *p = to, *out = content;
	size_t rest = zeros - 4 - 33;

	*p++ = 17 + 4;
	memset(p, 0, 4);
	p += 4;
	*p++ = 32;
	for (; rest > 255; rest -= 255)
		*p++ = 0;
	*p++ = (uint8_t)rest;
	*p++ = 0; /* distance 1 */
	*p++ = 0;
	memset(out, 0, zeros);
	for (out += zeros; out + 7 <= content + B; out += 7) {
		*p++ = 1; /* run of 4 */
		for (int i = 0; i < 4; i++)
			*p++ = out[i] = (uint8_t)unit_random(&random);
		*p++ = 32 + 1; /* match of 3 */
		*p++ = (9 - 1) << 2; /* distance 9 */
		*p++ = 0;
		for (int i = 4; i < 7; i++)
			out[i] = out[i - 9];
	}
	memcpy(p, "\x11\0\0", 3);
	*ret_size = (size_t)(out - content);
	return (size_t)(p + 3 - to);
}

static void test_worst_block(void **state)
{
	size_t size, len = worst_block(stream + 12, B / 8 + 200, &size);
	struct span in = {stream, 12 + len}, want = {content, size};
	uint64_t margin = codec_lzo_margin(size);

	assert_in_range(len, size - 300, size - 1);
	be32_put(stream, (uint32_t)size);
	be32_put(stream + 4, (uint32_t)len);
	check(in, size, false, false);
	assert_false(chunk_in_place(codec_lzo_chunk, in, want, margin - PAGE, false, false));
}

static void test_damage(void **state)
{
	const size_t size = 3000;
	uint8_t out[3001];
	struct span in;

	chunk_content(content, TEXT, size);
	in = compress(size, 8, true, true);
	chunk_damage(codec_lzo_chunk, in, (struct span){content, size}, true, true);
	assert_int_equal(chunk_run(codec_lzo_chunk, in, out, size - 1, true, true),
		ERR_CHUNK_LENGTH);
	assert_int_equal(chunk_run(codec_lzo_chunk, in, out, size + 1, true, true),
		ERR_CHUNK_LENGTH);
	be32_put(stream + 38, (uint32_t)size - 1);
	assert_int_equal(chunk_run(codec_lzo_chunk, in, out, size - 1, true, true),
		ERR_CHUNK_LENGTH);
}

/* What liblzo2 takes we take, and nothing else, with the same result. */
static void test_as_liblzo2(void **state)
{
	const size_t size = 3000;
	struct unit_random random = {5};
	unsigned int good = 0;

	chunk_content(content, NOISE_WITH_REPEATS, size / 2);
	for (size_t i = size / 2; i < size; i++)
		content[i] = (uint8_t)(i % 7);
	size_t len = compress_block(content, size, 8, stream);

	for (unsigned int round = 0; round < 20000; round++) {
		uint8_t damaged[4096], ours[3000], theirs[3000];
		lzo_uint made = size;

		memcpy(damaged, stream, len);
		damaged[unit_below(&random, len)] ^= (uint8_t)(1 << unit_below(&random, 8));
		bool their = lzo1x_decompress_safe(damaged, len, theirs, &made, NULL) == LZO_E_OK &&
			made == size;

		assert_int_equal(!lzo1x_decode((struct span){damaged, len}, ours, size), their);
		assert_true(!their || !memcmp(ours, theirs, size));
		good += their;
	}
	assert_in_range(good, 1000, 19999);
}

static void test_by_hand(void **state)
{
	static const struct {
		const char *name;
		uint8_t bytes[16];
		size_t len, out_size;
		enum err e;
		const char *out;
	} cases[] = {
		{"first literals", {17 + 5, 'h', 'e', 'l', 'l', 'o', 17, 0, 0}, 9, 5, ERR_OK, "hello"},
		{"a run", {2, 'h', 'e', 'l', 'l', 'o', 17, 0, 0}, 9, 5, ERR_OK, "hello"},
		{"a match over itself", {17 + 1, 'x', 64, 0, 17, 0, 0}, 7, 4, ERR_OK, "xxxx"},
		{"a match and literals behind it", {17 + 1, 'x', 64 + 2, 0, 'a', 'b', 17, 0, 0}, 9, 6,
			ERR_OK, "xxxxab"},
		{"a match of 2 behind a literal", {17 + 1, 'x', 0, 0, 17, 0, 0}, 7, 3, ERR_OK, "xxx"},
		{"a long length", {17 + 1, 'x', 32, 1, 0, 0, 17, 0, 0}, 9, 35, ERR_OK,
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
		{"the end mark alone", {17, 0, 0}, 3, 0, ERR_OK, ""},
		{"nothing", {0}, 0, 0, ERR_TRUNCATED, NULL},
		{"no end mark", {17 + 1, 'x'}, 2, 1, ERR_TRUNCATED, NULL},
		{"an end mark that is cut off", {17 + 1, 'x', 17, 0}, 4, 1, ERR_TRUNCATED, NULL},
		{"a run that is cut off", {2, 'h', 'e'}, 3, 5, ERR_TRUNCATED, NULL},
		{"a length that is cut off", {17 + 1, 'x', 32, 0, 0}, 5, 40, ERR_TRUNCATED, NULL},
		{"a match in front of the block", {17 + 1, 'x', 64 + 4, 0, 17, 0, 0}, 7, 4,
			ERR_BAD_STREAM, NULL},
		{"a far match behind a run", {1, 'a', 'b', 'c', 'd', 0, 0, 17, 0, 0}, 10, 7,
			ERR_BAD_STREAM, NULL},
		{"a byte behind the end mark", {17 + 1, 'x', 17, 0, 0, 0}, 6, 1, ERR_BAD_STREAM, NULL},
		{"less than promised", {17 + 1, 'x', 17, 0, 0}, 5, 2, ERR_CHUNK_LENGTH, NULL},
		{"more than promised", {17 + 2, 'x', 'y', 17, 0, 0}, 6, 1, ERR_CHUNK_LENGTH, NULL},
		{"a match beyond what was promised", {17 + 1, 'x', 64, 0, 17, 0, 0}, 7, 3,
			ERR_CHUNK_LENGTH, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t out[64];

		memset(out, FILL, sizeof(out));
		CHECK_EQ(cases[i].name,
			lzo1x_decode((struct span){cases[i].bytes, cases[i].len}, out,
				cases[i].out_size),
			cases[i].e);
		CHECK(cases[i].name,
			!cases[i].out || !memcmp(out, cases[i].out, cases[i].out_size));
		CHECK_EQ(cases[i].name, out[cases[i].out_size], FILL);
	}
}

static void test_header(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t value;
		enum err e;
	} cases[] = {
		{"as it is", 0, 0x89, ERR_OK},
		{"another magic", 7, 0x1b, ERR_BAD_STREAM},
		{"an old version", 9, 0x08, ERR_BAD_STREAM},
		{"no method", 15, 0, ERR_BAD_STREAM},
		{"another method", 15, 4, ERR_BAD_STREAM},
		{"no checksum", 20, 0, ERR_BAD_STREAM},
		{"two checksums", 20, 3, ERR_BAD_STREAM},
		{"a filter", 19, 8, ERR_BAD_STREAM},
		{"flags that change nothing", 17, 7, ERR_OK},
		{"a name", 33, 1, ERR_BAD_STREAM},
	};
	uint8_t out[5];

	for (size_t i = 0; i < COUNT(cases); i++) {
		chunk_content(content, TEXT, 5);
		struct span in = compress(5, 0, true, true);

		stream[cases[i].at] = cases[i].value;
		CHECK_EQ(cases[i].name, chunk_run(codec_lzo_chunk, in, out, 5, true, true),
			cases[i].e);
	}
	assert_int_equal(chunk_run(codec_lzo_chunk, (struct span){stream, 37}, out, 5, true, true),
		ERR_TRUNCATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_blocks),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_worst_block),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_as_liblzo2),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_header),
	};

	return cmocka_run_group_tests_name("lzo_chunk", tests, NULL, NULL);
}
