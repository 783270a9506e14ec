/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/compress with host/chunks: one stream for every reader, and each chunk by itself for the
 * stub's decoders.
 */
#include "tests/unit/unit.h"

#include <zstd.h>
#include "host/compress.h"

#define MIB        (1024 * 1024)
#define CHUNK_SIZE (4 * MIB)

/* Runs of equal bytes between random ones, a little like a kernel. */
static uint8_t *make_content(size_t size)
{
	uint8_t *p = malloc(size);
	struct unit_random r = {42};
	size_t i = 0;

	while (i < size) {
		uint64_t v = unit_random(&r);
		size_t run = v % 61;

		for (; run && i < size; run--, i++)
			p[i] = v & 0x4000 ? 0 : (uint8_t)(v >> (run % 7 * 8));
	}
	return p;
}

/* What is in no codec's power to make smaller. */
static uint8_t *make_noise(size_t size)
{
	uint8_t *p = malloc(size);
	struct unit_random r = {43};
	size_t i;

	for (i = 0; i < size; i++)
		p[i] = (uint8_t)unit_random(&r);
	return p;
}

struct subject {
	enum codec codec;
	const uint8_t *content;
	size_t size;
	struct chunk_list *chunks;
	uint8_t *stream;
	size_t stream_size;
};

static void cut(struct subject *s, const uint32_t *cuts, size_t count, uint32_t chunk_size)
{
	size_t i;

	s->chunks = calloc(1, sizeof(*s->chunks));
	s->chunks->count = (uint32_t)count;
	s->chunks->chunk_size = chunk_size;
	for (i = 0; i < count; i++) {
		s->chunks->c[i] =
			(struct manifest_chunk){.out_off = (uint32_t)s->size, .out_size = cuts[i]};
		s->size += cuts[i];
	}
}

static void check_whole(const struct subject *s)
{
	struct codec_job job = {.in = {s->stream, s->stream_size}, .out_size = s->size};
	enum codec codec;

	job.out = malloc(s->size);
	if (s->codec != CODEC_NONE) {
		assert_int_equal(codec_detect(job.in, &codec), ERR_OK);
		assert_int_equal(codec, s->codec);
	}
	assert_int_equal(codec_decode(s->codec, &job, NULL), ERR_OK);
	assert_memory_equal(job.out, s->content, s->size);
	free(job.out);
}

/* Every chunk from nothing but its own input, into memory of the exact size. */
static void check_chunks(const struct subject *s)
{
	bool stream = codec_is_stream(s->codec);
	struct codec_job job = {.workspace_size = chunks_workspace(s->codec, s->chunks)};
	uint8_t *first_in = NULL;
	uint64_t end = 0;
	uint32_t i;

	job.workspace = aligned_alloc(64, (job.workspace_size / 64 + 1) * 64);
	for (i = 0; i < s->chunks->count; i++) {
		const struct manifest_chunk *c = &s->chunks->c[i];
		uint8_t *in = malloc(c->in_size + !c->in_size);

		CHECK_EQ(codec_name(s->codec), c->in_off, end);
		end += c->in_size;
		memcpy(in, s->stream + c->in_off, c->in_size);
		job.in = (struct span){in, c->in_size};
		job.out_size = c->out_size;
		job.out = malloc(c->out_size);
		job.first = i == 0;
		job.last = i + 1 == s->chunks->count;
		CHECK_EQ(codec_name(s->codec), codec_chunk(s->codec, &job, NULL), ERR_OK);
		assert_memory_equal(job.out, s->content + c->out_off, c->out_size);
		assert_memory_equal(in, s->stream + c->in_off, c->in_size);
		free(job.out);
		if (stream && !i)
			first_in = in;
		else
			free(in);
	}
	CHECK_EQ(codec_name(s->codec), end, s->stream_size);
	free(first_in);
	free(job.workspace);
}

