/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a chunk of an lz4 payload, and as one block, where liblz4's checked decoder is the oracle:
 * what both take is the same. We take more (blocks whose last bytes are no literals), and less: it lets a
 * distance of 0 pass, which has no meaning.
 */
#include "fuzz/fuzz_chunk.h"

#include <lz4.h>

#include "codec/lz4_block.h"

static void check_against_library(struct span in, size_t out_size)
{
	struct fuzz_output ours = fuzz_output_make(out_size);
	uint8_t *theirs = malloc(out_size + !out_size);
	enum err e = lz4_block_decode(in, ours.block + FUZZ_GUARD, out_size);
	int made;

	FUZZ_CHECK(theirs);
	fuzz_output_check(&ours);
	made = LZ4_decompress_safe(
		(const char *)in.ptr, (char *)theirs, (int)in.len, (int)out_size);
	if (in.len && made >= 0 && (size_t)made == out_size) {
		FUZZ_CHECK(!e || e == ERR_BAD_STREAM);
		FUZZ_CHECK(e || !out_size || !memcmp(ours.block + FUZZ_GUARD, theirs, out_size));
	}
	free(ours.block);
	free(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_codec codec = {
		codec_lz4_chunk, codec_lz4_margin, codec_lz4_workspace, NULL};
	struct span input = {data, size};

	fuzz_chunk_run(&codec, data, size);
	(void)fuzz_take(&input, 1);
	size_t out_size = fuzz_take(&input, 3) % FUZZ_OUT_MAX;

	check_against_library(input, out_size);
	return 0;
}
