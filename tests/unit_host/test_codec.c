/* SPDX-License-Identifier: GPL-2.0-or-later */
/* codec/: names, recognition, and each decoder of whole streams on right and damaged input. */
#include "tests/unit/unit.h"

#include <bzlib.h>
#include <libdeflate.h>
#include <lz4.h>
#include <lzma.h>
#include <zstd.h>
#include "codec/codec.h"

#define CONTENT 3000
#define ROOM    8192

static uint8_t content[CONTENT];

/* Text of a few words: compresses, but not to nothing. */
static int set_up(void **state)
{
	struct unit_random r = {7};
	size_t i;

	for (i = 0; i < CONTENT; i++)
		content[i] = "abcdefgh"[unit_below(&r, 8)];
	return 0;
}

/* lzop's container with one stored and one compressed block: there is no library that writes it. */
static size_t make_lzo(uint8_t *out)
{
	static const uint8_t head[] = {0x89, 'L', 'Z', 'O', 0, 0x0d, 0x0a, 0x1a, 0x0a, 0x10, 0x40,
		0x20, 0xa0, 0x09, 0x40, 1, 5, 0, 0, 0, 0, /* versions, method, level, flags */
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* mode, time, name length */
		0, 0, 0, 0}; /* header checksum, not looked at */
	uint8_t *p = out;

	memcpy(p, head, sizeof(head));
	p += sizeof(head);
	memcpy(p,
		(uint8_t[]){0, 0, CONTENT >> 8, CONTENT & 0xff, 0, 0, CONTENT >> 8, CONTENT & 0xff},
		8);
	memcpy(p + 8, content, CONTENT);
	p += 8 + CONTENT;
	memset(p, 0, 4);
	return (size_t)(p + 4 - out);
}

static size_t make(enum codec codec, uint8_t *out)
{
	struct libdeflate_compressor *gzip;
	lzma_options_lzma options;
	lzma_stream lz = LZMA_STREAM_INIT;
	unsigned int room = ROOM;
	size_t n = 0;

	switch (codec) {
	case CODEC_NONE:
		memcpy(out, content, CONTENT);
		return CONTENT;
	case CODEC_GZIP:
		gzip = libdeflate_alloc_compressor(6);
		n = libdeflate_gzip_compress(gzip, content, CONTENT, out, ROOM);
		libdeflate_free_compressor(gzip);
		return n;
	case CODEC_BZIP2:
		BZ2_bzBuffToBuffCompress((char *)out, &room, (char *)content, CONTENT, 1, 0, 0);
		return room;
	case CODEC_LZMA:
		lzma_lzma_preset(&options, 1);
		assert_int_equal(lzma_alone_encoder(&lz, &options), LZMA_OK);
		lz.next_in = content;
		lz.avail_in = CONTENT;
		lz.next_out = out;
		lz.avail_out = ROOM;
		assert_int_equal(lzma_code(&lz, LZMA_FINISH), LZMA_STREAM_END);
		n = lz.total_out;
		lzma_end(&lz);
		return n;
	case CODEC_XZ:
		assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, content,
					 CONTENT, out, &n, ROOM),
			LZMA_OK);
		return n;
	case CODEC_LZO:
		return make_lzo(out);
	case CODEC_LZ4:
		le32_put(out, 0x184c2102);
		n = (size_t)LZ4_compress_default(
			(char *)content, (char *)out + 8, CONTENT, ROOM - 8);
		le32_put(out + 4, (uint32_t)n);
		return n + 8;
	case CODEC_ZSTD:
		return ZSTD_compress(out, ROOM, content, CONTENT, 3);
	}
	return 0;
}

static enum err decode(
	enum codec codec, const uint8_t *in, size_t len, uint8_t *out, size_t out_size)
{
	return codec_decode(codec,
		&(struct codec_job){.in = {in, len}, .out = out, .out_size = out_size}, NULL);
}

