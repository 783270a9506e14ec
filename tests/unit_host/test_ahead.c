/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/ahead: what is compressed while content still comes in is taken where it is right, and makes no
 * difference to any byte.
 */
#include "tests/unit/elf_build.h"

#include <sched.h>
#include "host/ahead.h"
#include "host/chunks.h"
#include "host/compress.h"

#define CHUNK  (128 * 1024)
#define SIZE   ((size_t)(6 * CHUNK + 4321))
#define HEADER 0x20000 /* in front of the first segment */

/* An ELF with one segment from HEADER to half a chunk in front of its end; both borders are cut. */
static uint8_t *make_content(void)
{
	const struct elf_load loads[] = {
		{HEADER, 0xffffffff81000000, 0x1000000, SIZE - HEADER - CHUNK / 2, SIZE}, {0}};
	struct unit_random r = {11};
	uint8_t *p = malloc(SIZE);
	size_t i;

	for (i = 0; i < SIZE; i++)
		p[i] = (uint8_t)unit_below(&r, 1 + i / (SIZE / 6));
	elf_build(p, 2, 0x1000000, loads);
	return p;
}

static struct image_options options(enum codec codec, int level)
{
	return (struct image_options){
		.codec = {.codec = codec, .level = level, .chunk_size = CHUNK}};
}

static void cut(const uint8_t *content, struct chunk_list *ret)
{
	struct elf_plan plan;

	assert_int_equal(elf_plan((struct span){content, SIZE}, SIZE, &plan, NULL), ERR_OK);
	assert_int_equal(chunks_cut(&plan, SIZE, plan.in_place, CHUNK, ret), ERR_OK);
}

/* The stream that comes out with a's help, or NULL's. */
static uint8_t *stream(
	enum codec codec, int level, const uint8_t *content, struct ahead *a, size_t *ret_size)
{
	struct chunk_list *chunks = calloc(1, sizeof(*chunks));
	uint8_t *ret;

	cut(content, chunks);
	chunks->ahead = a;
	assert_int_equal(compress(codec, level, (struct span){content, SIZE}, chunks, &ret, ret_size),
		STATUS_DONE);
	free(chunks);
	return ret;
}

static void let_arrive(struct ahead *a, const uint8_t *content, size_t step, size_t end)
{
	size_t made;

	for (made = step; made < end; made += step)
		ahead_arrived(a, (struct span){content, made}, SIZE);
	ahead_arrived(a, (struct span){content, end}, SIZE);
}

static void test_same_bytes(void **state)
{
	static const struct {
		enum codec codec;
		int level;
		size_t step, end;
	} cases[] = {
		{CODEC_LZ4, 12, CHUNK, SIZE},
		{CODEC_LZ4, 12, SIZE, SIZE},
		{CODEC_LZ4, 12, 7777, SIZE},
		{CODEC_LZ4, 1, 999, SIZE}, /* the header comes in pieces */
		{CODEC_LZ4, 1, CHUNK, 3 * CHUNK}, /* the rest never */
		{CODEC_LZ4, 1, 1000, 1000},
		{CODEC_GZIP, 1, CHUNK, SIZE},
		{CODEC_BZIP2, 1, CHUNK, SIZE},
		{CODEC_LZO, 1, CHUNK, SIZE},
	};
	uint8_t *content = make_content();
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct image_options o = options(cases[i].codec, cases[i].level);
		struct ahead *a = ahead_start(&o, 2);
		uint8_t *plain, *helped;
		size_t size, helped_size;

		assert_non_null(a);
		let_arrive(a, content, cases[i].step, cases[i].end);
		plain = stream(cases[i].codec, cases[i].level, content, NULL, &size);
		helped = stream(cases[i].codec, cases[i].level, content, a, &helped_size);
		CHECK_EQ(codec_name(cases[i].codec), helped_size, size);
		assert_memory_equal(helped, plain, size);
		ahead_end(a);
		free(helped);
		free(plain);
	}
	free(content);
}

