/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a chunk of a gzip payload. A chunk that is not the last one, and is good, must leave its
 * input as it was; and be good as the last one, too, once its marker is a final block and it has a
 * trailer, and give the same.
 */
#include "fuzz/fuzz_chunk.h"

#define TRAILER_SIZE 8
#define MARKER_SIZE  5
#define LAST	     2

static const struct fuzz_codec codec = {
	codec_gzip_chunk, codec_gzip_margin, codec_gzip_workspace, NULL};

static void check_as_last(struct span in, size_t out_size, unsigned int flags)
{
	uint8_t *copy = malloc(in.len + TRAILER_SIZE), *out = malloc(out_size + !out_size);
	uint8_t *other = malloc(out_size + !out_size);

	FUZZ_CHECK(copy && out && other);
	if (in.len)
		memcpy(copy, in.ptr, in.len);
	enum err e = fuzz_chunk_decode(
		&codec, (struct span){copy, in.len}, out, out_size, flags & ~(unsigned int)LAST);

	FUZZ_CHECK(!in.len || !memcmp(copy, in.ptr, in.len));
	if (!e) {
		FUZZ_CHECK(in.len >= MARKER_SIZE);
		copy[in.len - MARKER_SIZE] = 1;
		memset(copy + in.len, 0xee, TRAILER_SIZE);
		FUZZ_CHECK(!fuzz_chunk_decode(&codec, (struct span){copy, in.len + TRAILER_SIZE},
			other, out_size, flags | LAST));
		FUZZ_CHECK(!out_size || !memcmp(out, other, out_size));
	}
	free(copy);
	free(out);
	free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	unsigned int flags = (unsigned int)fuzz_take(&input, 1);
	size_t out_size = fuzz_take(&input, 3) % FUZZ_OUT_MAX;

	fuzz_chunk_run(&codec, data, size);
	check_as_last(input, out_size, flags);
	return 0;
}
