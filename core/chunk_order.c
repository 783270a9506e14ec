/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See chunk_order.h. Longest first is at most a third longer than the best order there is [Graham,
 * Bounds on multiprocessing timing anomalies, 1969], given that we know how long a chunk takes.
 */
#include "core/chunk_order.h"

/*
 * Decoders work on what comes in; what comes out costs only a store. Measured over all codecs, a coded
 * byte takes 6 (lz4) to 45 (zstd) times as long as a byte of output that came for nothing, a zero.
 */
#define CODED_BYTE_COST 16

static uint64_t cost(const struct manifest *m, uint32_t i)
{
	struct manifest_chunk c = manifest_chunk(m, i);

	return (uint64_t)c.in_size * CODED_BYTE_COST + c.out_size;
}

uint32_t chunk_order(const struct manifest *m, uint32_t first, uint8_t ret_order[CHUNK_ORDER_MAX])
{
	uint32_t count = 0;

	if (m->chunk_count > CHUNK_ORDER_MAX)
		return 0;
	for (uint32_t i = first; i < m->chunk_count; i++) {
		uint32_t at = count++;

		for (; at && cost(m, ret_order[at - 1]) < cost(m, i); at--)
			ret_order[at] = ret_order[at - 1];
		ret_order[at] = (uint8_t)i;
	}
	return count;
}
