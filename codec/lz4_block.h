/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One block of lz4, as in every frame and file of that format. */
#ifndef CODEC_LZ4_BLOCK_H
#define CODEC_LZ4_BLOCK_H

#include "core/span.h"

/* How many bytes behind its position, but never behind the end of out, the decoder may change. */
#define LZ4_BLOCK_AHEAD 32

/*
 * Decode all of in to exactly out_size bytes. Errors: TRUNCATED (in ends inside a sequence), BAD_STREAM
 * (a match in front of out), CHUNK_LENGTH (more or less than out_size). Nothing is read or written
 * outside.
 */
enum err lz4_block_decode(struct span in, uint8_t *out, size_t out_size) MUST_CHECK;

#endif /* CODEC_LZ4_BLOCK_H */
