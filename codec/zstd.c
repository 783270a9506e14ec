/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd [RFC 8878] over libzstd: one frame or several; the content checksum is checked if there is
 * one. Host only: the stub's decoder of single chunks is zstd_chunk.c.
 */
#include <zstd.h>
#include <zstd_errors.h>
#include "codec/stream.h"

enum err stream_zstd(const struct codec_job *job, struct fault *fault)
{
	size_t made = ZSTD_decompress(job->out, job->out_size, job->in.ptr, job->in.len);

	if (!ZSTD_isError(made)) {
		if (made != job->out_size)
			return fault_set(fault, ERR_CHUNK_LENGTH, "zstd stream is shorter",
				job->in.len, made);
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
