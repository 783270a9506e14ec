/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chunk of a gzip payload, by libdeflate. A chunk is a run of deflate blocks of one member
 * [RFC 1951, RFC 1952]. All but the last end with an empty stored block that begins on a byte, 00 00
 * 00 ff ff: it is what lets the next chunk begin on a byte. Its first bit, BFINAL, is set while the
 * library runs, so that the library ends there, and cleared again afterwards. The first chunk has
 * the member's header in front, of the least size (no name, no extra field), the last one the
 * trailer behind; the library refuses matches that reach in front of the chunk.
 *
 * Entered in the stub's 64-bit mode through the decoder gate, and in the host tool. The library takes
 * its tables from malloc(), which in the stub is the workspace.
 *
 *
 * The in-place margin
 *
 * A chunk of C bytes is decoded over its own input, which ends M bytes above the output. When o bytes
 * have come out, r bytes of input are still to be read. The library writes matches in words, up to
 * five at once, the first of them inside the match: W = 40 bytes at most are changed behind position
 * o.
 *
 *         0                    o     o + W                 C     C + M
 *         | decoded            | junk  |                   |     |
 *                                 | used | r bytes still to read |
 *
 *         C + M - r  >=  o + W        or      M  >=  W + r - (C - o)
 *
 * A block that is still to come is never larger than the same bytes stored, since the writer
 * chooses what is smallest: 5 bytes for each 65535, and a byte for getting to a byte boundary. The
 * writer makes no blocks below CODEC_GZIP_BLOCK_MIN bytes of output (besides the last one, and the
 * marker).
 *
 * But the block at hand may have a cheap beginning and a dear end. A literal costs at most 15 bits,
 * nearly twice what it brings; a match at most 15 + 15 + 13 bits for 3 bytes, which is less. Of a
 * block of B bytes, let the last s be literals of 15 bits, and the rest free: the block is no
 * larger than B, so 15/8 s <= B, and the excess is at most 15/8 s - s = 7/8 s <= 7/15 B.
 * With B = CODEC_GZIP_BLOCK_MAX that is the largest part of the margin.
 */
#include <libdeflate.h>
#include "codec/codec.h"

#define HEADER_SIZE    10
#define TRAILER_SIZE   8 /* CRC-32 and length */
#define MARKER_SIZE    5
#define BFINAL         1
#define METHOD_DEFLATE 8
#define AHEAD          40
#define STORED_MAX     65535
#define STORED_COST    5

/* What libdeflate's decompressor takes, with room for later versions. */
#define WORKSPACE_SIZE (32 * 1024)

uint64_t codec_gzip_workspace(uint64_t out_size)
{
	(void)out_size;
	return WORKSPACE_SIZE;
}

uint64_t codec_gzip_margin(uint64_t out_size)
{
	uint64_t blocks = out_size / CODEC_GZIP_BLOCK_MIN + 2;

	return AHEAD + CODEC_GZIP_BLOCK_MAX * 7 / 15 + blocks * (STORED_COST + 1) +
		out_size / STORED_MAX * STORED_COST + HEADER_SIZE + TRAILER_SIZE + MARKER_SIZE;
}

/* [RFC 1952 2.3] */
static enum err header(struct span in, struct fault *fault)
{
	if (!span_has(in, 0, HEADER_SIZE))
		return fault_set(fault, ERR_TRUNCATED, "member header", 0, in.len);
	if (le16_get(in.ptr) != 0x8b1f || in.ptr[2] != METHOD_DEFLATE)
		return fault_set(fault, ERR_BAD_STREAM, "member header", 0, le16_get(in.ptr));
	if (in.ptr[3])
		return fault_set(fault, ERR_BAD_STREAM, "member flags", 3, in.ptr[3]);
	return ERR_OK;
}

static bool is_marker(const uint8_t *p)
{
	return !(p[0] | p[1] | p[2]) && p[3] == 0xff && p[4] == 0xff;
}

/* Blocks up to one with BFINAL, which must end where the input does. */
static enum err inflate(const struct codec_job *job, struct span blocks, uint64_t offset,
	struct fault *fault)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	enum libdeflate_result result;
	size_t used = 0, made = 0;

	if (!d)
		return fault_set(fault, ERR_WORKSPACE, "libdeflate", 0, job->workspace_size);
	result = libdeflate_deflate_decompress_ex(d, blocks.ptr, blocks.len, job->out,
		job->out_size, &used, &made);
	libdeflate_free_decompressor(d);
	if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
		return fault_set(fault, ERR_CHUNK_LENGTH, "chunk is longer", offset, job->out_size);
	if (result != LIBDEFLATE_SUCCESS)
		return fault_set(fault, ERR_BAD_STREAM, "deflate", offset, (uint64_t)result);
	if (made != job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "chunk", made, job->out_size);
	if (used != blocks.len)
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind last block", offset + used,
			blocks.len - used);
	return ERR_OK;
}

enum err codec_gzip_chunk(const struct codec_job *job, struct fault *fault)
{
	uint64_t front = job->first ? HEADER_SIZE : 0, back = job->last ? TRAILER_SIZE : 0;
	struct span blocks;
	enum err err = job->first ? header(job->in, fault) : ERR_OK;

	if (err)
		return err;
	if (job->in.len < front + back ||
		span_sub(job->in, front, job->in.len - front - back, &blocks))
		return fault_set(fault, ERR_TRUNCATED, "chunk", 0, job->in.len);
	if (job->last)
		return inflate(job, blocks, front, fault);

	if (blocks.len < MARKER_SIZE || !is_marker(blocks.ptr + blocks.len - MARKER_SIZE))
		return fault_set(fault, ERR_BAD_STREAM, "end of chunk", job->in.len, blocks.len);
	/* The one place that writes to its input, see codec.h. */
	uint8_t *marker = (uint8_t *)(uintptr_t)(blocks.ptr + blocks.len - MARKER_SIZE);

	*marker = BFINAL;
	err = inflate(job, blocks, front, fault);
	*marker = 0;
	return err;
}
