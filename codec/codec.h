/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Codecs: names, recognition, and decoders over the distribution's libraries. One file per codec.
 *
 * Two kinds of decoder share one signature:
 *   codec_decode        a whole ordinary stream, as Linux's build or a tool made it (host tool)
 *   codec_NAME_chunk    one chunk of our images (the stub, and the host tool when it checks)
 * Both write exactly out_size bytes or fail; nothing outside [out, out + out_size) is written and
 * nothing outside the input is read.
 */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "core/span.h"

/* The numbers are part of the image format. */
enum codec {
	CODEC_NONE = 0,
	CODEC_GZIP = 1,
	CODEC_BZIP2 = 2,
	CODEC_LZMA = 3,
	CODEC_XZ = 4,
	CODEC_LZO = 5,
	CODEC_LZ4 = 6,
	CODEC_ZSTD = 7,
};
#define CODEC_COUNT 8

const char *codec_name(enum codec codec);
/* By name ("zstd"); ERR_CODEC_UNKNOWN. */
enum err codec_by_name(struct span name, enum codec *ret) MUST_CHECK;
/* By the first bytes of a payload; an ELF is CODEC_NONE. ERR_CODEC_UNKNOWN. */
enum err codec_detect(struct span payload, enum codec *ret) MUST_CHECK;

struct codec_job {
	struct span in;
	uint8_t *out;
	size_t out_size; /* bytes that must come out */
	void *workspace; /* aligned to 64 */
	size_t workspace_size;
};

/*
 * A whole ordinary stream. job->in ends with the stream: Linux's four-byte size trailer is not part of
 * it (gzip's own is). The workspace is not used, the libraries take theirs from the heap.
 * The fault's offset counts from the start of the stream. Errors: BAD_STREAM, STREAM_CHECKSUM,
 * CHUNK_LENGTH (more or less than out_size), TRUNCATED, WORKSPACE (no memory), CODEC_UNKNOWN.
 */
enum err codec_decode(enum codec codec, const struct codec_job *job, struct fault *fault) MUST_CHECK;

/*
 * zstd chunk: blocks of one frame from a byte position on. First chunk: frame header in front. Last
 * chunk: the block marked last and, if the frame header says so, a content checksum behind it, which
 * is not looked at.
 * The decoder may use bytes of the output it has not written yet as scratch, but never behind the
 * chunk's end: the in-place margin includes that.
 */
#define CODEC_ZSTD_BLOCK_MAX (128 * 1024)
size_t codec_zstd_workspace(void);
enum err codec_zstd_chunk(const struct codec_job *job, bool first, struct fault *fault) MUST_CHECK;
/*
 * Safety margin in bytes for a chunk of out_size bytes decoded over its own input: with the end of the
 * input at least this far above the end of the output, nothing is overwritten before it is read.
 * Derived in codec/zstd_chunk.c.
 */
uint64_t codec_zstd_margin(uint64_t out_size);

#endif /* CODEC_CODEC_H */
