/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the way through a raw deflate stream without decoding it.
 */
#ifndef HOST_DEFLATE_WALK_H
#define HOST_DEFLATE_WALK_H

#include "core/span.h"

struct deflate_walk {
	uint64_t last_block_bit; /* header of the block with BFINAL: its first bit is that flag */
	uint64_t end_bit; /* first bit behind that block */
	uint64_t out_size; /* bytes that the stream stands for */
};

/*
 * Bit n of a stream is bit n % 8, counted from the lowest, of byte n / 8 [RFC 1951 3.1.1]. Errors:
 * TRUNCATED, BAD_STREAM.
 */
enum err deflate_walk(struct span stream, struct deflate_walk *ret) MUST_CHECK;

#endif /* HOST_DEFLATE_WALK_H */
