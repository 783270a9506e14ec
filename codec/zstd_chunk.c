/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chunk of a zstd payload, by libzstd's block decoder. Frame and block headers are read here
 * [RFC 8878 3.1.1], so that a chunk can begin at any block whose predecessors it does not refer to:
 * the library gets a fresh context for each chunk, and refuses matches that reach in front of it.
 *
 * Entered in the stub's 64-bit mode through the decoder gate, and in the host tool. Nothing outside
 * the output is written.
 *
 *
 * How far ahead of its position may a block decoder write?
 *
 * libzstd puts a block's literals, when they are many, into the output it has not reached yet: with
 * much room behind the position, beyond the next 128 KiB; else in the last part of what the block
 * may at most fill. The room it is told is therefore cut to CODEC_ZSTD_BLOCK_MAX, and to what is
 * left of the chunk: while a block is decoded at output position o, bytes are written in [o, o + B)
 * only, B = 128 KiB, and none behind the chunk's end.
 *
 *
 * The in-place margin
 *
 * A chunk of C bytes is decoded over its own input of P bytes, which ends M bytes above the output.
 * Before a block is decoded, o bytes have come out and i bytes of input have been used. What is
 * still to be read starts at C + M - P + i, and must not lie below o + B:
 *
 *         0            o        o + B                      C     C + M
 *         | decoded    | block  |                          |     |
 *                                  | used | still to be read ... |
 *                               C + M - P + i
 *
 *         M  >=  B + (P - i) - (C - o)
 *
 * (P - i) - (C - o) is by how much the rest of the input is larger than the rest of the output. A
 * block is a header of 3 bytes and never larger content: libzstd stores it raw when it does not get
 * smaller, and a repeated byte (1 byte of input) stands for at least one. So it is at most 3 bytes
 * for each block that is left, the frame's 18 bytes of header in a first chunk, and 4 of checksum
 * in a last one. libzstd cuts 128 KiB into at most 196 blocks, and may add an empty one where a
 * chunk ends.
 */
#define ZSTD_STATIC_LINKING_ONLY
#define ZSTD_DISABLE_DEPRECATE_WARNINGS
#include <zstd.h>
#include "codec/codec.h"

#define FRAME_MAGIC        0xfd2fb528
#define FRAME_HEADER_MAX   18
#define CHECKSUM_SIZE      4
#define BLOCK_HEADER_SIZE  3
#define BLOCKS_PER_128K    196
#define WORKSPACE_ALIGN    64

/* frame header descriptor */
#define FHD_CONTENT_SIZE(d)   ((d) >> 6)
#define FHD_SINGLE_SEGMENT(d) ((d) >> 5 & 1)
#define FHD_RESERVED(d)       ((d) >> 3 & 1)
#define FHD_DICTIONARY(d)     ((d) & 3)

enum block_type {
	BLOCK_RAW = 0,
	BLOCK_RLE = 1,
	BLOCK_COMPRESSED = 2,
};

struct block {
	bool last;
	unsigned int type;
	uint32_t size; /* content for raw and RLE, else input */
};

/* Where the decoder stands. */
struct walk {
	struct span in;
	uint64_t in_pos;
	uint8_t *out;
	size_t out_size;
	size_t out_pos;
};

uint64_t codec_zstd_workspace(uint64_t out_size)
{
	(void)out_size;
	return (ZSTD_estimateDCtxSize() + WORKSPACE_ALIGN - 1) & ~(size_t)(WORKSPACE_ALIGN - 1);
}

uint64_t codec_zstd_margin(uint64_t out_size)
{
	uint64_t blocks = (out_size / CODEC_ZSTD_BLOCK_MAX + 2) * (BLOCKS_PER_128K + 1);

	return CODEC_ZSTD_BLOCK_MAX + FRAME_HEADER_MAX + CHECKSUM_SIZE + blocks * BLOCK_HEADER_SIZE;
}

/* Step over the frame header; it says nothing that the manifest does not know better. */
static enum err frame_header(struct walk *w, struct fault *fault)
{
	uint32_t magic;
	uint8_t descriptor;

	if (span_le32(w->in, 0, &magic) || span_u8(w->in, 4, &descriptor))
		return fault_set(fault, ERR_TRUNCATED, "frame header", 0, w->in.len);
	if (magic != FRAME_MAGIC)
		return fault_set(fault, ERR_BAD_STREAM, "frame magic", 0, magic);
	if (FHD_RESERVED(descriptor) || FHD_DICTIONARY(descriptor))
		return fault_set(fault, ERR_BAD_STREAM, "frame header descriptor", 4, descriptor);
	unsigned int size_flag = FHD_CONTENT_SIZE(descriptor);
	bool single = FHD_SINGLE_SEGMENT(descriptor);

