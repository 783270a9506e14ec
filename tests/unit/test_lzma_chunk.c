/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/lzma_chunk: one stream whose output is taken in pieces, some of them to be forgotten; between
 * fences, with exactly the workspace that is promised, and over the end of its own input; damage.
 */
#include "tests/unit/chunk_unit.h"

#include <lzma.h>

#define CONTENT_MAX (2 * 1024 * 1024)
#define HEADER_DICT 1
#define HEADER_SIZE64 5

static uint8_t content[CONTENT_MAX], stream[CONTENT_MAX * 2];
static size_t workspace_cut; /* so much less than promised */

struct work {
	struct fenced fence;
	void *start;
	size_t size;
};

/* The workspace ends at a fence. */
static struct work work_make(size_t out_size)
{
	size_t size = (size_t)codec_lzma_workspace(out_size) - workspace_cut;
	struct fenced f = fenced_make(size);

	assert_int_equal(size % 64, 0);
	return (struct work){f, f.end - size, size};
}

static enum err decode(const struct codec_job *job, struct fault *fault)
{
	struct codec_job whole = *job;
	struct work w = work_make(job->out_size);
	enum err e;

	whole.workspace = w.start;
	whole.workspace_size = w.size;
	e = codec_lzma_chunk(&whole, fault);
	fenced_free(&w.fence);
	return e;
}

/*
 * The same in pieces of random size; every third one is decoded to nowhere first, and is then put in
 * from content, so that all of it can be compared.
 */
static enum err decode_pieces(const struct codec_job *job, struct fault *fault)
{
	struct unit_random random = {job->out_size};
	struct work w = work_make(job->out_size);
	struct codec_job piece = *job;
	enum err e = ERR_OK;
	size_t pos = 0;

	piece.workspace = w.start;
	piece.workspace_size = w.size;
	for (unsigned int i = 0; !e && pos < job->out_size; i++) {
		size_t left = job->out_size - pos, size = 1 + unit_below(&random, 100000);

		piece.out_size = i == 1 ? 1 : size < left ? size : left;
		if (i)
			piece.in.len = 0;
		piece.first = i == 0;
		piece.last = piece.out_size == left;
		piece.out = i % 3 == 2 ? NULL : job->out + pos;
		e = codec_lzma_chunk(&piece, fault);
		if (!piece.out)
			memcpy(job->out + pos, content + pos, piece.out_size);
		pos += piece.out_size;
	}
	fenced_free(&w.fence);
	return e;
}

/* known: the header says how long the content is. */
static struct span compress(size_t size, uint32_t preset, bool known)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	assert_false(lzma_lzma_preset(&options, preset));
	assert_int_equal(lzma_alone_encoder(&lz, &options), LZMA_OK);
	lz.next_in = content;
	lz.avail_in = size;
	lz.next_out = stream;
	lz.avail_out = sizeof(stream);
	assert_int_equal(lzma_code(&lz, LZMA_FINISH), LZMA_STREAM_END);
	if (known)
		le64_put(stream + HEADER_SIZE64, size);
	size_t len = (size_t)lz.total_out;

	lzma_end(&lz);
	return (struct span){stream, len};
}

/* The largest (P - i) - (C - o) on the way, in steps of 512 bytes. */
static uint64_t find_need(struct span in, size_t size)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	uint64_t need = 0;
	uint8_t out[512];

	assert_int_equal(lzma_alone_decoder(&lz, UINT64_MAX), LZMA_OK);
	lz.next_in = in.ptr;
	lz.avail_in = in.len;
	for (size_t pos = 0; pos < size;) {
		size_t step = size - pos < sizeof(out) ? size - pos : sizeof(out);

		pos += step;
		if (lz.avail_in + pos > size + need)
			need = lz.avail_in + pos - size;
		lz.next_out = out;
		lz.avail_out = step;
		assert_true(lzma_code(&lz, LZMA_RUN) <= LZMA_STREAM_END);
		assert_int_equal(lz.avail_out, 0);
	}
	lzma_end(&lz);
	return need;
}

