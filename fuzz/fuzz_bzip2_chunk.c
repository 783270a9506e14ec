/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a chunk of a bzip2 payload, see fuzz_chunk.h. Oracle: libbz2 from buffer to buffer, in
 * its other, slower algorithm. It reads the first stream only, and what lies behind that is not
 * looked at; so it is asked about chunks of one stream.
 */
#include "fuzz/fuzz_chunk.h"

#define BZ_NO_STDIO
#include <bzlib.h>

static bool library(struct span in, uint8_t *out, size_t cap, size_t *ret_size)
{
	bz_stream bz = {0};
	int result = BZ2_bzDecompressInit(&bz, 0, 1);

	FUZZ_CHECK(result == BZ_OK);
	bz.next_in = (char *)(uintptr_t)in.ptr;
	bz.avail_in = (unsigned int)in.len;
	bz.next_out = (char *)out;
	bz.avail_out = (unsigned int)cap;
	result = BZ2_bzDecompress(&bz);
	*ret_size = cap - bz.avail_out;
	BZ2_bzDecompressEnd(&bz);
	return result == BZ_STREAM_END && !bz.avail_in;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_codec bzip2 = {
		codec_bzip2_chunk, codec_bzip2_margin, codec_bzip2_workspace, library};

	fuzz_chunk_run(&bzip2, data, size);
	return 0;
}
