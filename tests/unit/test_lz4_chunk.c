/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/lz4_chunk: blocks that liblz4 makes of easy and of nasty data, decoded between fences and
 * over the end of their own input; the worst block that the format has room for; blocks by hand, with
 * every short distance, and at the border from where no distance is too far.
 */
#include "tests/unit/chunk_unit.h"

#include <lz4.h>
#include <lz4hc.h>

#define MAGIC "\x02\x21\x4c\x18"
#define CONTENT_MAX (CODEC_LZ4_BLOCK_MAX + 70000)

static uint8_t content[CONTENT_MAX], stream[CONTENT_MAX + CONTENT_MAX / 255 + 1024];

/* level 0: the fast compressor */
static struct span compress(size_t size, int level, bool first)
{
	size_t len = 0;

	if (first) {
		memcpy(stream, MAGIC, 4);
		len = 4;
	}
	for (size_t pos = 0; pos < size;) {
		size_t part = size - pos < CODEC_LZ4_BLOCK_MAX ? size - pos : CODEC_LZ4_BLOCK_MAX;
		const char *from = (const char *)content + pos;
		char *to = (char *)stream + len + 4;
		int room = (int)(sizeof(stream) - len - 4), n;

		n = level ? LZ4_compress_HC(from, to, (int)part, room, level) :
			    LZ4_compress_default(from, to, (int)part, room);
		assert_true(n > 0);
		le32_put(stream + len, (uint32_t)n);
		len += 4 + (size_t)n;
		pos += part;
	}
	return (struct span){stream, len};
}

static void check(size_t size, int level, bool first)
{
	struct span in = compress(size, level, first), want = {content, size};
	bool same;

	assert_int_equal(chunk_fenced(codec_lz4_chunk, in, want, first, !first, &same), ERR_OK);
	assert_true(same);
	assert_true(chunk_in_place(
		codec_lz4_chunk, in, want, codec_lz4_margin(size), first, !first));
}

static void test_real_blocks(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 12, 13, 100, 4096, 65536, 200000};

	for (enum chunk_kind kind = ZEROS; kind < KINDS; kind++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			chunk_content(content, kind, sizes[s]);
			check(sizes[s], 0, true);
			check(sizes[s], 12, false);
		}
	}
}

static void test_several_blocks(void **state)
{
	chunk_content(content, NOISE_WITH_REPEATS, CONTENT_MAX);
	check(CONTENT_MAX, 0, true);
	check(CODEC_LZ4_BLOCK_MAX, 0, false);
	struct span in = compress(CONTENT_MAX, 0, true);

	assert_int_equal(chunk_run(codec_lz4_chunk, (struct span){in.ptr, 4 + 4 + le32_get(in.ptr + 4)},
				 content, CONTENT_MAX, true, false),
		ERR_TRUNCATED);
}

/* Literals, with a match of 4 bytes at distance 1 behind them unless they are the last. */
static size_t put_sequence(uint8_t *to, const uint8_t *literals, size_t count, bool last)
{
	uint8_t *p = to;
	size_t rest = count - 15;

	*p++ = 0xf0;
	for (; rest >= 255; rest -= 255)
		*p++ = 255;
	*p++ = (uint8_t)rest;
	memcpy(p, literals, count);
	p += count;
	if (!last) {
		*p++ = 1;
		*p++ = 0;
	}
	return (size_t)(p - to);
}

/*
 * Noise in runs whose lengths take 21 bytes: the input falls back against the output as fast as it
 * can, in small steps.
 */
#define RUN (15 + 20 * 255)

static void test_worst_block(void **state)
{
	const size_t size = CODEC_LZ4_BLOCK_MAX;
	uint64_t margin = codec_lz4_margin(size);
	size_t len = 4, pos = 0;

	chunk_content(content, NOISE, size);
	for (; size - pos > 2 * RUN; pos += RUN + 4) {
		len += put_sequence(stream + len, content + pos, RUN, false);
		memset(content + pos + RUN, content[pos + RUN - 1], 4);
	}
	len += put_sequence(stream + len, content + pos, size - pos, true);
	le32_put(stream, (uint32_t)(len - 4));
	struct span in = {stream, len}, want = {content, size};

	assert_true(chunk_in_place(codec_lz4_chunk, in, want, margin, false, false));
	assert_false(chunk_in_place(codec_lz4_chunk, in, want, margin - PAGE, false, false));
}

static void test_damage(void **state)
{
	const size_t size = 3000;
	uint8_t out[3001];
	struct span in;

	chunk_content(content, TEXT, size);
	in = compress(size, 12, true);
	chunk_damage(codec_lz4_chunk, in, (struct span){content, size}, true, false);
	assert_int_not_equal(chunk_run(codec_lz4_chunk, in, out, size - 1, true, false), ERR_OK);
	assert_int_equal(chunk_run(codec_lz4_chunk, in, out, size + 1, true, false),
		ERR_CHUNK_LENGTH);
}