static void check(size_t size, uint32_t preset, bool known)
{
	struct span in = compress(size, preset, known), want = {content, size};
	uint64_t margin = codec_lzma_margin(size), need = find_need(in, size);
	bool same;

	assert_true(need <= margin);
	assert_int_equal(chunk_fenced(decode, in, want, true, true, &same), ERR_OK);
	assert_true(same);
	assert_int_equal(chunk_fenced(decode_pieces, in, want, true, true, &same), ERR_OK);
	assert_true(same);
	assert_true(chunk_in_place(decode, in, want, margin, true, true));
	assert_true(chunk_in_place(decode, in, want, need, true, true));
	assert_true(chunk_in_place(decode_pieces, in, want, need, true, true));
}

static void test_real_streams(void **state)
{
	static const size_t sizes[] = {1, 2, 100, 4096, 65537, 300000};

	for (enum chunk_kind kind = ZEROS; kind < KINDS; kind++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			chunk_content(content, kind, sizes[s]);
			check(sizes[s], 0, true);
			check(sizes[s], 6, false);
		}
	}
}

static void test_large_stream(void **state)
{
	chunk_content(content, NOISE_WITH_REPEATS, CONTENT_MAX);
	check(CONTENT_MAX, 1, false);
	chunk_content(content, ZEROS_THEN_NOISE, CONTENT_MAX);
	check(CONTENT_MAX, 1, false);
}

/* Noise behind a long text grows more than noise alone; the margin is right to the page. */
static void test_overlap_is_found(void **state)
{
	struct span in, want = {content, CONTENT_MAX};

	chunk_content(content, NOISE, CONTENT_MAX);
	for (size_t i = 0; i < CONTENT_MAX / 2; i++)
		content[i] &= 0x1f;
	in = compress(CONTENT_MAX, 1, false);
	uint64_t need = find_need(in, CONTENT_MAX);

	assert_true(need > 2 * PAGE);
	assert_true(need <= codec_lzma_margin(CONTENT_MAX));
	assert_true(chunk_in_place(decode, in, want, need, true, true));
	assert_false(chunk_in_place(decode, in, want, need - PAGE, true, true));
}

static void test_refusals(void **state)
{
	const size_t size = 3000;
	uint8_t out[3001];

	for (int known = 0; known < 2; known++) {
		struct span in;

		chunk_content(content, TEXT, size);
		in = compress(size, 6, known);
		assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_OK);
		assert_int_equal(chunk_run(decode, in, out, size - 1, true, true), ERR_CHUNK_LENGTH);
		assert_int_equal(chunk_run(decode, in, out, size + 1, true, true), ERR_CHUNK_LENGTH);
		assert_int_equal(chunk_run(decode, in, out, size, false, true), ERR_BAD_STREAM);
		stream[in.len++] = 0;
		assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_BAD_STREAM);
		in.len = 0;
		assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_TRUNCATED);
	}
}

static void test_workspace(void **state)
{
	const size_t size = 300000;
	uint8_t *out = malloc(size);
	struct span in;

	assert_non_null(out);
	chunk_content(content, NOISE, size);
	/* a header that asks for more than anybody has */
	in = compress(size, 6, false);
	le32_put(stream + HEADER_DICT, 0xffffffff);
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_OK);
	/* matches across more than there is room for */
	memcpy(content + size / 2, content, size / 2);
	in = compress(size, 6, false);
	workspace_cut = 2500 * 64;
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_BAD_STREAM);
	workspace_cut = (size_t)codec_lzma_workspace(size);
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_WORKSPACE);
	workspace_cut = 0;
	free(out);
}

static void test_damage(void **state)
{
	const size_t size = 3000;
	struct span in, want = {content, size};

	chunk_content(content, TEXT, size);
	in = compress(size, 6, false);
	chunk_damage(decode, in, want, true, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_streams),
		cmocka_unit_test(test_large_stream),
		cmocka_unit_test(test_overlap_is_found),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_workspace),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests_name("lzma_chunk", tests, NULL, NULL);
}