/* What has changed since is compressed anew. */
static void test_other_bytes(void **state)
{
	uint8_t *content = make_content(), *other = malloc(SIZE), *plain, *helped;
	struct image_options o = options(CODEC_LZ4, 12);
	size_t size, helped_size, i;
	struct ahead *a = ahead_start(&o, 1);

	let_arrive(a, content, CHUNK, SIZE);
	memcpy(other, content, SIZE);
	for (i = HEADER; i + 12345 < SIZE; i += 2 * CHUNK)
		other[i + 12345] ^= 1;
	plain = stream(CODEC_LZ4, 12, other, NULL, &size);
	helped = stream(CODEC_LZ4, 12, other, a, &helped_size);
	assert_int_equal(helped_size, size);
	assert_memory_equal(helped, plain, size);
	ahead_end(a);
	free(helped);
	free(plain);
	free(other);
	free(content);
}

static struct pack wanted(const uint8_t *content, const struct chunk_list *chunks, uint32_t i)
{
	return (struct pack){
		.in = {content + chunks->c[i].out_off, chunks->c[i].out_size},
		.level = 1,
		.first = i == 0,
	};
}

/* One thread takes chunks in order: with the last of them all are done. */
static void test_take(void **state)
{
	uint8_t *content = make_content(), *other = malloc(SIZE);
	struct chunk_list *chunks = calloc(1, sizeof(*chunks));
	struct image_options o = options(CODEC_LZ4, 1);
	struct ahead *a = ahead_start(&o, 1);
	const struct pack_codec *lz4 = compress_one(CODEC_LZ4);
	struct pack p, right;

	cut(content, chunks);
	memcpy(other, content, SIZE);
	other[chunks->c[1].out_off + 5] ^= 1;
	let_arrive(a, content, SIZE, SIZE);

	/* the last one is left alone */
	p = wanted(content, chunks, chunks->count - 2);
	while (!ahead_take(a, lz4, chunks->count - 2, &p))
		sched_yield();
	free(p.out);
	p = wanted(content, chunks, chunks->count - 1);
	assert_false(ahead_take(a, lz4, chunks->count - 1, &p));

	right = p = wanted(content, chunks, 1);
	p.level = 2;
	assert_false(ahead_take(a, lz4, 1, &p));
	p = right;
	p.first = true;
	assert_false(ahead_take(a, lz4, 1, &p));
	p = right;
	p.last = true;
	assert_false(ahead_take(a, lz4, 1, &p));
	p = right;
	p.in.len--;
	assert_false(ahead_take(a, lz4, 1, &p));
	p = wanted(other, chunks, 1);
	assert_false(ahead_take(a, lz4, 1, &p));
	p = right;
	assert_false(ahead_take(a, compress_one(CODEC_GZIP), 1, &p));
	assert_false(ahead_take(a, lz4, 2, &p));
	assert_true(ahead_take(a, lz4, 1, &p));
	assert_in_range(p.size, 1, p.cap);
	free(p.out);
	assert_false(ahead_take(a, lz4, 1, &p));
	ahead_end(a);
	free(chunks);
	free(other);
	free(content);
}

/* The content goes while it is being compressed: nobody may look at it any more. */
static void test_damaged(void **state)
{
	size_t end;

	for (end = CHUNK; end < SIZE; end += CHUNK) {
		uint8_t *content = make_content();
		struct image_options o = options(CODEC_LZ4, 12);
		struct ahead *a = ahead_start(&o, 2);

		let_arrive(a, content, CHUNK / 2, end);
		ahead_arrived(a, (struct span){NULL, 0}, 0);
		free(content);
		ahead_end(a);
	}
}

static void test_no_elf(void **state)
{
	uint8_t *content = make_content();
	struct image_options o = options(CODEC_LZ4, 1);
	struct ahead *a = ahead_start(&o, 1);
	struct pack p = {.in = {content, CHUNK}, .level = 1, .first = true};

	content[0] = 0;
	let_arrive(a, content, CHUNK, SIZE);
	assert_false(ahead_take(a, compress_one(CODEC_LZ4), 0, &p));
	ahead_end(a);
	free(content);
}

static void test_of_no_use(void **state)
{
	struct image_options o = options(CODEC_LZ4, 1);

	assert_null(ahead_start(&o, 0));
	o.filter_x86 = true;
	assert_null(ahead_start(&o, 1));
	o = options(CODEC_NONE, 0);
	assert_null(ahead_start(&o, 1));
	o = options(CODEC_ZSTD, 1);
	assert_null(ahead_start(&o, 1));
	o = options(CODEC_XZ, 1);
	assert_null(ahead_start(&o, 1));
	o = options(CODEC_LZMA, 1);
	assert_null(ahead_start(&o, 1));
	ahead_end(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_other_bytes),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_no_elf),
		cmocka_unit_test(test_of_no_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