static void test_by_hand(void **state)
{
	static const struct {
		const char *name;
		uint8_t bytes[16];
		size_t len, out_size;
		bool first;
		enum err e;
		const char *out;
	} cases[] = {
		{"literals", {6, 0, 0, 0, 0x50, 'h', 'e', 'l', 'l', 'o'}, 10, 5, false, ERR_OK,
			"hello"},
		{"the frame's magic in front",
			{2, 0x21, 0x4c, 0x18, 2, 0, 0, 0, 0x10, 'x'}, 10, 1, true, ERR_OK, "x"},
		{"another magic", {3, 0x21, 0x4c, 0x18, 2, 0, 0, 0, 0x10, 'x'}, 10, 1, true,
			ERR_BAD_STREAM, NULL},
		{"a magic that is cut off", {2, 0x21}, 2, 1, true, ERR_TRUNCATED, NULL},
		{"a magic where none may be", {2, 0x21, 0x4c, 0x18, 2, 0, 0, 0, 0x10, 'x'}, 10, 1,
			false, ERR_TRUNCATED, NULL},
		{"a size that is cut off", {6, 0, 0}, 3, 5, false, ERR_TRUNCATED, NULL},
		{"a block that is cut off", {6, 0, 0, 0, 0x50, 'h'}, 6, 5, false, ERR_TRUNCATED,
			NULL},
		{"a size beyond any block", {0xff, 0xff, 0xff, 0xff, 0x50}, 5, 5, false,
			ERR_TRUNCATED, NULL},
		{"a match in front of the chunk",
			{10, 0, 0, 0, 0x10, 'x', 2, 0, 0x50, 'h', 'e', 'l', 'l', 'o', 0}, 14, 10,
			false, ERR_BAD_STREAM, NULL},
		{"less than promised", {2, 0, 0, 0, 0x10, 'x'}, 6, 2, false, ERR_CHUNK_LENGTH,
			NULL},
		{"something behind the last block", {2, 0, 0, 0, 0x10, 'x', 0}, 7, 1, false,
			ERR_BAD_STREAM, NULL},
		{"nothing, and nothing wanted", {0}, 0, 0, false, ERR_OK, ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t out[16];
		struct span in = {cases[i].bytes, cases[i].len};

		memset(out, FILL, sizeof(out));
		CHECK_EQ(cases[i].name,
			chunk_run(codec_lz4_chunk, in, out, cases[i].out_size, cases[i].first, false),
			cases[i].e);
		CHECK(cases[i].name,
			!cases[i].out || !memcmp(out, cases[i].out, cases[i].out_size));
		CHECK_EQ(cases[i].name, out[cases[i].out_size], FILL);
	}
}

/* front literals, length bytes from distance back, 4 from second back, 200 literals. */
static size_t put_match(const uint8_t *literals, size_t front, size_t distance, size_t length,
	size_t second)
{
	size_t len = 4 + put_sequence(stream + 4, literals, front, false);
	size_t more = length - 4;

	le16_put(stream + len - 2, (uint16_t)distance);
	stream[4] |= (uint8_t)(more < 15 ? more : 15);
	if (more >= 15) {
		for (more -= 15; more >= 255; more -= 255)
			stream[len++] = 255;
		stream[len++] = (uint8_t)more;
	}
	stream[len++] = 0;
	le16_put(stream + len, (uint16_t)second);
	len += 2;
	len += put_sequence(stream + len, literals, 200, true);
	le32_put(stream, (uint32_t)(len - 4));
	return len;
}

/* What put_match() stands for, byte by byte. */
static size_t expect_match(uint8_t *to, size_t front, size_t distance, size_t length, size_t second)
{
	uint8_t *p = to + front;

	for (size_t i = 0; i < length; i++, p++)
		*p = *(p - distance);
	for (size_t i = 0; i < 4; i++, p++)
		*p = *(p - second);
	memcpy(p, to, 200);
	return (size_t)(p - to) + 200;
}

static void test_every_short_distance(void **state)
{
	chunk_content(content, NOISE, 300);
	for (size_t distance = 1; distance <= 40; distance++) {
		for (size_t length = 4; length <= 150; length++) {
			size_t len = put_match(content, 250, distance, length, 41 - distance);
			size_t size = expect_match(content, 250, distance, length, 41 - distance);
			struct span in = {stream, len}, want = {content, size};
			bool same;

			assert_int_equal(chunk_fenced(codec_lz4_chunk, in, want, false, false, &same),
				ERR_OK);
			if (!same)
				fail_msg("%zu bytes from %zu back", length, distance);
		}
	}
}

/* From 65535 bytes on every distance is possible, and is not looked at any more. */
static void test_first_reach(void **state)
{
	static uint8_t out[70000];

	for (size_t made = 65530; made <= 65540; made++) {
		chunk_content(content, NOISE, made);
		size_t len = put_match(content, made - 18, 1000, 18, 65535);
		size_t size = made + 4 + 200;
		struct span in = {stream, len};

		assert_int_equal(chunk_run(codec_lz4_chunk, in, out, size, false, false),
			made < 65535 ? ERR_BAD_STREAM : ERR_OK);
		if (made >= 65535) {
			assert_int_equal(expect_match(content, made - 18, 1000, 18, 65535), size);
			assert_memory_equal(out, content, size);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_blocks),
		cmocka_unit_test(test_several_blocks),
		cmocka_unit_test(test_worst_block),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_every_short_distance),
		cmocka_unit_test(test_first_reach),
	};

	return cmocka_run_group_tests_name("lz4_chunk", tests, NULL, NULL);
}
