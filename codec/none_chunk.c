/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chunk of an uncompressed payload: the bytes themselves. Entered in the stub's 64-bit mode and
 * in the host tool. If the bytes lie where they shall come out, nothing is done.
 *
 * The in-place margin is 0: a move within a chunk is right whichever way the two overlap, and with
 * the end of the output not above the end of the input no byte of a later chunk is touched.
 */
#include "codec/codec.h"

uint64_t codec_none_workspace(uint64_t out_size)
{
	(void)out_size;
	return 0;
}

uint64_t codec_none_margin(uint64_t out_size)
{
	(void)out_size;
	return 0;
}

enum err codec_none_chunk(const struct codec_job *job, struct fault *fault)
{
	if (job->in.len != job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "chunk", job->in.len, job->out_size);
	if (job->out_size && job->out != job->in.ptr)
		__builtin_memmove(job->out, job->in.ptr, job->out_size);
	return ERR_OK;
}
