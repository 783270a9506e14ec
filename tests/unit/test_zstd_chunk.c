/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/zstd_chunk: frames that libzstd makes of easy and of nasty data, decoded over the end of
 * their own input with exactly the margin that codec_zstd_margin promises, between guards; and
 * damaged ones.
 */
#include "tests/unit/unit.h"

#include <zstd.h>

#include "codec/codec.h"

#define CONTENT_MAX (3 * CODEC_ZSTD_BLOCK_MAX + 12345)
#define GUARD	    256
#define PAGE	    4096
#define FILL	    0xa5

static uint8_t content[CONTENT_MAX];

enum kind { ZEROS, NOISE, TEXT, NOISE_WITH_REPEATS, NOISE_THEN_ZEROS, ZEROS_THEN_NOISE };

static void make_content(enum kind kind, size_t size)
{
	struct unit_random random = {kind + 1};

	for (size_t i = 0; i < size; i++) {
		uint8_t noise = (uint8_t)unit_random(&random);

		switch (kind) {
		case ZEROS:
			content[i] = 0;
			break;
		case NOISE:
			content[i] = noise;
			break;
		case TEXT:
			content[i] = (uint8_t)("the quick brown fox\n"[i % 20] + (noise < 8));
			break;
		case NOISE_WITH_REPEATS: /* barely compressible: a short match now and then */
			content[i] = i >= 5000 && i % 400 < 6 ? content[i - 4800] : noise;
			break;
		case NOISE_THEN_ZEROS:
			content[i] = i < size / 2 ? noise : 0;
			break;
		case ZEROS_THEN_NOISE:
			content[i] = i < size / 2 ? 0 : noise;
			break;
		}
	}
}

static enum err decode(struct span in, uint8_t *out, size_t out_size, bool first)
{
	size_t size = codec_zstd_workspace(CONTENT_MAX);
	void *workspace = aligned_alloc(64, size);
	struct codec_job job = {in, out, out_size, workspace, size, .first = first};
	struct fault fault = {0};
	enum err e;

	assert_non_null(workspace);
	e = codec_zstd_chunk(&job, &fault);
	assert_true(!e || fault.text);
	free(workspace);
	return e;
}

static struct span compress(size_t size, int level, bool checksum)
{
	size_t bound = ZSTD_compressBound(size);
	uint8_t *frame = malloc(bound);
	ZSTD_CCtx *cctx = ZSTD_createCCtx();
	size_t done;

	assert_non_null(frame);
	assert_non_null(cctx);
	assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, level)));
	assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(cctx, ZSTD_c_checksumFlag, checksum)));
	done = ZSTD_compress2(cctx, frame, bound, content, size);
	assert_false(ZSTD_isError(done));
	ZSTD_freeCCtx(cctx);
	return (struct span){frame, done};
}

/*
 *   guard | output, size bytes .......... | margin | guard
 *         |        input, as late as it fits ......|
 */
static bool in_place_with(struct span frame, size_t size, size_t margin)
{
	size_t room = size + margin;
	uint8_t *memory;
	bool good;

	if (room < frame.len)
		room = frame.len;
	memory = malloc(room + 2 * GUARD);
	assert_non_null(memory);
	memset(memory, FILL, room + 2 * GUARD);
	memcpy(memory + GUARD + room - frame.len, frame.ptr, frame.len);
	good = !decode((struct span){memory + GUARD + room - frame.len, frame.len},
		memory + GUARD, size, true);
	good = good && !memcmp(memory + GUARD, content, size);
	for (size_t i = 0; i < GUARD; i++) {
		assert_int_equal(memory[i], FILL);
		assert_int_equal(memory[GUARD + room + i], FILL);
	}
	free(memory);
	return good;
}

static void check_in_place(struct span frame, size_t size)
{
	assert_true(in_place_with(frame, size, (size_t)codec_zstd_margin(size)));
}

static void test_in_place(void **state)
{
	static const size_t sizes[] = {1, 2, 100, 4096, CODEC_ZSTD_BLOCK_MAX - 1,
		CODEC_ZSTD_BLOCK_MAX, CODEC_ZSTD_BLOCK_MAX + 1, CONTENT_MAX};
	static const int levels[] = {1, 3, 19, 22};

	for (enum kind kind = ZEROS; kind <= ZEROS_THEN_NOISE; kind++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			make_content(kind, sizes[s]);
			for (size_t l = 0; l < COUNT(levels); l++) {
				struct span frame = compress(sizes[s], levels[l], l & 1);

				check_in_place(frame, sizes[s]);
				free((uint8_t *)frame.ptr);
			}
		}
	}
}

/*
 * A block of D bytes, so many of them literals that libzstd puts them at the end of what a block may
 * fill, and noise behind it, which is stored:
 *
 *   o          o + D                              o + B
 *   | block    | noise ...                        |
 *                             literals, for a while
 *                                                 | input of the block | noise ...
 *
 * Of 7 bits each, literals save an eighth: that is all by which the block needs less than B between
 * the two.
 */
