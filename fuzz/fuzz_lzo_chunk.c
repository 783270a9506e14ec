/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a chunk of an lzo payload, and as LZO1X, where liblzo2's checked decoder is the oracle: what
 * one takes the other takes, with the same result.
 */
#include "fuzz/fuzz_chunk.h"

#include <lzo/lzo1x.h>

#include "codec/lzo1x.h"

static void check_against_library(struct span in, size_t out_size)
{
	struct fuzz_output ours = fuzz_output_make(out_size);
	uint8_t *theirs = malloc(out_size + !out_size);
	lzo_uint made = out_size;
	enum err e = lzo1x_decode(in, ours.block + FUZZ_GUARD, out_size);
	bool good;

	FUZZ_CHECK(theirs);
	good = in.len &&
		lzo1x_decompress_safe(in.ptr, in.len, theirs, &made, NULL) == LZO_E_OK &&
		made == out_size;
	FUZZ_CHECK(good == !e);
	FUZZ_CHECK(!good || !out_size || !memcmp(ours.block + FUZZ_GUARD, theirs, out_size));
	fuzz_output_check(&ours);
	free(ours.block);
	free(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_codec codec = {
		codec_lzo_chunk, codec_lzo_margin, codec_lzo_workspace, NULL};
	struct span input = {data, size};

	fuzz_chunk_run(&codec, data, size);
	(void)fuzz_take(&input, 1);
	size_t out_size = fuzz_take(&input, 3) % FUZZ_OUT_MAX;

	check_against_library(input, out_size);
	return 0;
}
