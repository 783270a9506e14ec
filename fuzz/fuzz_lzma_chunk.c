/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the stream of an lzma payload, see fuzz_chunk.h; and what decodes at once must decode
 * the same in pieces, one of them to nowhere. Oracle: liblzma's decoder of such streams.
 */
#include "fuzz/fuzz_chunk.h"

#include <lzma.h>

/* A first piece, one to nowhere, one more: what does come out must be the same. */
static void check_pieces(const struct codec_job *job)
{
	struct codec_job piece = *job;
	uint8_t *out = malloc(job->out_size);
	size_t third = job->out_size / 3;
	struct fault fault;

	FUZZ_CHECK(out);
	piece.last = false;
	piece.out = out;
	piece.out_size = third;
	FUZZ_CHECK(!codec_lzma_chunk(&piece, &fault));
	piece.first = false;
	piece.in.len = 0;
	piece.out = NULL;
	FUZZ_CHECK(!codec_lzma_chunk(&piece, &fault));
	piece.last = job->last;
	piece.out = out + 2 * third;
	piece.out_size = job->out_size - 2 * third;
	FUZZ_CHECK(!codec_lzma_chunk(&piece, &fault));
	FUZZ_CHECK(!memcmp(out, job->out, third));
	FUZZ_CHECK(!memcmp(out + 2 * third, job->out + 2 * third, piece.out_size));
	free(out);
}

static enum err decode(const struct codec_job *job, struct fault *fault)
{
	struct codec_job first = *job;
	uint8_t *copy = malloc(job->in.len + 1);
	enum err e;

	FUZZ_CHECK(copy);
	if (job->in.len) /* the output may lie over it */
		memcpy(copy, job->in.ptr, job->in.len);
	first.first = true;
	e = codec_lzma_chunk(&first, fault);
	if (!e && job->out_size >= 3 && fuzz_same(job->in, (struct span){copy, job->in.len}))
		check_pieces(&first);
	free(copy);
	return e;
}

static bool library(struct span in, uint8_t *out, size_t cap, size_t *ret_size)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	lzma_ret result = lzma_alone_decoder(&lz, 256 << 20);

	lz.next_in = in.ptr;
	lz.avail_in = in.len;
	lz.next_out = out;
	lz.avail_out = cap;
	while (result == LZMA_OK)
		result = lzma_code(&lz, LZMA_FINISH);
	*ret_size = (size_t)lz.total_out;
	lzma_end(&lz);
	return result == LZMA_STREAM_END;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_codec lzma = {
		decode, codec_lzma_margin, codec_lzma_workspace, library};

	fuzz_chunk_run(&lzma, data, size);
	return 0;
}
