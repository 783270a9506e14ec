/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec/xz_chunk: blocks that liblzma makes of easy and of nasty data, decoded between fences with
 * exactly the workspace that is promised, and over the end of their own input; the margin; damage.
 */
#include "tests/unit/chunk_unit.h"

#include <lzma.h>

#define CONTENT_MAX (3 * 1024 * 1024)
#define HEADER_SIZE 12
#define FOOTER_SIZE 12

static uint8_t content[CONTENT_MAX], stream[CONTENT_MAX + 0x20000];
static size_t workspace_cut; /* so much less than promised */

/* The workspace ends at a fence. */
static enum err decode(const struct codec_job *job, struct fault *fault)
{
	struct codec_job whole = *job;
	size_t size = (size_t)codec_xz_workspace(job->out_size) - workspace_cut;
	struct fenced f = fenced_make(size);
	enum err e;

	assert_int_equal(size % 64, 0);
	whole.workspace = f.end - size;
	whole.workspace_size = size;
	e = codec_xz_chunk(&whole, fault);
	fenced_free(&f);
	return e;
}

/* A stream of one block. Preset 9 asks for a dictionary of 64 MiB. */
static struct span compress(size_t size, uint32_t preset, bool x86, lzma_check check)
{
	lzma_options_lzma options;
	lzma_filter filters[3] = {{LZMA_FILTER_X86, NULL}, {LZMA_FILTER_LZMA2, &options},
		{LZMA_VLI_UNKNOWN, NULL}};
	size_t len = 0;

	assert_false(lzma_lzma_preset(&options, preset));
	assert_int_equal(lzma_stream_buffer_encode(x86 ? filters : filters + 1, check, NULL,
				 content, size, stream, &len, sizeof(stream)),
		LZMA_OK);
	return (struct span){stream, len};
}

/* Without stream header, index and footer: as in the middle of a payload. */
static struct span block_of(struct span in)
{
	size_t index_size = (le32_get(in.ptr + in.len - 8) + 1) * 4; /* [xz-file-format 2.1.2.2] */

	return (struct span){
		in.ptr + HEADER_SIZE, in.len - HEADER_SIZE - FOOTER_SIZE - index_size};
}

static void check(size_t size, uint32_t preset, bool x86)
{
	struct span in = compress(size, preset, x86, LZMA_CHECK_CRC32), want = {content, size};
	struct span block = block_of(in);
	uint64_t margin = codec_xz_margin(size);
	bool same;

	assert_int_equal(chunk_fenced(decode, in, want, true, true, &same), ERR_OK);
	assert_true(same);
	assert_int_equal(chunk_fenced(decode, block, want, false, false, &same), ERR_OK);
	assert_true(same);
	assert_true(chunk_in_place(decode, in, want, margin, true, true));
	assert_true(chunk_in_place(decode, block, want, margin, false, false));
}

static void test_real_blocks(void **state)
{
	static const size_t sizes[] = {1, 2, 100, 4096, 65535, 65536, 65537, 300000};

	for (enum chunk_kind kind = ZEROS; kind < KINDS; kind++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			chunk_content(content, kind, sizes[s]);
			check(sizes[s], 0, true);
			check(sizes[s], 6, false);
		}
	}
}

/* Several LZMA2 chunks; calls and jumps for the branch filter; a dictionary larger than the chunk. */
static void test_large_block(void **state)
{
	struct unit_random random = {3};

	chunk_content(content, NOISE_WITH_REPEATS, CONTENT_MAX);
	for (size_t i = 0; i + 5 < CONTENT_MAX; i += 20 + unit_below(&random, 40)) {
		content[i] = i & 1 ? 0xe8 : 0xe9;
		le32_put(content + i + 1, (uint32_t)(0x1000 - (i & 0xfff)));
	}
	check(CONTENT_MAX, 1, true);
	chunk_content(content, ZEROS_THEN_NOISE, CONTENT_MAX);
	check(CONTENT_MAX, 1, true);
}

