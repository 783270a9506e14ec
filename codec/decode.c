/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole ordinary streams, as Linux's build or a tool makes them: which decoder, the one that needs none,
 * and what it means that a stream is whole. Entered by the host tool only.
 */
#include <string.h>
#include "codec/stream.h"

enum err stream_none(const struct codec_job *job, struct codec_end *ret, struct fault *fault)
{
	if (job->in.len > job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "uncompressed payload", 0, job->in.len);
	memcpy(job->out, job->in.ptr, job->in.len);
	*ret = (struct codec_end){job->in.len, job->in.len};
	return ERR_OK;
}

static enum err decode_streams(enum codec codec, const struct codec_job *job,
	const struct codec_watch *watch, struct codec_end *ret, struct fault *fault)
{
	switch (codec) {
	case CODEC_NONE:
		return stream_none(job, ret, fault);
	case CODEC_GZIP:
		return stream_gzip(job, ret, fault);
	case CODEC_BZIP2:
		return stream_bzip2(job, watch, ret, fault);
	case CODEC_LZMA:
		return stream_lzma(job, watch, ret, fault);
	case CODEC_XZ:
		return stream_xz(job, watch, ret, fault);
	case CODEC_LZO:
		return stream_lzo(job, watch, ret, fault);
	case CODEC_LZ4:
		return stream_lz4(job, watch, ret, fault);
	case CODEC_ZSTD:
		return stream_zstd(job, watch, ret, fault);
	}
	return fault_set(fault, ERR_CODEC_UNKNOWN, "codec", 0, codec);
}

enum err codec_decode_some(
	enum codec codec, const struct codec_job *job, struct codec_end *ret, struct fault *fault)
{
	return decode_streams(codec, job, NULL, ret, fault);
}

enum err codec_decode(enum codec codec, const struct codec_job *job, struct fault *fault)
{
	return codec_decode_watched(codec, job, NULL, fault);
}

enum err codec_decode_watched(enum codec codec, const struct codec_job *job,
	const struct codec_watch *watch, struct fault *fault)
{
	struct codec_end end = {0};
	enum err e = decode_streams(codec, job, watch, &end, fault);

	if (e)
		return e;
	if (end.made != job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "stream is shorter", end.used, end.made);
	if (end.used != job->in.len)
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind the stream", end.used,
			job->in.len - end.used);
	watch_tell(watch, end.made);
	return ERR_OK;
}
