/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/gzip_chunk: members that libdeflate makes of easy and of nasty data, whole and with the
 * marker of a chunk that is not the last, decoded between fences and over the end of their own
 * input; the worst block that the contract has room for; blocks by hand.
 */
#include "tests/unit/chunk_unit.h"

#include <libdeflate.h>

#define CONTENT_MAX (2 * CODEC_GZIP_BLOCK_MAX)
#define HEADER	    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"
#define MARKER	    "\x00\x00\x00\xff\xff"

static uint8_t content[CONTENT_MAX], stream[CONTENT_MAX + CONTENT_MAX / 2 + 4096];

static enum err decode(const struct codec_job *job, struct fault *fault)
{
	return codec_gzip_chunk(job, fault);
}

/* A whole member: first and last chunk in one. The trailer's numbers are not looked at. */
static struct span compress(size_t size, int level)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
	size_t len;

	assert_non_null(c);
	memcpy(stream, HEADER, 10);
	len = libdeflate_deflate_compress(c, content, size, stream + 10, sizeof(stream) - 18);
	assert_int_not_equal(len, 0);
	libdeflate_free_compressor(c);
	memset(stream + 10 + len, 0xee, 8);
	return (struct span){stream, 10 + len + 8};
}

/*
 * One block that is not the last of its member, with the marker behind: BFINAL cleared, an empty
 * stored block to get to a byte boundary (its three bits of header are in the last byte or not,
 * which nobody but a decoder can tell: try).
 */
static struct span compress_middle(size_t size, int level)
{
	struct span in = compress(size, level), best = {NULL, 0};
	uint8_t out[1], *blocks = stream + 10;
	size_t len = in.len - 18;

	assert_true(blocks[0] & 1); /* one block only: so little content */
	blocks[0] &= 0xfe;
	for (size_t extra = 0; extra < 2 && !best.len; extra++) {
		uint8_t *p = blocks + len, *to = malloc(size + 1);

		assert_non_null(to);
		memcpy(p, "\0", extra);
		memcpy(p + extra, "\x00\x00\xff\xff" MARKER, 9);
		struct span try = {blocks, len + extra + 9};

		if (!chunk_run(decode, try, size ? to : out, size, false, false))
			best = try;
		free(to);
	}
	assert_int_not_equal(best.len, 0);
	return best;
}

static void check(struct span in, size_t size, bool first, bool last)
{
	struct span want = {content, size};
	bool same;

	assert_int_equal(chunk_fenced(decode, in, want, first, last, &same), ERR_OK);
	assert_true(same);
	assert_true(chunk_in_place(decode, in, want, codec_gzip_margin(size), first, last));
}

static void test_real_blocks(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 100, 4096, 65535, 65536, 299999, CONTENT_MAX};
	static const int levels[] = {1, 6, 12};

	for (enum chunk_kind kind = ZEROS; kind < KINDS; kind++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			chunk_content(content, kind, sizes[s]);
			for (size_t l = 0; l < COUNT(levels); l++)
				check(compress(sizes[s], levels[l]), sizes[s], true, true);
		}
		chunk_content(content, kind, 4000);
		for (size_t l = 0; l < COUNT(levels); l++)
			check(compress_middle(4000, levels[l]), 4000, false, false);
	}
}

/* --- blocks by hand --- */

struct bits {
	uint8_t *p;
	uint64_t held;
	unsigned int count;
};

/* Numbers go in from their lowest bit [RFC 1951 3.1.1]. */
static void put_bits(struct bits *b, uint32_t value, unsigned int count)
{
	b->held |= (uint64_t)value << b->count;
	for (b->count += count; b->count >= 8; b->count -= 8) {
		*b->p++ = (uint8_t)b->held;
		b->held >>= 8;
	}
}

/* Codes of a Huffman tree go in from their highest bit. */
static void put_code(struct bits *b, uint32_t code, unsigned int count)
{
	while (count--)
		put_bits(b, code >> count & 1, 1);
}