static void test_overlap_is_found(void **state)
{
	const size_t block = 66 * 1024, size = 300000, bound = ZSTD_compressBound(size) + 64;
	const size_t need = CODEC_ZSTD_BLOCK_MAX - block / 8;
	ZSTD_CCtx *cctx = ZSTD_createCCtx();
	ZSTD_outBuffer out = {malloc(bound), bound, 0};
	ZSTD_inBuffer in = {content, block, 0};

	assert_true(cctx && out.dst);
	make_content(NOISE, size);
	for (size_t i = 0; i < block; i++)
		content[i] &= 0x7f;
	assert_int_equal(ZSTD_compressStream2(cctx, &out, &in, ZSTD_e_flush), 0);
	in.size = size;
	assert_int_equal(ZSTD_compressStream2(cctx, &out, &in, ZSTD_e_end), 0);
	ZSTD_freeCCtx(cctx);
	struct span frame = {out.dst, out.pos};

	assert_true(need + PAGE < codec_zstd_margin(size));
	assert_true(in_place_with(frame, size, need + PAGE));
	assert_false(in_place_with(frame, size, need - PAGE));
	free(out.dst);
}

static void test_damage(void **state)
{
	const size_t size = 5000;
	struct unit_random random = {9};
	uint8_t *out = malloc(size), *copy;
	struct span frame;

	assert_non_null(out);
	make_content(TEXT, size);
	frame = compress(size, 19, false);
	assert_int_equal(decode(frame, out, size, true), ERR_OK);
	/* another length than the manifest says */
	assert_int_equal(decode(frame, out, size - 1, true), ERR_BAD_STREAM);
	copy = malloc(size + 1);
	assert_non_null(copy);
	assert_int_equal(decode(frame, copy, size + 1, true), ERR_CHUNK_LENGTH);
	free(copy);
	/* cut off anywhere, in memory that ends there */
	for (size_t len = 0; len < frame.len; len++) {
		copy = malloc(len + !len);
		assert_non_null(copy);
		memcpy(copy, frame.ptr, len);
		assert_int_not_equal(decode((struct span){copy, len}, out, size, true), ERR_OK);
		free(copy);
	}
	/* a changed byte is found by the chunk's CRC; here it must only do no harm */
	copy = malloc(frame.len);
	assert_non_null(copy);
	for (unsigned round = 0; round < 2000; round++) {
		memcpy(copy, frame.ptr, frame.len);
		copy[unit_below(&random, frame.len)] ^= (uint8_t)(1 + unit_below(&random, 255));
		(void)!decode((struct span){copy, frame.len}, out, size, true);
	}
	free(copy);
	free(out);
	free((uint8_t *)frame.ptr);
}

/* Blocks by hand: 3 bytes of last, type, size [RFC 8878 3.1.1.2]. */
static void test_blocks(void **state)
{
	static const struct {
		const char *name;
		uint8_t bytes[12];
		size_t len, out_size;
		enum err e;
		const char *out;
	} cases[] = {
		{"a raw block", {5 << 3 | 1, 0, 0, 'h', 'e', 'l', 'l', 'o'}, 8, 5, ERR_OK, "hello"},
		{"a repeated byte", {5 << 3 | 3, 0, 0, 'x'}, 4, 5, ERR_OK, "xxxxx"},
		{"two blocks, the last one not marked: a chunk in the middle",
			{1 << 3, 0, 0, 'a', 2 << 3 | 2, 0, 0, 'b'}, 8, 3, ERR_OK, "abb"},
		{"a checksum behind the last block is not looked at",
			{1 << 3 | 1, 0, 0, 'a', 1, 2, 3, 4}, 8, 1, ERR_OK, "a"},
		{"three bytes behind the last block", {1 << 3 | 1, 0, 0, 'a', 1, 2, 3}, 7, 1,
			ERR_BAD_STREAM, NULL},
		{"a block type that is reserved", {5 << 3 | 7, 0, 0, 'x'}, 4, 5, ERR_BAD_STREAM,
			NULL},
		{"a header that is cut off", {5 << 3 | 1, 0}, 2, 5, ERR_TRUNCATED, NULL},
		{"a raw block that is cut off", {5 << 3 | 1, 0, 0, 'h'}, 4, 5, ERR_TRUNCATED, NULL},
		{"a repeated byte that is cut off", {5 << 3 | 3, 0, 0}, 3, 5, ERR_TRUNCATED, NULL},
		{"more than fits", {6 << 3 | 3, 0, 0, 'x'}, 4, 5, ERR_CHUNK_LENGTH, NULL},
		{"less than was promised", {4 << 3 | 3, 0, 0, 'x'}, 4, 5, ERR_CHUNK_LENGTH, NULL},
		{"a block larger than blocks may be", {3, 0, 0xff, 'x'}, 4, 5, ERR_BAD_STREAM,
			NULL},
		{"nothing, and nothing wanted", {0}, 0, 0, ERR_OK, ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t out[8];
		struct span in = {cases[i].bytes, cases[i].len};

		memset(out, FILL, sizeof(out));
		CHECK_EQ(cases[i].name, decode(in, out, cases[i].out_size, false), cases[i].e);
		CHECK(cases[i].name,
			!cases[i].out || !memcmp(out, cases[i].out, cases[i].out_size));
		CHECK_EQ(cases[i].name, out[cases[i].out_size], FILL);
	}
}

static void test_workspace(void **state)
{
	uint8_t out[8], small[64] __attribute__((aligned(64)));
	struct codec_job job = {{out, 0}, out, 0, small, sizeof(small)};

	assert_int_equal(codec_zstd_chunk(&job, NULL), ERR_WORKSPACE);
	assert_int_equal(codec_zstd_workspace(CONTENT_MAX) % 64, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_overlap_is_found),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_workspace),
	};

	return cmocka_run_group_tests_name("zstd_chunk", tests, NULL, NULL);
}
