/* SPDX-License-Identifier: GPL-2.0-or-later */
/* codec/none_chunk: bytes that move, and bytes that stay where they are. */
#include "tests/unit/chunk_unit.h"

static uint8_t content[3 * PAGE];

static void test_copy(void **state)
{
	static const size_t sizes[] = {0, 1, 100, PAGE, sizeof(content)};

	chunk_content(content, NOISE, sizeof(content));
	for (size_t s = 0; s < COUNT(sizes); s++) {
		struct span bytes = {content, sizes[s]};
		bool same;

		assert_int_equal(
			chunk_fenced(codec_none_chunk, bytes, bytes, s & 1, s & 2, &same), ERR_OK);
		assert_true(same);
		/* where it lies already: not even the memory must be writable */
		struct fenced f = fenced_make(sizes[s]);

		assert_false(f.end > f.start &&
			mprotect(f.start, (sizes[s] + PAGE - 1) / PAGE * PAGE, PROT_READ));
		assert_int_equal(chunk_run(codec_none_chunk, (struct span){f.start, sizes[s]},
					 f.start, sizes[s], false, false),
			ERR_OK);
		fenced_free(&f);
	}
}

static void test_length(void **state)
{
	uint8_t out[4];

	assert_int_equal(
		chunk_run(codec_none_chunk, (struct span){content, 3}, out, 4, true, true),
		ERR_CHUNK_LENGTH);
	assert_int_equal(
		chunk_run(codec_none_chunk, (struct span){content, 5}, out, 4, true, true),
		ERR_CHUNK_LENGTH);
}

/*
 * Two chunks, the input of both above the output by shift bytes:
 *
 *   | output 1 | output 2 |
 *       | input 1  | input 2  |
 */
static bool two_chunks(size_t half, int64_t shift)
{
	struct fenced f = fenced_make(4 * half);
	uint8_t *out = f.start + half, *in = out + shift;
	bool good = true;

	memcpy(in, content, 2 * half);
	for (int i = 0; i < 2; i++)
		good &= !chunk_run(codec_none_chunk, (struct span){in + (size_t)i * half, half},
			out + (size_t)i * half, half, i == 0, i == 1);
	good = good && !memcmp(out, content, 2 * half);
	fenced_free(&f);
	return good;
}

static void test_in_place(void **state)
{
	const size_t half = sizeof(content) / 2;
	int64_t margin = (int64_t)codec_none_margin(half);

	chunk_content(content, NOISE, sizeof(content));
	assert_true(two_chunks(half, margin));
	assert_true(two_chunks(half, margin + 1));
	assert_false(two_chunks(half, margin - PAGE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_in_place),
	};

	return cmocka_run_group_tests_name("none_chunk", tests, NULL, NULL);
}
