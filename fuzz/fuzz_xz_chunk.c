/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a chunk of an xz payload, see fuzz_chunk.h. Oracle: liblzma's decoder of streams. */
#include "fuzz/fuzz_chunk.h"

#include <lzma.h>

static bool library(struct span in, uint8_t *out, size_t cap, size_t *ret_size)
{
	uint64_t memory_limit = 256 << 20;
	size_t used = 0;

	*ret_size = 0;
	return lzma_stream_buffer_decode(&memory_limit, 0, NULL, in.ptr, &used, in.len, out, ret_size,
		       cap) == LZMA_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_codec xz = {
		codec_xz_chunk, codec_xz_margin, codec_xz_workspace, library};

	fuzz_chunk_run(&xz, data, size);
	return 0;
}
