/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of codec_decode: one decoder of whole streams per codec, each over its library. Host only.
 *
 * Each decodes the streams that follow each other at the start of job->in (gzip members, zstd frames,
 * and so on), at least one, into at most job->out_size bytes, and says where it stopped: at the end
 * of the input, or at what begins no other stream of the codec. watch may be NULL; a codec without one
 * has no library that can be looked at while it decodes.
 */
#ifndef CODEC_STREAM_H
#define CODEC_STREAM_H

#include "codec/codec.h"

enum err stream_none(const struct codec_job *job, struct codec_end *ret, struct fault *fault) MUST_CHECK;
enum err stream_gzip(const struct codec_job *job, struct codec_end *ret, struct fault *fault) MUST_CHECK;
enum err stream_bzip2(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault) MUST_CHECK;
enum err stream_lzma(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault) MUST_CHECK;
enum err stream_xz(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault) MUST_CHECK;
enum err stream_lzo(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault) MUST_CHECK;
enum err stream_lz4(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault) MUST_CHECK;
enum err stream_zstd(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault) MUST_CHECK;

static inline void watch_tell(const struct codec_watch *watch, size_t made)
{
	if (watch)
		watch->arrived(watch->ctx, made);
}

#endif /* CODEC_STREAM_H */
