/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/bzip2_chunk: streams that libbz2 makes of easy and of nasty data, decoded between fences with
 * exactly the workspace that is promised, and over the end of their own input; the margin; damage.
 */
#include "tests/unit/chunk_unit.h"

#include <bzlib.h>

#define CONTENT_MAX (2 * 1024 * 1024)

static uint8_t content[CONTENT_MAX], stream[CONTENT_MAX * 2];
static size_t workspace_cut; /* so much less than promised */

/* The workspace ends at a fence; one serves many calls, it is large. */
static enum err decode(const struct codec_job *job, struct fault *fault)
{
	struct codec_job whole = *job;
	size_t size = (size_t)codec_bzip2_workspace(job->out_size) - workspace_cut;
	static struct fenced f;
	static size_t made;

	assert_int_equal(size % 64, 0);
	if (!f.map || size != made) {
		if (f.map)
			fenced_free(&f);
		f = fenced_make(size);
		made = size;
	}
	whole.workspace = f.end - size;
	whole.workspace_size = size;
	return codec_bzip2_chunk(&whole, fault);
}

/* Streams of part bytes each, one behind the other. */
static struct span compress(size_t size, int level, size_t part)
{
	size_t len = 0;

	for (size_t pos = 0; pos < size || !pos; pos += part) {
		unsigned int n = (unsigned int)(size - pos < part ? size - pos : part);
		unsigned int out = (unsigned int)(sizeof(stream) - len);

		assert_int_equal(BZ2_bzBuffToBuffCompress((char *)stream + len, &out,
					 (char *)content + pos, n, level, 0, 0),
			BZ_OK);
		len += out;
	}
	return (struct span){stream, len};
}

/* The largest (P - i) - (C - o) on the way of one stream, in steps of 512 bytes. */
static uint64_t find_need(struct span in, size_t size)
{
	bz_stream bz = {0};
	uint64_t need = 0;
	char out[512];

	assert_int_equal(BZ2_bzDecompressInit(&bz, 0, 0), BZ_OK);
	bz.next_in = (char *)(uintptr_t)in.ptr;
	bz.avail_in = (unsigned int)in.len;
	for (size_t pos = 0; pos < size;) {
		size_t step = size - pos < sizeof(out) ? size - pos : sizeof(out);

		pos += step;
		if (bz.avail_in + pos > size + need)
			need = bz.avail_in + pos - size;
		bz.next_out = out;
		bz.avail_out = (unsigned int)step;
		assert_true(BZ2_bzDecompress(&bz) >= BZ_OK);
		assert_int_equal(bz.avail_out, 0);
	}
	BZ2_bzDecompressEnd(&bz);
	return need;
}

static void check(size_t size, int level, size_t part)
{
	struct span in = compress(size, level, part), want = {content, size};
	uint64_t margin = codec_bzip2_margin(size);
	bool same;

	assert_int_equal(chunk_fenced(decode, in, want, true, true, &same), ERR_OK);
	assert_true(same);
	assert_true(chunk_in_place(decode, in, want, margin, false, false));
}

static void test_real_streams(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 100, 4096, 65537, 250000};

	for (enum chunk_kind kind = ZEROS; kind < KINDS; kind++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			chunk_content(content, kind, sizes[s]);
			check(sizes[s], 1, CONTENT_MAX);
			check(sizes[s], 9, 80000);
		}
	}
}

/* Full blocks at every level, so that the largest uses its workspace up. */
static void test_levels(void **state)
{
	chunk_content(content, NOISE_WITH_REPEATS, CONTENT_MAX);
	for (int level = 1; level <= 9; level += 4)
		check(CONTENT_MAX, level, CONTENT_MAX);
	/* four of a kind: each run gets a fifth byte before it is sorted */
	for (size_t i = 0; i < CONTENT_MAX; i++)
		content[i] = (uint8_t)(i / 4 * 7 + i / 1024);
	check(CONTENT_MAX, 1, 80000);
}

/* The margin is right to the page: noise grows all along. */
static void test_overlap_is_found(void **state)
{
	struct span in, want = {content, CONTENT_MAX};

	chunk_content(content, NOISE, CONTENT_MAX);
	in = compress(CONTENT_MAX, 1, CONTENT_MAX);
	uint64_t need = find_need(in, CONTENT_MAX);

	assert_true(need > 2 * PAGE);
	assert_true(need <= codec_bzip2_margin(CONTENT_MAX));
	assert_true(chunk_in_place(decode, in, want, need, false, false));
	assert_false(chunk_in_place(decode, in, want, need - PAGE, false, false));
}

static void test_refusals(void **state)
{
	const size_t size = 3000;
	uint8_t out[3001];
	struct span in;

	chunk_content(content, TEXT, size);
	in = compress(size, 9, 1000);
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_OK);
	assert_int_equal(chunk_run(decode, in, out, size - 1, true, true), ERR_CHUNK_LENGTH);
	assert_int_equal(chunk_run(decode, in, out, size + 1, true, true), ERR_CHUNK_LENGTH);
	assert_int_equal(
		chunk_run(decode, (struct span){NULL, 0}, out, size, true, true), ERR_TRUNCATED);
	stream[in.len / 2] ^= 1; /* found by a block's CRC, if not before */
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_BAD_STREAM);
	stream[in.len / 2] ^= 1;
	stream[in.len++] = 'B';
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_TRUNCATED);
	stream[in.len - 1] = 'C';
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_BAD_STREAM);
}

static void test_workspace(void **state)
{
	uint8_t out[100];
	struct span in;

	chunk_content(content, TEXT, sizeof(out));
	in = compress(sizeof(out), 9, sizeof(out));
	workspace_cut = 64 * 1024;
	assert_int_equal(chunk_run(decode, in, out, sizeof(out), true, true), ERR_WORKSPACE);
	workspace_cut = (size_t)codec_bzip2_workspace(sizeof(out));
	assert_int_equal(chunk_run(decode, in, out, sizeof(out), true, true), ERR_WORKSPACE);
	workspace_cut = 0;
}

static void test_damage(void **state)
{
	const size_t size = 1000;
	struct span in, want = {content, size};

	chunk_content(content, TEXT, size);
	in = compress(size, 1, size);
	chunk_damage(decode, in, want, true, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_streams),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_overlap_is_found),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_workspace),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests_name("bzip2_chunk", tests, NULL, NULL);
}
