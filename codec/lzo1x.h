/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LZO1X: what lzop's blocks are made of. */
#ifndef CODEC_LZO1X_H
#define CODEC_LZO1X_H

#include "core/span.h"

/* How many bytes behind its position, but never behind the end of out, the decoder may change. */
#define LZO1X_AHEAD 32

/*
 * Decode all of in, which ends with the end mark, to exactly out_size bytes. Errors: TRUNCATED
 * (in ends before the mark), BAD_STREAM (a match in front of out, or bytes behind the mark),
 * CHUNK_LENGTH (more or less than out_size). Nothing is read or written outside.
 */
enum err lzo1x_decode(struct span in, uint8_t *out, size_t out_size) MUST_CHECK;

#endif /* CODEC_LZO1X_H */
