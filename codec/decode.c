/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole ordinary streams, as Linux's build makes them: which decoder, and the one that needs none.
 * Entered by the host tool only.
 */
#include <string.h>
#include "codec/stream.h"

enum err stream_none(const struct codec_job *job, struct fault *fault)
{
	if (job->in.len != job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "uncompressed payload", 0, job->in.len);
	memcpy(job->out, job->in.ptr, job->out_size);
	return ERR_OK;
}

enum err codec_decode(enum codec codec, const struct codec_job *job, struct fault *fault)
{
	switch (codec) {
	case CODEC_NONE:
		return stream_none(job, fault);
	case CODEC_GZIP:
		return stream_gzip(job, fault);
	case CODEC_BZIP2:
		return stream_bzip2(job, fault);
	case CODEC_LZMA:
		return stream_lzma(job, fault);
	case CODEC_XZ:
		return stream_xz(job, fault);
	case CODEC_LZO:
		return stream_lzo(job, fault);
	case CODEC_LZ4:
		return stream_lz4(job, fault);
	case CODEC_ZSTD:
		return stream_zstd(job, fault);
	}
	return fault_set(fault, ERR_CODEC_UNKNOWN, "codec", 0, codec);
}
