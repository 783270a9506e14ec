/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd [RFC 8878] over libzstd: one frame or several, skippable ones among them; the content checksum is
 * checked if there is one. Host only: the stub's decoder of single chunks is zstd_chunk.c.
 */
#include <zstd.h>
#include <zstd_errors.h>
#include "codec/stream.h"

#define FRAME_MAGIC     0xfd2fb528
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

enum err stream_zstd(const struct codec_job *job, struct codec_end *ret, struct fault *fault)
{
	size_t used = 0, made;
	enum err e = find_end(job->in, &used, fault);

	if (e)
		return e;
	made = ZSTD_decompress(job->out, job->out_size, job->in.ptr, used);
	if (!ZSTD_isError(made)) {
		*ret = (struct codec_end){used, made};
		return ERR_OK;
	}
	switch (ZSTD_getErrorCode(made)) {
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
		return fault_set(fault, ERR_BAD_STREAM, "zstd", 0, ZSTD_getErrorCode(made));
	}
}
