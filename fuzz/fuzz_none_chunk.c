/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a chunk of an uncompressed payload: they come out, if that many are wanted. */
#include "fuzz/fuzz_chunk.h"

static bool library(struct span in, uint8_t *out, size_t cap, size_t *ret_size)
{
	FUZZ_CHECK(in.len < cap);
	if (in.len)
		memcpy(out, in.ptr, in.len);
	*ret_size = in.len;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_codec codec = {
		codec_none_chunk, codec_none_margin, codec_none_workspace, library};

	fuzz_chunk_run(&codec, data, size);
	return 0;
}
