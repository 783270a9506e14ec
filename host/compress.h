/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressing content to one ordinary stream whose chunks decode by themselves: what each codec can
 * do, and one function for all of them. What a chunk is, codec/codec.h says.
 */
#ifndef HOST_COMPRESS_H
#define HOST_COMPRESS_H

#include "host/chunks.h"

/* What there is to choose for a codec. */
struct compress_rules {
	int level_min;
	int level_best; /* the default; below level_min: the codec has no levels */
	uint32_t chunk_size; /* default; CHUNK_WHOLE: it is not cut at all */
	uint32_t one_chunk_max; /* content up to this size must be one chunk */
};

const struct compress_rules *compress_rules(enum codec codec);

/* How chunks are compressed, if that depends on nothing but the chunk; else NULL. */
struct pack_codec;
const struct pack_codec *compress_one(enum codec codec);

/*
 * Fill in in_off and in_size of all chunks, which cut the content. *ret_stream is to be freed. The
 * bytes depend on codec, level, content and chunks only, not on the machine. Prints.
 */
enum status compress(enum codec codec, int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size);

#endif /* HOST_COMPRESS_H */