#define LIT_COUNT 286
#define MATCH_258 285
#define END	  256

/*
 * The worst block: a beginning of zeros that takes almost nothing, then two literals, 'X' and 'Y',
 * in random order, whose codes are 15 bits long. One code of each length from 1 to 14, two of 15.
 *
 *   length 1: match of 258 bytes   2: byte 0   3: end of block   4 to 14: bytes 1 to 11, never used
 */
static struct span worst_block(size_t zeros, size_t literals)
{
	/* where each length of a code length stands in the header [RFC 1951 3.2.7] */
	static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	struct unit_random random = {1};
	struct bits b = {stream, 0, 0};
	uint8_t lengths[LIT_COUNT] = {0};
	size_t pos = 0;

	memset(stream, 0, sizeof(stream));
	lengths[MATCH_258] = 1;
	lengths[0] = 2;
	lengths[END] = 3;
	for (unsigned int i = 4; i <= 14; i++)
		lengths[i - 3] = (uint8_t)i;
	lengths['X'] = lengths['Y'] = 15;

	put_bits(&b, 0, 1); /* not the last block */
	put_bits(&b, 2, 2); /* with trees of its own */
	put_bits(&b, LIT_COUNT - 257, 5);
	put_bits(&b, 2 - 1, 5); /* two distances: 1 and 2 */
	put_bits(&b, 19 - 4, 4);
	for (size_t i = 0; i < 19; i++)
		put_bits(&b, order[i] < 16 ? 4 : 0, 3); /* the lengths 0 to 15, 4 bits each */
	for (size_t i = 0; i < LIT_COUNT; i++)
		put_code(&b, lengths[i], 4);
	put_code(&b, 1, 4);
	put_code(&b, 1, 4);

	content[pos++] = 0;
	put_code(&b, 2, 2);
	for (; pos + 258 <= zeros; pos += 258) {
		memset(content + pos, 0, 258);
		put_code(&b, 0, 1); /* match of 258 bytes... */
		put_code(&b, 0, 1); /* ...at distance 1 */
	}
	for (size_t i = 0; i < literals; i++) {
		bool y = unit_random(&random) & 1;

		content[pos++] = y ? 'Y' : 'X';
		put_code(&b, 0x7ffe + y, 15);
	}
	put_code(&b, 6, 3); /* end of block */
	put_bits(&b, 0, 3); /* empty stored block, to get to a byte boundary */
	put_bits(&b, 0, (8 - b.count) % 8);
	memcpy(b.p, "\x00\x00\xff\xff" MARKER, 9);
	return (struct span){content, pos};
}

static void test_worst_block(void **state)
{
	const size_t literals = CODEC_GZIP_BLOCK_MAX / 15 * 8 - 220;
	struct span want = worst_block(CODEC_GZIP_BLOCK_MAX - literals, literals);
	uint64_t margin = codec_gzip_margin(want.len);
	size_t len = sizeof(stream);

	assert_in_range(want.len, CODEC_GZIP_BLOCK_MAX - 258, CODEC_GZIP_BLOCK_MAX);
	while (stream[len - 1] != 0xff)
		len--;
	struct span in = {stream, len};

	/* no larger than the same bytes stored: a writer may choose it */
	assert_in_range(len, want.len - 500, want.len + 5 * 5 + 10);
	check(in, want.len, false, false);
	assert_false(chunk_in_place(decode, in, want, margin - PAGE, false, false));
}

static void test_damage(void **state)
{
	const size_t size = 3000;
	uint8_t out[3001];
	struct span in, want = {content, size};

	chunk_content(content, TEXT, size);
	in = compress(size, 12);
	chunk_damage(decode, in, want, true, true);
	assert_int_equal(chunk_run(decode, in, out, size - 1, true, true), ERR_CHUNK_LENGTH);
	assert_int_equal(chunk_run(decode, in, out, size + 1, true, true), ERR_CHUNK_LENGTH);
	in = compress_middle(size, 12);
	chunk_damage(decode, in, want, false, false);
	assert_int_equal(chunk_run(decode, in, out, size - 1, false, false), ERR_CHUNK_LENGTH);
}

