/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chunk of an lz4 payload. A chunk is a run of blocks of the legacy frame [lz4_Frame_format.md,
 * "Legacy frame"], each behind its compressed size, with the frame's magic number in front of the
 * first chunk. Every block of a chunk but the last one decodes to CODEC_LZ4_BLOCK_MAX bytes, the last
 * one to what is left; another length is refused, so the number of blocks is known. A block refers to
 * nothing in front of itself. Its decoder is lz4_block.c.
 *
 * Entered in the stub's 64-bit mode through the decoder gate, and in the host tool. No workspace.
 *
 *
 * The in-place margin
 *
 * A chunk of C bytes is decoded over its own input, which ends M bytes above the output. After some
 * sequence, o bytes have come out, and r bytes of input are still to be read. Up to W =
 * LZ4_BLOCK_AHEAD bytes behind position o may have been changed:
 *
 *         0                    o     o + W                 C     C + M
 *         | decoded            | junk  |                   |     |
 *                                 | used | r bytes still to read |
 *
 *         C + M - r  >=  o + W        or      M  >=  W + r - (C - o)
 *
 * So, by how much may the input from some sequence on be larger than its output? [lz4_Block_format.md]
 * A sequence is a token, the rest of a literal length of L (none below 15, else 1 byte and another
 * one for each further 255), L literals, an offset of 2 bytes, and the rest of a match length. A
 * match stands for at least 4 bytes, and the rest of its length is 1 byte for 255: token and match
 * take at least 1 byte less than they bring. That pays for the first byte of the rest of L; what
 * is left is 1 byte for each full 255 literals. The last sequence has no match, and costs up to 2
 * bytes on top: its token and that first byte. In all, with n blocks still to come,
 *
 *         r - (C - o)  <=  (C - o) / 255 + 2 n + 4 n (sizes) + 4 (magic number)
 *
 * While literals are copied, source and destination move at the same speed, the source at least W
 * ahead: a step of 32 bytes is written where all has been read.
 */
#include "codec/codec.h"
#include "codec/lz4_block.h"

#define LEGACY_MAGIC 0x184c2102
#define MAGIC_SIZE   4
#define SIZE_SIZE    4
#define LAST_COST    2

uint64_t codec_lz4_workspace(uint64_t out_size)
{
	(void)out_size;
	return 0;
}

uint64_t codec_lz4_margin(uint64_t out_size)
{
	uint64_t blocks = out_size / CODEC_LZ4_BLOCK_MAX + 1;

	return LZ4_BLOCK_AHEAD + out_size / 255 + blocks * (SIZE_SIZE + LAST_COST) + MAGIC_SIZE;
}

enum err codec_lz4_chunk(const struct codec_job *job, struct fault *fault)
{
	struct span block;
	uint64_t in_pos = 0;
	size_t out_pos = 0;
	uint32_t size;

	if (job->first) {
		if (span_le32(job->in, 0, &size))
			return fault_set(fault, ERR_TRUNCATED, "frame magic", 0, job->in.len);
		if (size != LEGACY_MAGIC)
			return fault_set(fault, ERR_BAD_STREAM, "frame magic", 0, size);
		in_pos = MAGIC_SIZE;
	}
	while (out_pos < job->out_size) {
		size_t room = job->out_size - out_pos;

		if (room > CODEC_LZ4_BLOCK_MAX)
			room = CODEC_LZ4_BLOCK_MAX;
		if (span_le32(job->in, in_pos, &size))
			return fault_set(fault, ERR_TRUNCATED, "block size", in_pos, job->in.len);
		if (span_sub(job->in, in_pos + SIZE_SIZE, size, &block))
			return fault_set(fault, ERR_TRUNCATED, "block", in_pos, size);
		enum err err = lz4_block_decode(block, job->out + out_pos, room);

		if (err)
			return fault_set(fault, err, "block", in_pos, size);
		in_pos += SIZE_SIZE + (uint64_t)size;
		out_pos += room;
	}
	if (in_pos != job->in.len)
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind last block", in_pos,
			job->in.len - in_pos);
	return ERR_OK;
}