static void test_names(void **state)
{
	enum codec codec, found;

	for (codec = CODEC_NONE; codec < CODEC_COUNT; codec++) {
		assert_int_equal(codec_by_name(text_span(codec_name(codec)), &found), ERR_OK);
		assert_int_equal(found, codec);
	}
	assert_int_equal(codec_by_name(text_span("zst"), &found), ERR_CODEC_UNKNOWN);
	assert_int_equal(codec_by_name(text_span("zstd2"), &found), ERR_CODEC_UNKNOWN);
	assert_int_equal(codec_by_name(text_span(""), &found), ERR_CODEC_UNKNOWN);
}

static void test_detect(void **state)
{
	uint8_t stream[ROOM];
	enum codec codec, found;
	size_t len;

	for (codec = CODEC_GZIP; codec < CODEC_COUNT; codec++) {
		len = make(codec, stream);
		CHECK_EQ(codec_name(codec), codec_detect((struct span){stream, len}, &found),
			ERR_OK);
		CHECK_EQ(codec_name(codec), found, codec);
		/* too short to be told */
		CHECK_EQ(codec_name(codec), codec_detect((struct span){stream, 2}, &found),
			ERR_CODEC_UNKNOWN);
	}
	assert_int_equal(codec_detect(text_span("\177ELF\2"), &found), ERR_OK);
	assert_int_equal(found, CODEC_NONE);
	assert_int_equal(codec_detect(text_span("hello"), &found), ERR_CODEC_UNKNOWN);
}

/* In heap memory of the exact size, so that the sanitizer sees a byte too much. */
static void test_round_trip(void **state)
{
	uint8_t stream[ROOM];
	enum codec codec;

	for (codec = CODEC_NONE; codec < CODEC_COUNT; codec++) {
		size_t len = make(codec, stream);
		uint8_t *in = malloc(len), *out = malloc(CONTENT);

		memcpy(in, stream, len);
		CHECK_EQ(codec_name(codec), decode(codec, in, len, out, CONTENT), ERR_OK);
		assert_memory_equal(out, content, CONTENT);
		free(in);
		free(out);
	}
}

static void test_wrong_length(void **state)
{
	uint8_t stream[ROOM], out[CONTENT + 1];
	enum codec codec;

	for (codec = CODEC_NONE; codec < CODEC_COUNT; codec++) {
		const char *name = codec_name(codec);
		size_t len = make(codec, stream);

		CHECK_EQ(name, decode(codec, stream, len, out, CONTENT + 1), ERR_CHUNK_LENGTH);
		CHECK(name, decode(codec, stream, len, out, CONTENT - 1));
		CHECK(name, decode(codec, stream, len - 1, out, CONTENT));
		CHECK(name, decode(codec, stream, len / 2, out, CONTENT));
	}
}

/*
 * Any one flipped bit: either an error, or (without a checksum) other bytes; never more than a
 * crash.
 */
static void test_flipped_bits(void **state)
{
	uint8_t stream[ROOM], damaged[ROOM], out[CONTENT];
	struct unit_random r = {1};
	enum codec codec;
	int i;

	for (codec = CODEC_GZIP; codec < CODEC_COUNT; codec++) {
		size_t len = make(codec, stream);

		for (i = 0; i < 200; i++) {
			uint64_t bit = unit_below(&r, len * 8);

			memcpy(damaged, stream, len);
			damaged[bit / 8] ^= 1 << bit % 8;
			if (decode(codec, damaged, len, out, CONTENT))
				continue;
			if (codec == CODEC_BZIP2)
				CHECK("bzip2 has a checksum", !memcmp(out, content, CONTENT));
		}
	}
}

/* It only goes forward, over bytes that are right by then. */
struct looking {
	const uint8_t *out, *right;
	size_t made, calls;
};

static void look(void *ctx, size_t made)
{
	struct looking *l = ctx;

	assert_true(made >= l->made);
	assert_memory_equal(l->out + l->made, l->right + l->made, made - l->made);
	l->made = made;
	l->calls++;
}

