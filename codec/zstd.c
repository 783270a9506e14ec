/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd [RFC 8878] over libzstd: one frame or several, skippable ones among them; the content checksum is
 * checked if there is one. Host only: the stub's decoder of single chunks is zstd_chunk.c.
 *
 * The library is called block by block, so that somebody can look on. That costs nothing: the output
 * is one buffer, in which the library finds what it refers to, as when it is called once.
 */
#define ZSTD_STATIC_LINKING_ONLY
#define ZSTD_DISABLE_DEPRECATE_WARNINGS
#include <zstd.h>
#include <zstd_errors.h>
#include "codec/stream.h"

#define FRAME_MAGIC     0xfd2fb528
#define STEP            (256 * 1024) /* of output between two calls of the watch, about */
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

/* One frame from in + end->used, into out + end->made. The library's result: an error, or none. */
static size_t decode_frame(ZSTD_DCtx *d, const struct codec_job *job, const struct codec_watch *watch,
	struct codec_end *end)
{
	size_t told = end->made, result = ZSTD_decompressBegin(d), n;

	while (!ZSTD_isError(result) && (n = ZSTD_nextSrcSizeToDecompress(d))) {
		if (n > job->in.len - end->used)
			return (size_t)-ZSTD_error_srcSize_wrong;
		result = ZSTD_decompressContinue(d, job->out + end->made,
			job->out_size - end->made, job->in.ptr + end->used, n);
		if (ZSTD_isError(result))
			break;
		end->used += n;
		end->made += result;
		if (end->made - told >= STEP) {
			watch_tell(watch, end->made);
			told = end->made;
		}
	}
	return result;
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
	struct codec_end end = {0};
	size_t used = 0, result = 0;
	ZSTD_DCtx *d;
	enum err e = find_end(job->in, &used, fault);

	if (e)
		return e;
	d = ZSTD_createDCtx();
	if (!d)
		return fail(ZSTD_error_memory_allocation, job, fault);
	while (!ZSTD_isError(result) && end.used < used)
		result = decode_frame(d, job, watch, &end);
	ZSTD_freeDCtx(d);
	if (ZSTD_isError(result))
		return fail(ZSTD_getErrorCode(result), job, fault);
	*ret = end;
	return ERR_OK;
}
