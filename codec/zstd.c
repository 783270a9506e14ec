/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd [RFC 8878] over libzstd: one frame or several, skippable ones among them; the content checksum is
 * checked if there is one. Host only: the stub's decoder of single chunks is zstd_chunk.c.
 *
 * The library is given the input in steps, so that somebody can look on. It is told that the output is one
 * buffer which stays where it is, and finds there what it refers to: that makes it as quick as one call, and
 * windows of any size cost no memory.
 */
#define ZSTD_STATIC_LINKING_ONLY /* the name of a parameter: ZSTD_d_stableOutBuffer */
#include <zstd.h>
#include <zstd_errors.h>
#include "codec/stream.h"

#define FRAME_MAGIC     0xfd2fb528
#define STEP            (64 * 1024) /* of input between two calls of the watch */
#define SKIPPABLE_MAGIC 0x184d2a50 /* the low four bits may be anything */

/* The end of the frames in front: what lies behind them need not be zstd. */
static enum err find_end(struct span in, size_t *ret_used, struct fault *fault)
{
	size_t used = 0, n;
	uint32_t magic;

	while (!span_le32(in, used, &magic) &&
		(magic == FRAME_MAGIC || (magic & ~15u) == SKIPPABLE_MAGIC)) {
		n = ZSTD_findFrameCompressedSize(in.ptr + used, in.len - used);
		if (ZSTD_isError(n))
			return fault_set(fault,
				ZSTD_getErrorCode(n) == ZSTD_error_srcSize_wrong ? ERR_TRUNCATED
										: ERR_BAD_STREAM,
				"zstd", used, ZSTD_getErrorCode(n));
		used += n;
	}
	*ret_used = used;
	return ERR_OK;
}

/* A library that does not know this way of using it copies the output once, and limits windows to 128 MiB. */
static void write_in_place(ZSTD_DCtx *d)
{
	if (!ZSTD_isError(ZSTD_DCtx_setParameter(d, ZSTD_d_stableOutBuffer, 1)))
		(void)ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax,
			ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
}

/* All frames, which take `used` bytes. The library's result: an error, or none. */
static size_t decode_frames(ZSTD_DCtx *d, const struct codec_job *job, const struct codec_watch *watch,
	size_t used, size_t *ret_made)
{
	ZSTD_inBuffer in = {job->in.ptr, 0, 0};
	ZSTD_outBuffer out = {job->out, job->out_size, 0};
	size_t result;

	do {
		size_t in_before = in.pos, out_before = out.pos;

		in.size = used - in.pos < STEP ? used : in.pos + STEP;
		result = ZSTD_decompressStream(d, &out, &in);
		if (ZSTD_isError(result))
			return result;
		if (in.pos == in_before && out.pos == out_before)
			return (size_t)-(out.pos == out.size ? ZSTD_error_dstSize_tooSmall
							     : ZSTD_error_srcSize_wrong);
		watch_tell(watch, out.pos);
	} while (in.pos < used || result);
	*ret_made = out.pos;
	return 0;
}

static enum err fail(ZSTD_ErrorCode code, const struct codec_job *job, struct fault *fault)
{
	switch (code) {
	case ZSTD_error_dstSize_tooSmall:
		return fault_set(
			fault, ERR_CHUNK_LENGTH, "zstd stream is longer", 0, job->out_size);
	case ZSTD_error_checksum_wrong:
		return fault_set(fault, ERR_STREAM_CHECKSUM, "zstd", 0, 0);
	case ZSTD_error_srcSize_wrong:
		return fault_set(fault, ERR_TRUNCATED, "zstd", job->in.len, 0);
	case ZSTD_error_memory_allocation:
		return fault_set(fault, ERR_WORKSPACE, "libzstd", 0, 0);
	default:
		return fault_set(fault, ERR_BAD_STREAM, "zstd", 0, code);
	}
}

enum err stream_zstd(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault)
{
	size_t used = 0, made = 0, result;
	ZSTD_DCtx *d;
	enum err e = find_end(job->in, &used, fault);

	if (e)
		return e;
	d = ZSTD_createDCtx();
	if (!d)
		return fail(ZSTD_error_memory_allocation, job, fault);
	write_in_place(d);
	result = decode_frames(d, job, watch, used, &made);
	ZSTD_freeDCtx(d);
	if (ZSTD_isError(result))
		return fail(ZSTD_getErrorCode(result), job, fault);
	*ret = (struct codec_end){used, made};
	return ERR_OK;
}
