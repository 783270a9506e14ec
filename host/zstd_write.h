/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressing content to one zstd frame whose chunks decode independently.
 */
#ifndef HOST_ZSTD_WRITE_H
#define HOST_ZSTD_WRITE_H

#include "host/chunks.h"

#define ZSTD_LEVEL_BEST 22

/*
 * Content up to this size is compressed in one piece: libzstd then ignores the request to work in
 * independent jobs. It must be one chunk.
 */
#define ZSTD_ONE_CHUNK_MAX (512 * 1024)

/*
 * Fill in in_off and in_size of all chunks, which cut the content. *ret_stream is to be freed. The
 * bytes depend on content, chunks and level only, not on the machine. Prints.
 */
enum status zstd_write(struct span content, int level, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size);

#endif /* HOST_ZSTD_WRITE_H */