static void test_by_hand(void **state)
{
	static const struct {
		const char *name;
		uint8_t bytes[24];
		size_t len, out_size;
		bool first, last;
		enum err e;
		const char *out;
	} cases[] = {
		{"a stored block and the marker",
			{0, 2, 0, 0xfd, 0xff, 'h', 'i', 0, 0, 0, 0xff, 0xff}, 12, 2, false, false,
			ERR_OK, "hi"},
		{"the last chunk: a final block and the trailer",
			{1, 2, 0, 0xfd, 0xff, 'h', 'i', 1, 2, 3, 4, 5, 6, 7, 8}, 15, 2, false, true,
			ERR_OK, "hi"},
		{"the first chunk: the header in front",
			{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0, 0xfd, 0xff, 'h', 'i', 0, 0, 0,
				0xff, 0xff}, 22, 2, true, false, ERR_OK, "hi"},
		{"another magic", {0x1f, 0x8c, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0xff, 0xff}, 15, 0,
			true, false, ERR_BAD_STREAM, NULL},
		{"a header with a name in it",
			{0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, 'n', 0, 0, 0, 0, 0xff, 0xff}, 17, 0,
			true, false, ERR_BAD_STREAM, NULL},
		{"a header that is cut off", {0x1f, 0x8b, 8, 0}, 4, 0, true, false, ERR_TRUNCATED,
			NULL},
		{"a trailer that is cut off", {1, 0, 0, 0xff, 0xff, 1}, 6, 0, false, true,
			ERR_TRUNCATED, NULL},
		{"no marker", {0, 2, 0, 0xfd, 0xff, 'h', 'i'}, 7, 2, false, false, ERR_BAD_STREAM,
			NULL},
		{"a final block before the marker",
			{1, 2, 0, 0xfd, 0xff, 'h', 'i', 0, 0, 0, 0xff, 0xff}, 12, 2, false, false,
			ERR_BAD_STREAM, NULL},
		{"a match in front of the chunk", /* fixed codes: length 3, distance 1 */
			{2, 2, 0, 0, 0, 0xff, 0xff}, 7, 3, false, false, ERR_BAD_STREAM, NULL},
		{"only the marker", {0, 0, 0, 0xff, 0xff}, 5, 0, false, false, ERR_OK, ""},
		{"nothing", {0}, 0, 0, false, false, ERR_BAD_STREAM, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t in[24], out[16];

		memset(out, FILL, sizeof(out));
		memcpy(in, cases[i].bytes, sizeof(in));
		CHECK_EQ(cases[i].name,
			chunk_run(decode, (struct span){in, cases[i].len}, out, cases[i].out_size,
				cases[i].first, cases[i].last),
			cases[i].e);
		CHECK(cases[i].name,
			!cases[i].out || !memcmp(out, cases[i].out, cases[i].out_size));
		CHECK_EQ(cases[i].name, out[cases[i].out_size], FILL);
		CHECK(cases[i].name, !memcmp(in, cases[i].bytes, sizeof(in)));
	}
}

/* What the library asks malloc for must fit what the codec says; counted by the allocator below. */
static size_t asked;

static void *count_malloc(size_t size)
{
	asked += size;
	return malloc(size);
}

static void test_workspace(void **state)
{
	libdeflate_set_memory_allocator(count_malloc, free);
	chunk_content(content, TEXT, 4000);
	struct span in = compress(4000, 1);

	asked = 0;
	check(in, 4000, true, true);
	libdeflate_set_memory_allocator(malloc, free);
	assert_int_not_equal(asked, 0);
	/* check() decodes three times */
	assert_in_range(asked / 3 + 64, 1, codec_gzip_workspace(4000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_blocks),
		cmocka_unit_test(test_worst_block),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_workspace),
	};

	return cmocka_run_group_tests_name("gzip_chunk", tests, NULL, NULL);
}