static void test_watch(void **state)
{
	uint8_t stream[ROOM], out[CONTENT];
	enum codec codec;

	for (codec = CODEC_NONE; codec < CODEC_COUNT; codec++) {
		struct looking looking = {.out = out, .right = content};
		struct codec_watch watch = {look, &looking};
		struct codec_job job = {.in = {stream, make(codec, stream)}, .out = out, .out_size = CONTENT};

		memset(out, 0, sizeof(out));
		CHECK_EQ(codec_name(codec), codec_decode_watched(codec, &job, &watch, NULL), ERR_OK);
		CHECK_EQ(codec_name(codec), looking.made, CONTENT);
	}
}

/* Much more than the steps in which it is decoded: a stream of size bytes. */
static size_t make_large(enum codec codec, const uint8_t *in, size_t size, uint8_t *out, size_t room)
{
	unsigned int bzip2_room = (unsigned int)room;
	size_t n = 0, done;

	switch (codec) {
	case CODEC_BZIP2:
		assert_int_equal(BZ2_bzBuffToBuffCompress((char *)out, &bzip2_room, (char *)(uintptr_t)in,
					 (unsigned int)size, 1, 0, 0),
			BZ_OK);
		return bzip2_room;
	case CODEC_XZ:
		assert_int_equal(
			lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, in, size, out, &n, room),
			LZMA_OK);
		return n;
	case CODEC_LZ4:
		le32_put(out, 0x184c2102);
		n = 4;
		for (done = 0; done < size; done += 1 << 20) {
			size_t part = size - done < 1 << 20 ? size - done : 1 << 20;
			int got = LZ4_compress_default((const char *)in + done, (char *)out + n + 4,
				(int)part, (int)(room - n - 4));

			assert_true(got > 0);
			le32_put(out + n, (uint32_t)got);
			n += 4 + (size_t)got;
		}
		return n;
	default:
		n = ZSTD_compress(out, room, in, size, 1);
		assert_false(ZSTD_isError(n));
		return n;
	}
}

/* Once whole, once without its end. */
static void test_watch_steps(void **state)
{
	static const struct {
		enum codec codec;
		bool seen_when_cut; /* not of zstd: its frame is walked through before it is decoded */
	} cases[] = {{CODEC_BZIP2, true}, {CODEC_XZ, true}, {CODEC_LZ4, true}, {CODEC_ZSTD, false}};
	const size_t size = 5 * 1024 * 1024 + 7, room = size + size / 2;
	uint8_t *large = malloc(size), *out = malloc(size), *stream = malloc(room);
	struct unit_random r = {9};
	size_t i;

	for (i = 0; i < size; i++)
		large[i] = (uint8_t)unit_below(&r, i < size / 2 ? 3 : 200);
	for (i = 0; i < COUNT(cases); i++) {
		const char *name = codec_name(cases[i].codec);
		struct looking looking = {.out = out, .right = large};
		struct codec_watch watch = {look, &looking};
		struct codec_job job = {.in.ptr = stream, .out = out, .out_size = size};

		memset(out, 0, size);
		job.in.len = make_large(cases[i].codec, large, size, stream, room);
		CHECK_EQ(name, codec_decode_watched(cases[i].codec, &job, &watch, NULL), ERR_OK);
		CHECK_EQ(name, looking.made, size);
		CHECK(name, looking.calls >= 5);
		assert_memory_equal(out, large, size);

		looking = (struct looking){.out = out, .right = large};
		memset(out, 0, size);
		job.in.len -= 100;
		CHECK_EQ(name, codec_decode_watched(cases[i].codec, &job, &watch, NULL), ERR_TRUNCATED);
		CHECK(name, looking.made <= size && (looking.made >= size / 2) == cases[i].seen_when_cut);
	}
	free(stream);
	free(out);
	free(large);
}

static void test_several_bzip2_streams(void **state)
{
	uint8_t stream[2 * ROOM], out[2 * CONTENT];
	size_t len = make(CODEC_BZIP2, stream);

	memcpy(stream + len, stream, len);
	assert_int_equal(decode(CODEC_BZIP2, stream, 2 * len, out, 2 * CONTENT), ERR_OK);
	assert_memory_equal(out + CONTENT, content, CONTENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_wrong_length),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_watch_steps),
		cmocka_unit_test(test_several_bzip2_streams),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
