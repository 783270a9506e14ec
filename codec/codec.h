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
/*
 * By the first bytes of a payload; an ELF is CODEC_NONE. lz4 is either of its frames, of which Linux's
 * wrapper reads the legacy one only. ERR_CODEC_UNKNOWN.
 */
enum err codec_detect(struct span payload, enum codec *ret) MUST_CHECK;

struct codec_job {
	struct span in;
	uint8_t *out;
	size_t out_size; /* bytes that must come out */
	void *workspace; /* aligned to 64 */
	size_t workspace_size;
	bool first; /* chunks only: the stream's header lies in front */
	bool last; /* chunks only: the stream's end lies behind */
};

/*
 * A whole ordinary stream. job->in ends with the stream: Linux's four-byte size trailer is not part of
 * it (gzip's own is). The workspace is not used, the libraries take theirs from the heap.
 * The fault's offset counts from the start of the stream. Errors: BAD_STREAM, STREAM_CHECKSUM,
 * CHUNK_LENGTH (more or less than out_size), TRUNCATED, WORKSPACE (no memory), CODEC_UNKNOWN.
 */
enum err codec_decode(enum codec codec, const struct codec_job *job, struct fault *fault) MUST_CHECK;

/*
 * Who wants to know how far decoding is: called with how many bytes have come out, which stay as they are
 * unless it fails in the end. Now and then, where the codec's library lets that be known (gzip's and the
 * new frame of lz4 do not), and by all when it is done.
 */
struct codec_watch {
	void (*arrived)(void *ctx, size_t made);
	void *ctx;
};

/* codec_decode, watched. */
enum err codec_decode_watched(enum codec codec, const struct codec_job *job,
	const struct codec_watch *watch, struct fault *fault) MUST_CHECK;

/* Where decoding stopped. */
struct codec_end {
	size_t used; /* bytes of the input */
	size_t made; /* bytes of output */
};

/*
 * The same where neither the stream's end nor its size is known: decode what streams there are at the
 * start of job->in, one or several in a row, to at most job->out_size bytes. Bytes behind them are not
 * looked at. Errors as above; CHUNK_LENGTH: there is more.
 */
enum err codec_decode_some(enum codec codec, const struct codec_job *job, struct codec_end *ret,
	struct fault *fault) MUST_CHECK;

/*
 * Chunks of our images. For each codec NAME:
 *
 *   codec_NAME_chunk      decode one chunk. Errors: TRUNCATED, BAD_STREAM, CHUNK_LENGTH, WORKSPACE.
 *   codec_NAME_margin     in-place safety margin in bytes for a chunk of out_size bytes decoded over its
 *                         own input: with the end of the input at least this far above the end of the
 *                         output, nothing is overwritten before it is read. Derived on top of the file.
 *   codec_NAME_workspace  bytes of workspace for chunks of at most out_size bytes
 *
 * A decoder may use bytes of the output that it has not written yet as scratch, but never behind the
 * chunk's end; the margin includes that. It may change its input only where the table says so.
 *
 *   zstd   blocks of one frame; fresh context for each chunk; block size as CODEC_ZSTD_BLOCK_MAX
 *   gzip   deflate blocks of one member, ended by an empty stored block that begins on a byte: the last
 *          five bytes 00 00 00 ff ff, whose first byte the decoder changes to 01 (BFINAL) in memory and
 *          back. The first chunk has the member's header in front, the last one ends with a true final
 *          block and the 8-byte trailer, which is checked against nothing but the length.
 *          The header is 10 bytes (flags 0). Blocks decode to CODEC_GZIP_BLOCK_MIN..MAX bytes (the last of
 *          a chunk: to less, too) and are never larger than the same bytes stored: as libdeflate makes them
 *   xz     one block of one stream each; stream header in front of the first, index and footer behind
 *          the last
 *   lzma   one stream in the format of `lzma`; the first chunk has all the input, the others have none
 *          (in.len 0): they go on where the chunk before stopped, its state lies in the workspace.
 *          out NULL means: decode and forget out_size bytes (a gap cannot be skipped). Workspace for
 *          out_size bytes of content in all; no chunk's own size matters
 *   bzip2  one or more whole bzip2 streams each
 *   lz4    blocks of the legacy frame; its magic in front of the first. Every block of a chunk but its
 *          last decodes to CODEC_LZ4_BLOCK_MAX bytes
 *   lzo    blocks of an lzop file; its header in front of the first, the end mark behind the last. Every
 *          block of a chunk but its last decodes to CODEC_LZO_BLOCK_MAX bytes (the most that Linux reads).
 *          Header: 38 bytes (version 0x0940 or later, no name). Flags: Adler-32 of the output and no other
 *          checksum, no filter, no extra field. Blocks that do not get smaller are stored
 *   none   the bytes themselves; in and out may be the same place
 */
#define CODEC_ZSTD_BLOCK_MAX (128 * 1024)
#define CODEC_GZIP_BLOCK_MIN 5000
#define CODEC_GZIP_BLOCK_MAX (300 * 1024)
#define CODEC_LZ4_BLOCK_MAX  (8 * 1024 * 1024)
#define CODEC_LZO_BLOCK_MAX  (256 * 1024)
#define CODEC_CHUNK_DECLARE(name)                                                                  \
	enum err codec_##name##_chunk(const struct codec_job *job, struct fault *fault) MUST_CHECK;    \
	uint64_t codec_##name##_margin(uint64_t out_size);                                             \
	uint64_t codec_##name##_workspace(uint64_t out_size)
CODEC_CHUNK_DECLARE(none);
CODEC_CHUNK_DECLARE(gzip);
CODEC_CHUNK_DECLARE(bzip2);
CODEC_CHUNK_DECLARE(lzma);
CODEC_CHUNK_DECLARE(xz);
CODEC_CHUNK_DECLARE(lzo);
CODEC_CHUNK_DECLARE(lz4);
CODEC_CHUNK_DECLARE(zstd);

/* The same by number, for the host tool (codec/chunk.c); a stub is linked with one codec only. */
enum err codec_chunk(enum codec codec, const struct codec_job *job, struct fault *fault) MUST_CHECK;
uint64_t codec_chunk_margin(enum codec codec, uint64_t out_size);
uint64_t codec_chunk_workspace(enum codec codec, uint64_t out_size);
/* Is a chunk only readable after those before it (lzma)? Such a codec decodes gaps, too. */
bool codec_is_stream(enum codec codec);

#endif /* CODEC_CODEC_H */