static void check(enum codec codec, int level, uint8_t *(*content)(size_t), const uint32_t *cuts,
	size_t count, uint32_t chunk_size)
{
	struct subject s = {.codec = codec};
	uint8_t *bytes;

	cut(&s, cuts, count, chunk_size);
	bytes = content(s.size);
	s.content = bytes;
	assert_int_equal(compress(codec, level, (struct span){bytes, s.size}, s.chunks, &s.stream,
				 &s.stream_size),
		STATUS_DONE);
	check_whole(&s);
	check_chunks(&s);
	free(bytes);
	free(s.stream);
	free(s.chunks);
}

#define CUT(codec, level, content, size, ...)                                                      \
	check(codec, level, content, (const uint32_t[]){__VA_ARGS__},                              \
		COUNT(((const uint32_t[]){__VA_ARGS__})), size)

static void test_every_codec(void **state)
{
	int i;

	for (i = 0; i < CODEC_COUNT; i++) {
		enum codec codec = (enum codec)i;
		const struct compress_rules *rules = compress_rules(codec);
		int quick = rules->level_min;

		CUT(codec, quick, make_content, CHUNK_WHOLE, 1);
		CUT(codec, quick, make_content, CHUNK_WHOLE, 100);
		CUT(codec, quick, make_content, CHUNK_WHOLE, 300000, 5, 400000);
		CUT(codec, quick, make_noise, CHUNK_WHOLE, 70000, 600000);
		CUT(codec, quick, make_content, MIB, 4096, MIB, MIB, 1, 77777);
	}
}

static void test_best_levels(void **state)
{
	int i;

	for (i = 0; i < CODEC_COUNT; i++) {
		const struct compress_rules *rules = compress_rules((enum codec)i);

		CUT((enum codec)i, rules->level_best, make_content, CHUNK_WHOLE, 100000, 600000);
	}
}

/* A gzip chunk ends in one of eight bits of a byte: each has its way of filling up. */
static void test_every_end_of_deflate(void **state)
{
	uint32_t size;

	for (size = 1; size < 64; size++)
		CUT(CODEC_GZIP, 1, make_noise, CHUNK_WHOLE, size, size + 7, 3);
	for (size = 1000; size < 1064; size++)
		CUT(CODEC_GZIP, 6, make_content, CHUNK_WHOLE, size, 200);
}

/* Larger than a block of the legacy frame. */
static void test_blocks_of_lz4(void **state)
{
	CUT(CODEC_LZ4, 1, make_content, CHUNK_WHOLE, 8 * MIB);
	CUT(CODEC_LZ4, 1, make_content, CHUNK_WHOLE, 9 * MIB, 8 * MIB + 1);
}

static void test_one_frame_of_zstd(void **state)
{
	uint32_t one = compress_rules(CODEC_ZSTD)->one_chunk_max;
	struct subject s = {.codec = CODEC_ZSTD};
	uint8_t *content;

	CUT(CODEC_ZSTD, 1, make_content, CHUNK_SIZE, one);
	CUT(CODEC_ZSTD, 1, make_content, CHUNK_SIZE, 4096, one);
	CUT(CODEC_ZSTD, 1, make_content, CHUNK_SIZE, CHUNK_SIZE, CHUNK_SIZE, 5); /* no flush */
	CUT(CODEC_ZSTD, 1, make_content, CHUNK_SIZE, 2 * MIB, CHUNK_SIZE, 1, 3 * MIB, CHUNK_SIZE);
	CUT(CODEC_ZSTD, 1, make_content, CHUNK_WHOLE, 2 * MIB, 9 * MIB, MIB);

	cut(&s, (const uint32_t[]){2 * MIB, 600000}, 2, CHUNK_WHOLE);
	content = make_content(s.size);
	assert_int_equal(compress(CODEC_ZSTD, 1, (struct span){content, s.size}, s.chunks, &s.stream,
				 &s.stream_size),
		STATUS_DONE);
	assert_int_equal(ZSTD_findFrameCompressedSize(s.stream, s.stream_size), s.stream_size);
	assert_int_equal(ZSTD_getFrameContentSize(s.stream, s.stream_size), s.size);
	free(content);
	free(s.stream);
	free(s.chunks);
}