static void test_large_dictionary(void **state)
{
	chunk_content(content, TEXT, 5000);
	check(5000, 9, true);
}

/*
 * Noise is stored; behind it lies an index as long as none is. What is unread is P - C larger than
 * what it decodes to from the first byte on, so that this is the margin that it needs, to the page.
 */
static void test_overlap_is_found(void **state)
{
	const size_t size = 200000, filler = 30000;
	struct span in, want = {content, size};

	chunk_content(content, NOISE, size);
	in = compress(size, 6, false, LZMA_CHECK_CRC32);
	memmove(stream + in.len - FOOTER_SIZE + filler, stream + in.len - FOOTER_SIZE, FOOTER_SIZE);
	in.len += filler;
	uint64_t need = in.len - size;

	assert_true(need <= codec_xz_margin(size));
	assert_true(chunk_in_place(decode, in, want, need, true, true));
	assert_false(chunk_in_place(decode, in, want, need - PAGE, true, true));
}

/* The largest index that a payload can have still lies within the margin. */
static void test_largest_index(void **state)
{
	lzma_index *index = lzma_index_init(NULL);

	assert_non_null(index);
	for (unsigned int i = 0; i < 4096; i++)
		assert_int_equal(lzma_index_append(index, NULL, 0xffff0, 0x100000), LZMA_OK);
	assert_true(lzma_index_size(index) < codec_xz_margin(0x100000) - 65536);
	lzma_index_end(index, NULL);
}

static void test_refusals(void **state)
{
	const size_t size = 3000;
	uint8_t out[3001];
	struct span in;

	chunk_content(content, TEXT, size);
	in = compress(size, 6, true, LZMA_CHECK_CRC32);
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_OK);
	assert_int_equal(chunk_run(decode, in, out, size - 1, true, true), ERR_CHUNK_LENGTH);
	assert_int_equal(chunk_run(decode, in, out, size + 1, true, true), ERR_CHUNK_LENGTH);
	/* not a first chunk: no stream header; not a last one: nothing behind the block */
	assert_int_not_equal(chunk_run(decode, in, out, size, false, true), ERR_OK);
	assert_int_equal(chunk_run(decode, in, out, size, true, false), ERR_BAD_STREAM);
	assert_int_equal(
		chunk_run(decode, block_of(in), out, size, false, true), ERR_TRUNCATED);
	assert_int_equal(
		chunk_run(decode, (struct span){NULL, 0}, out, size, false, false), ERR_TRUNCATED);
	/* a byte of content or check that changed: the block's CRC-32 */
	stream[in.len - 30] ^= 1;
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_BAD_STREAM);
	/* checks that are not ours */
	in = compress(size, 6, false, LZMA_CHECK_CRC64);
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_BAD_STREAM);
	assert_int_equal(
		chunk_run(decode, block_of(in), out, size, false, false), ERR_BAD_STREAM);
}

static void test_workspace(void **state)
{
	const size_t size = 300000;
	uint8_t *out = malloc(size);
	struct span in;

	assert_non_null(out);
	chunk_content(content, TEXT, size);
	in = compress(size, 6, true, LZMA_CHECK_CRC32);
	workspace_cut = 64 * 1024;
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_WORKSPACE);
	workspace_cut = (size_t)codec_xz_workspace(size);
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_WORKSPACE);
	workspace_cut = 0;
	assert_int_equal(chunk_run(decode, in, out, size, true, true), ERR_OK);
	free(out);
}

static void test_damage(void **state)
{
	const size_t size = 3000;
	struct span in, want = {content, size};

	chunk_content(content, TEXT, size);
	in = compress(size, 6, true, LZMA_CHECK_CRC32);
	chunk_damage(decode, in, want, true, true);
	chunk_damage(decode, block_of(in), want, false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_blocks),
		cmocka_unit_test(test_large_block),
		cmocka_unit_test(test_large_dictionary),
		cmocka_unit_test(test_overlap_is_found),
		cmocka_unit_test(test_largest_index),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_workspace),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests_name("xz_chunk", tests, NULL, NULL);
}
