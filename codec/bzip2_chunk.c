/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chunk of a bzip2 payload by libbz2: whole streams, one or several. The format has no way to
 * enter a stream in the middle (its blocks begin on any bit), so a payload is many streams in a row,
 * as `bzip2 -d` reads them. The library checks the CRC of each block and of each stream.
 *
 * Entered in the stub's 64-bit mode through the decoder gate, and in the host tool. Nothing outside
 * the output is written.
 *
 *
 * Workspace
 *
 * Four bytes for each byte of a block, 900,000 at most, and the decoder's state, 63 KiB [DState of
 * libbz2 1.0.8]. Each stream of a chunk begins with an empty workspace.
 *
 *
 * The in-place margin
 *
 * A chunk of C bytes is decoded over its own input of P bytes, which ends M bytes above the output. A
 * block is read to its end, and sorted in the workspace, before its first byte comes out. While a
 * block is written that ends at o, what is still to be read begins behind it, at i:
 *
 *         0                 o                       C     C + M
 *         | written | block |                       |     |
 *                           | read | still to be read ... |
 *                        C + M - P + i
 *
 *         M  >=  (P - i) - (C - o)
 *
 * by how much later blocks are larger than their content. Blocks know nothing of each other, so that
 * the rest of a stream is as long as if it had been compressed by itself: at most 1 % and 600 bytes
 * longer than its content [bzip2 manual, BZ2_bzBuffToBuffCompress]. Streams follow each other; one
 * that is not the last of a chunk is taken to hold a block at least, which is 100,000 bytes of
 * content, or 80,000 before runs of four got a fifth byte.
 */
#define BZ_NO_STDIO
#include <bzlib.h>
#include <limits.h>
#include "codec/arena.h"
#include "codec/codec.h"

#define BLOCK_MAX      900000
#define BLOCK_MIN      79900
#define STATE_SIZE     (80 * 1024)
#define STREAM_GROWTH  600
#define GROWTH_DIVISOR 100

uint64_t codec_bzip2_margin(uint64_t out_size)
{
	return out_size / GROWTH_DIVISOR + (out_size / BLOCK_MIN + 2) * STREAM_GROWTH;
}

uint64_t codec_bzip2_workspace(uint64_t out_size)
{
	(void)out_size;
	return STATE_SIZE + ((4 * BLOCK_MAX + ARENA_ALIGN - 1) & ~(uint64_t)(ARENA_ALIGN - 1));
}

static void *allocate(void *arena, int count, int size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return arena_take(arena, bytes);
}

static void release(void *arena, void *memory)
{
	(void)arena;
	(void)memory;
}

/* libbz2 counts in unsigned int: hand over at most this much at a time. */
static unsigned int step(size_t left)
{
	return left > UINT_MAX ? UINT_MAX : (unsigned int)left;
}

/* One stream from in + *used on, into out + *made on. */
static enum err one_stream(const struct codec_job *job, size_t *used, size_t *made,
	struct fault *fault)
{
	struct arena arena = arena_make(job->workspace, job->workspace_size);
	bz_stream bz = {.bzalloc = allocate, .bzfree = release, .opaque = &arena};
	int result = BZ2_bzDecompressInit(&bz, 0, 0);
	bool progress = true;

	while (result == BZ_OK && progress) {
		unsigned int in_step = step(job->in.len - *used);
		unsigned int out_step = step(job->out_size - *made);

		bz.next_in = (char *)(uintptr_t)(job->in.ptr + *used);
		bz.avail_in = in_step;
		bz.next_out = (char *)(job->out + *made);
		bz.avail_out = out_step;
		result = BZ2_bzDecompress(&bz);
		*used += in_step - bz.avail_in;
		*made += out_step - bz.avail_out;
		progress = in_step != bz.avail_in || out_step != bz.avail_out;
	}
	if (result == BZ_STREAM_END)
		return ERR_OK;
	if (result == BZ_MEM_ERROR)
		return fault_set(fault, ERR_WORKSPACE, "bzip2", *used, job->workspace_size);
	if (result == BZ_OK && *used < job->in.len)
		return fault_set(fault, ERR_CHUNK_LENGTH, "bzip2 stream is longer", *used, *made);
	if (result == BZ_OK)
		return fault_set(fault, ERR_TRUNCATED, "bzip2 stream", *used, *made);
	return fault_set(fault, ERR_BAD_STREAM, "bzip2", *used, (uint64_t)-result);
}

enum err codec_bzip2_chunk(const struct codec_job *job, struct fault *fault)
{
	size_t used = 0, made = 0;

	if (!job->in.len)
		return fault_set(fault, ERR_TRUNCATED, "bzip2 stream", 0, 0);
	do {
		enum err err = one_stream(job, &used, &made, fault);

		if (err)
			return err;
	} while (used < job->in.len);
	if (made != job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "bzip2 chunk is shorter", used, made);
	return ERR_OK;
}
