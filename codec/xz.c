/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xz and lzma over liblzma. Linux writes xz with the x86 branch filter and CRC-32; any filter and
 * check that liblzma knows will do here. lzma is the old ".lzma" container, whose size field
 * Linux's build leaves unknown. Host only.
 */
#include <lzma.h>
#include "codec/stream.h"

static enum err run(
	lzma_stream *lz, const struct codec_job *job, const char *name, struct fault *fault)
{
	uint8_t extra;
	lzma_ret result;

	lz->next_in = job->in.ptr;
	lz->avail_in = job->in.len;
	lz->next_out = job->out;
	lz->avail_out = job->out_size;
	result = lzma_code(lz, LZMA_FINISH);
	if (result == LZMA_OK && !lz->avail_out) {
		/* Full: the end marker is still to be read, but no byte may come out any more. */
		lz->next_out = &extra;
		lz->avail_out = 1;
		result = lzma_code(lz, LZMA_FINISH);
		if (!lz->avail_out)
			return fault_set(fault, ERR_CHUNK_LENGTH, "stream is longer", lz->total_in,
				job->out_size);
	}
	if (result == LZMA_MEM_ERROR)
		return fault_set(fault, ERR_WORKSPACE, "liblzma", 0, 0);
	if (result == LZMA_OK || result == LZMA_BUF_ERROR)
		return fault_set(fault, ERR_TRUNCATED, name, lz->total_in, lz->total_out);
	if (result != LZMA_STREAM_END)
		return fault_set(fault, ERR_BAD_STREAM, name, lz->total_in, lz->total_out);
	if (lz->total_out != job->out_size)
		return fault_set(
			fault, ERR_CHUNK_LENGTH, "stream is shorter", lz->total_in, lz->total_out);
	if (lz->avail_in)
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind the stream", lz->total_in,
			lz->avail_in);
	return ERR_OK;
}

enum err stream_xz(const struct codec_job *job, struct fault *fault)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	enum err e;

	if (lzma_stream_decoder(&lz, UINT64_MAX, 0) != LZMA_OK)
		return fault_set(fault, ERR_WORKSPACE, "liblzma", 0, 0);
	e = run(&lz, job, "xz", fault);
	lzma_end(&lz);
	return e;
}

enum err stream_lzma(const struct codec_job *job, struct fault *fault)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	enum err e;

	if (lzma_alone_decoder(&lz, UINT64_MAX) != LZMA_OK)
		return fault_set(fault, ERR_WORKSPACE, "liblzma", 0, 0);
	e = run(&lz, job, "lzma", fault);
	lzma_end(&lz);
	return e;
}