	/*
	 * magic, descriptor, window descriptor unless single; content size 0 (1 if single), 2, 4, 8
	 */
	w->in_pos = 5 + !single + (size_flag ? 1u << size_flag : single);
	return ERR_OK;
}

static enum err block_header(struct walk *w, struct block *ret, struct fault *fault)
{
	struct span bytes;

	if (span_sub(w->in, w->in_pos, BLOCK_HEADER_SIZE, &bytes))
		return fault_set(fault, ERR_TRUNCATED, "block header", w->in_pos, w->in.len);
	uint32_t header = le16_get(bytes.ptr) | (uint32_t)bytes.ptr[2] << 16;

	*ret = (struct block){.last = header & 1, .type = header >> 1 & 3, .size = header >> 3};
	if (ret->size > CODEC_ZSTD_BLOCK_MAX)
		return fault_set(fault, ERR_BAD_STREAM, "block size", w->in_pos, ret->size);
	w->in_pos += BLOCK_HEADER_SIZE;
	return ERR_OK;
}

/* Raw and repeated bytes; the context must hear of them, since later matches may refer to them. */
static enum err block_plain(struct walk *w, ZSTD_DCtx *dctx, const struct block *block,
	struct fault *fault)
{
	struct span bytes;
	uint8_t *out = w->out + w->out_pos;

	if (span_sub(w->in, w->in_pos, block->type == BLOCK_RLE ? 1 : block->size, &bytes))
		return fault_set(fault, ERR_TRUNCATED, "block", w->in_pos, block->size);
	if (block->size > w->out_size - w->out_pos)
		return fault_set(fault, ERR_CHUNK_LENGTH, "block", w->in_pos, block->size);
	if (block->type == BLOCK_RLE)
		__builtin_memset(out, bytes.ptr[0], block->size);
	else
		__builtin_memmove(out, bytes.ptr, block->size);
	if (block->size)
		ZSTD_insertBlock(dctx, out, block->size);
	w->in_pos += bytes.len;
	w->out_pos += block->size;
	return ERR_OK;
}

static enum err block_compressed(struct walk *w, ZSTD_DCtx *dctx, const struct block *block,
	struct fault *fault)
{
	struct span bytes;
	size_t room = w->out_size - w->out_pos;

	if (span_sub(w->in, w->in_pos, block->size, &bytes))
		return fault_set(fault, ERR_TRUNCATED, "block", w->in_pos, block->size);
	if (room > CODEC_ZSTD_BLOCK_MAX)
		room = CODEC_ZSTD_BLOCK_MAX;
	if (!room)
		return fault_set(fault, ERR_CHUNK_LENGTH, "block", w->in_pos, w->out_size);
	size_t done = ZSTD_decompressBlock(dctx, w->out + w->out_pos, room, bytes.ptr, bytes.len);

	if (ZSTD_isError(done))
		return fault_set(fault, ERR_BAD_STREAM, "block", w->in_pos, (uint64_t)0 - done);
	w->in_pos += bytes.len;
	w->out_pos += done;
	return ERR_OK;
}

enum err codec_zstd_chunk(const struct codec_job *job, struct fault *fault)
{
	struct walk w = {.in = job->in, .out = job->out, .out_size = job->out_size};
	ZSTD_DCtx *dctx = ZSTD_initStaticDCtx(job->workspace, job->workspace_size);
	struct block block = {0};
	enum err err = ERR_OK;

	if (!dctx || ZSTD_isError(ZSTD_decompressBegin(dctx)))
		return fault_set(fault, ERR_WORKSPACE, "zstd", 0, job->workspace_size);
	if (job->first)
		err = frame_header(&w, fault);
	while (!err && !block.last && w.in_pos < w.in.len) {
		err = block_header(&w, &block, fault);
		if (err)
			break;
		if (block.type == BLOCK_RAW || block.type == BLOCK_RLE)
			err = block_plain(&w, dctx, &block, fault);
		else if (block.type == BLOCK_COMPRESSED)
			err = block_compressed(&w, dctx, &block, fault);
		else
			err = fault_set(fault, ERR_BAD_STREAM, "block type", w.in_pos, block.type);
	}
	if (err)
		return err;
	uint64_t left = w.in.len > w.in_pos ? w.in.len - w.in_pos : 0;

	if (left && (!block.last || left != CHECKSUM_SIZE))
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind last block", w.in_pos, left);
	if (w.out_pos != w.out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "chunk", w.out_pos, w.out_size);
	return ERR_OK;
}
