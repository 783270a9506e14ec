/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A manifest that is nothing but chunks, for what only looks at those. */
#ifndef TESTS_CHUNK_TABLE_H
#define TESTS_CHUNK_TABLE_H

#include "core/manifest.h"

#define CHUNK_TABLE_MAX 100

struct chunk_table {
	uint8_t bytes[CHUNK_TABLE_MAX * MANIFEST_CHUNK_SIZE];
	struct manifest manifest;
};

static inline void chunk_set(struct chunk_table *t, uint32_t i, uint32_t at, uint32_t value)
{
	le32_put(t->bytes + i * MANIFEST_CHUNK_SIZE + at, value);
}

/* count chunks, zero but for an input of one byte each. */
static inline void chunk_table_make(struct chunk_table *t, uint32_t count)
{
	*t = (struct chunk_table){.manifest = {.chunk_count = count}};
	t->manifest.chunks = (struct span){t->bytes, (size_t)count * MANIFEST_CHUNK_SIZE};
	for (uint32_t i = 0; i < count; i++)
		chunk_set(t, i, MANIFEST_CHUNK_IN_SIZE, 1);
}

#endif /* TESTS_CHUNK_TABLE_H */
