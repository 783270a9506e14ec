/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest lz4 block, or very nearly, of given bytes.
 */
#ifndef HOST_LZ4_BEST_H
#define HOST_LZ4_BEST_H

#include <stdint.h>
#include "core/span.h"

/*
 * Compress in to out, which has room for LZ4_compressBound(in.len) bytes. Returns the size, 0 if
 * there is not enough memory. in.len is at most LZ4_MAX_INPUT_SIZE, and not 0.
 */
size_t lz4_best(struct span in, uint8_t *out);

#endif /* HOST_LZ4_BEST_H */