static void test_cut_apart(void **state)
{
	static const struct {
		const char *name;
		uint32_t size, chunk_size;
		uint32_t count, first, last;
	} cases[] = {
		{"as large as a chunk", CHUNK_SIZE, CHUNK_SIZE, 1, CHUNK_SIZE, CHUNK_SIZE},
		{"one byte", 1, CHUNK_SIZE, 1, 1, 1},
		{"full ones", 3 * CHUNK_SIZE, CHUNK_SIZE, 3, CHUNK_SIZE, CHUNK_SIZE},
		{"one byte more: even parts", 2 * CHUNK_SIZE + 1, CHUNK_SIZE, 3, 0x2c0000, 0x280001},
		{"one byte less than two", 2 * CHUNK_SIZE - 1, CHUNK_SIZE, 2, CHUNK_SIZE, CHUNK_SIZE - 1},
		{"no larger than asked for", 2 * 1048577, 1048577, 2, 1048577, 1048577},
		{"the largest that are even", 9 * MIB, 8 * MIB, 2, 9 * MIB / 2, 9 * MIB / 2},
		{"larger: full ones and a rest", 17 * MIB, 16 * MIB, 2, 16 * MIB, MIB},
	};
	struct chunk_list *chunks = calloc(1, sizeof(*chunks));
	struct elf_plan plan = {0};

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
			chunks_cut(&plan, cases[i].size, false, cases[i].chunk_size, chunks), ERR_OK);
		CHECK_EQ(cases[i].name, chunks->count, cases[i].count);
		CHECK_EQ(cases[i].name, chunks->c[0].out_size, cases[i].first);
		CHECK_EQ(cases[i].name, chunks->c[chunks->count - 1].out_size, cases[i].last);
		for (uint32_t c = 1; c < chunks->count; c++)
			CHECK_EQ(cases[i].name, chunks->c[c].out_off, c * cases[i].first);
	}
	assert_int_equal(chunks_cut(&plan, (uint64_t)CHUNK_SIZE_MIN * MANIFEST_CHUNKS_MAX + 1, false,
				 CHUNK_SIZE_MIN, chunks),
		ERR_NO_SPACE);
	assert_int_equal(chunks_cut(&plan, 2 * CHUNK_SIZE + 1, false, CHUNK_WHOLE, chunks), ERR_OK);
	assert_int_equal(chunks->count, 1);
	free(chunks);
}

static void test_cut_in_place(void **state)
{
	static const uint32_t offsets[] = {0, 0x200000, 0x500000, 0x800000};
	struct chunk_list *chunks = calloc(1, sizeof(*chunks));
	struct elf_plan plan = {
		.count = 1,
		.segment = {{.offset = 0x200000,
			.paddr = 0x1000000,
			.filesz = 0x600000,
			.memsz = 0x600000}},
		.mem_base = 0x1000000,
		.mem_size = 0x600000,
		.first_offset = 0x200000,
		.tail_offset = 0x800000,
		.in_place = true,
	};
	uint32_t i;

	assert_int_equal(chunks_cut(&plan, 0x800010, true, CHUNK_SIZE, chunks), ERR_OK);
	assert_int_equal(chunks->count, COUNT(offsets));
	for (i = 0; i < COUNT(offsets); i++)
		CHECK_EQ("chunk begins at", chunks->c[i].out_off, offsets[i]);
	assert_int_equal(chunks->c[3].out_size, 0x10);
	assert_int_equal(chunks_cut(&plan, 0x800010, true, CHUNK_WHOLE, chunks), ERR_OK);
	assert_int_equal(chunks->count, 3);
	free(chunks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_codec),
		cmocka_unit_test(test_best_levels),
		cmocka_unit_test(test_every_end_of_deflate),
		cmocka_unit_test(test_blocks_of_lz4),
		cmocka_unit_test(test_one_frame_of_zstd),
		cmocka_unit_test(test_cut_apart),
		cmocka_unit_test(test_cut_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
