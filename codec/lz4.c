/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lz4's legacy frame over liblz4 [lz4_Frame_format.md, "Legacy frame"]: a magic number, then blocks
 * of up to 8 MiB of output, each behind its compressed size. There is no checksum. Host only.
 */
#include <limits.h>
#include <lz4.h>
#include "codec/stream.h"

#define LEGACY_MAGIC     0x184c2102
#define LEGACY_BLOCK_MAX (8 * 1024 * 1024)

enum err stream_lz4(const struct codec_job *job, struct fault *fault)
{
	uint64_t pos = 4;
	size_t made = 0;
	uint32_t magic, size;

	if (span_le32(job->in, 0, &magic) || magic != LEGACY_MAGIC)
		return fault_set(fault, ERR_BAD_STREAM, "lz4 magic number", 0, 0);
	while (pos < job->in.len) {
		struct span block;
		size_t room = job->out_size - made;
		int n;

		if (span_le32(job->in, pos, &size))
			return fault_set(fault, ERR_TRUNCATED, "lz4 block size", pos, 0);
		if (size == LEGACY_MAGIC) { /* another frame, as from files joined with cat */
			pos += 4;
			continue;
		}
		if (size > INT_MAX || span_sub(job->in, pos + 4, size, &block))
			return fault_set(fault, ERR_TRUNCATED, "lz4 block", pos, size);
		if (!room)
			return fault_set(
				fault, ERR_CHUNK_LENGTH, "lz4 stream is longer", pos, made);
		if (room > LEGACY_BLOCK_MAX)
			room = LEGACY_BLOCK_MAX;
		n = LZ4_decompress_safe(
			(const char *)block.ptr, (char *)job->out + made, (int)size, (int)room);
		if (n < 0)
			return fault_set(fault, ERR_BAD_STREAM, "lz4 block", pos, size);
		made += (size_t)n;
		pos += 4 + (uint64_t)size;
	}
	if (made != job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "lz4 stream is shorter", pos, made);
	return ERR_OK;
}
