/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both of lz4's frames over liblz4 [lz4_Frame_format.md]. The legacy one, which Linux's wrapper reads: a
 * magic number, then blocks of up to 8 MiB of output, each behind its compressed size; there is no checksum,
 * and no mark at its end, so that what follows a frame is told from a block by being none. The new one:
 * the library's business, checksums and all. Host only.
 */
#include <limits.h>
#include <lz4.h>
#include <lz4frame.h>
#include <string.h>
#include "codec/stream.h"

#define LEGACY_MAGIC     0x184c2102
#define FRAME_MAGIC      0x184d2204
#define LEGACY_BLOCK_MAX (8 * 1024 * 1024)
#define LEGACY_SIZE_MAX  LZ4_COMPRESSBOUND(LEGACY_BLOCK_MAX)

static enum err legacy_frame(const struct codec_job *job, const struct codec_watch *watch,
	struct codec_end *end, struct fault *fault)
{
	uint32_t size;

	for (end->used += 4; end->used < job->in.len;) {
		size_t pos = end->used, room = job->out_size - end->made;
		struct span block;
		int n;

		if (span_le32(job->in, pos, &size))
			return fault_set(fault, ERR_TRUNCATED, "lz4 block size", pos, 0);
		if (size == LEGACY_MAGIC || size == FRAME_MAGIC)
			return ERR_OK; /* another frame, as from files joined with cat */
		if (size > LEGACY_SIZE_MAX || span_sub(job->in, pos + 4, size, &block))
			return fault_set(fault, ERR_TRUNCATED, "lz4 block", pos, size);
		if (!room)
			return fault_set(
				fault, ERR_CHUNK_LENGTH, "lz4 stream is longer", pos, end->made);
		if (room > LEGACY_BLOCK_MAX)
			room = LEGACY_BLOCK_MAX;
		n = LZ4_decompress_safe((const char *)block.ptr, (char *)job->out + end->made,
			(int)size, (int)room);
		if (n < 0)
			return fault_set(fault, ERR_BAD_STREAM, "lz4 block", pos, size);
		end->made += (size_t)n;
		end->used += 4 + (size_t)size;
		watch_tell(watch, end->made);
	}
	return ERR_OK;
}

static enum err new_frame(
	LZ4F_dctx *lz, const struct codec_job *job, struct codec_end *end, struct fault *fault)
{
	/* Earlier output is where it was put: no copy of it is needed. */
	const LZ4F_decompressOptions_t options = {.stableDst = 1};
	size_t hint, pos = end->used;

	for (;;) {
		size_t in = job->in.len - end->used, out = job->out_size - end->made;

		hint = LZ4F_decompress(
			lz, job->out + end->made, &out, job->in.ptr + end->used, &in, &options);
		if (LZ4F_isError(hint))
			return fault_set(fault, ERR_BAD_STREAM, LZ4F_getErrorName(hint), pos, 0);
		end->used += in;
		end->made += out;
		if (!hint)
			return ERR_OK;
		if (in || out)
			continue;
		if (end->used < job->in.len)
			return fault_set(fault, ERR_CHUNK_LENGTH, "lz4 stream is longer", end->used,
				end->made);
		return fault_set(fault, ERR_TRUNCATED, "lz4 frame", end->used, end->made);
	}
}

enum err stream_lz4(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault)
{
	struct codec_end end = {0};
	LZ4F_dctx *lz = NULL;
	enum err e = ERR_OK;
	uint32_t magic = 0;

	if (span_le32(job->in, 0, &magic) || (magic != LEGACY_MAGIC && magic != FRAME_MAGIC))
		return fault_set(fault, ERR_BAD_STREAM, "lz4 magic number", 0, magic);
	if (LZ4F_isError(LZ4F_createDecompressionContext(&lz, LZ4F_VERSION)))
		return fault_set(fault, ERR_WORKSPACE, "liblz4", 0, 0);
	while (!e && !span_le32(job->in, end.used, &magic)) {
		if (magic == LEGACY_MAGIC)
			e = legacy_frame(job, watch, &end, fault);
		else if (magic == FRAME_MAGIC)
			e = new_frame(lz, job, &end, fault);
		else
			break;
	}
	LZ4F_freeDecompressionContext(lz);
	if (!e)
		*ret = end;
	return e;
}
