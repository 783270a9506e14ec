/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xz and lzma over liblzma. Linux writes xz with the x86 branch filter and CRC-32; any filter and
 * check that liblzma knows will do here. lzma is the old ".lzma" container, whose size field
 * Linux's build leaves unknown. Host only.
 */
#include <lzma.h>
#include "codec/stream.h"

#define PADDING 4 /* zeros between xz streams come in fours [xz-file-format 2.2] */
#define STEP	(1024 * 1024) /* of output between two calls of the watch */

/*
 * liblzma takes its dictionary from the heap, of the size that the stream claims. The largest that `xz -9`
 * and Linux's build write is 64 and 128 MiB; `--lzma2=dict=` goes to 1.5 GiB, but a dictionary larger than
 * the output is of no use, so that a claim beyond both is a lie that costs memory.
 */
static uint64_t memory_limit(const struct codec_job *job)
{
	const uint64_t usual = UINT64_C(192) << 20;
	uint64_t by_output = (uint64_t)job->out_size * 2;

	return by_output > usual ? by_output : usual;
}

/* As far as input and output reach, in steps; or to the first that goes wrong. */
static lzma_ret decode(lzma_stream *lz, const struct codec_job *job, const struct codec_watch *watch)
{
	size_t left = lz->avail_out, step;
	lzma_ret result;

	do {
		step = left < STEP ? left : STEP;
		lz->avail_out = step;
		result = lzma_code(lz, LZMA_FINISH);
		left -= step - lz->avail_out;
		watch_tell(watch, job->out_size - left);
	} while (result == LZMA_OK && !lz->avail_out && left);
	return result;
}

/* One stream from in + end->used, into out + end->made. */
static enum err run(lzma_stream *lz, const struct codec_job *job, const struct codec_watch *watch,
	const char *name, struct codec_end *end, struct fault *fault)
{
	uint8_t extra;
	lzma_ret result;

	lz->next_in = job->in.ptr + end->used;
	lz->avail_in = job->in.len - end->used;
	lz->next_out = job->out + end->made;
	lz->avail_out = job->out_size - end->made;
	result = decode(lz, job, watch);
	if (result == LZMA_OK && !lz->avail_out) {
		/* Full: the end marker is still to be read, but no byte may come out any more. */
		lz->next_out = &extra;
		lz->avail_out = 1;
		result = lzma_code(lz, LZMA_FINISH);
		if (!lz->avail_out)
			return fault_set(fault, ERR_CHUNK_LENGTH, "stream is longer",
				end->used + lz->total_in, job->out_size);
	}
	end->used += lz->total_in;
	end->made += lz->total_out;
	switch (result) {
	case LZMA_STREAM_END:
		return ERR_OK;
	case LZMA_MEM_ERROR:
		return fault_set(fault, ERR_WORKSPACE, "liblzma", end->used, 0);
	case LZMA_MEMLIMIT_ERROR:
		return fault_set(
			fault, ERR_OUTPUT_LIMIT, "dictionary", end->used, lzma_memusage(lz));
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return fault_set(fault, ERR_TRUNCATED, name, end->used, end->made);
	default:
		return fault_set(fault, ERR_BAD_STREAM, name, end->used, end->made);
	}
}

/* Is there another xz stream, behind padding? */
static bool another_xz(const struct codec_job *job, struct codec_end *end)
{
	struct span rest = {job->in.ptr + end->used, job->in.len - end->used};
	enum codec codec;
	size_t i = 0;

	while (i < rest.len && !rest.ptr[i])
		i++;
	if (i % PADDING)
		return false;
	end->used += i == rest.len ? i : 0;
	rest = (struct span){rest.ptr + i, rest.len - i};
	if (codec_detect(rest, &codec) || codec != CODEC_XZ)
		return false;
	end->used += i;
	return true;
}

enum err stream_xz(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault)
{
	struct codec_end end = {0};
	enum err e;

	do {
		lzma_stream lz = LZMA_STREAM_INIT;

		if (lzma_stream_decoder(&lz, memory_limit(job), 0) != LZMA_OK)
			return fault_set(fault, ERR_WORKSPACE, "liblzma", 0, 0);
		e = run(&lz, job, watch, "xz", &end, fault);
		lzma_end(&lz);
	} while (!e && another_xz(job, &end));
	if (!e)
		*ret = end;
	return e;
}

enum err stream_lzma(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	struct codec_end end = {0};
	enum err e;

	if (lzma_alone_decoder(&lz, memory_limit(job)) != LZMA_OK)
		return fault_set(fault, ERR_WORKSPACE, "liblzma", 0, 0);
	e = run(&lz, job, watch, "lzma", &end, fault);
	lzma_end(&lz);
	if (!e)
		*ret = end;
	return e;
}
