/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzip2 over libbz2: one stream or several in a row. Block and stream CRCs are checked by the
 * library. Host only.
 */
#include <bzlib.h>
#include <limits.h>
#include <stdlib.h>
#include "codec/stream.h"

#define STEP (1024 * 1024) /* of output between two calls of the watch */

/* libbz2 counts in unsigned int: hand over at most this much at a time. */
static unsigned int step(size_t left, unsigned int most)
{
	return left > most ? most : (unsigned int)left;
}

/* One stream from in + *used on, into out + *made on. */
static enum err one_stream(const struct codec_job *job, const struct codec_watch *watch, size_t *used,
	size_t *made, struct fault *fault)
{
	bz_stream bz = {0};
	enum err e = ERR_OK;
	int result = BZ_OK;

	if (BZ2_bzDecompressInit(&bz, 0, 0) != BZ_OK)
		return fault_set(fault, ERR_WORKSPACE, "libbz2", 0, 0);
	while (result == BZ_OK) {
		unsigned int in_step = step(job->in.len - *used, UINT_MAX);
		unsigned int out_step = step(job->out_size - *made, STEP);

		bz.next_in = (char *)(uintptr_t)(job->in.ptr + *used);
		bz.avail_in = in_step;
		bz.next_out = (char *)(job->out + *made);
		bz.avail_out = out_step;
		result = BZ2_bzDecompress(&bz);
		*used += in_step - bz.avail_in;
		*made += out_step - bz.avail_out;
		if (result == BZ_OK && in_step == bz.avail_in && out_step == bz.avail_out)
			break; /* no progress: input or room is used up */
		watch_tell(watch, *made);
	}
	BZ2_bzDecompressEnd(&bz);

	if (result == BZ_OK && *made == job->out_size && *used < job->in.len)
		e = fault_set(fault, ERR_CHUNK_LENGTH, "bzip2 stream is longer", *used, *made);
	else if (result == BZ_OK)
		e = fault_set(fault, ERR_TRUNCATED, "bzip2 stream", *used, *made);
	else if (result != BZ_STREAM_END)
		e = fault_set(fault, ERR_BAD_STREAM, "bzip2", *used, (uint64_t)-result);
	return e;
}

static bool stream_begins(struct span in, size_t pos)
{
	return span_has(in, pos, 3) && in.ptr[pos] == 'B' && in.ptr[pos + 1] == 'Z' &&
		in.ptr[pos + 2] == 'h';
}

enum err stream_bzip2(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault)
{
	size_t used = 0, made = 0;
	enum err e;

	do {
		e = one_stream(job, watch, &used, &made, fault);
		if (e)
			return e;
	} while (stream_begins(job->in, used));
	*ret = (struct codec_end){used, made};
	return ERR_OK;
}
