/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See image_keep.h. CRCs, ready_after and safe_offset depend on kernel and stream alone, so they hold
 * wherever in an image the payload lies.
 */
#include <stdlib.h>
#include <string.h>
#include "host/image_keep.h"

enum status image_keep(struct build *b)
{
	const struct kernel *k = b->wish->kernel;
	const struct manifest *m = &k->manifest;

	b->content = (struct span){k->content, k->content_size};
	b->chunks = calloc(1, sizeof(*b->chunks));
	b->stream = malloc(k->stream.len);
	if (!b->chunks || !b->stream)
		return report_no_memory(b->wish->name);
	memcpy(b->stream, k->stream.ptr, k->stream.len);
	b->stream_size = k->stream.len;
	b->chunks->count = m->chunk_count;
	for (uint32_t i = 0; i < m->chunk_count; i++)
		b->chunks->c[i] = manifest_chunk(m, i);
	b->manifest.reloc_coding = m->reloc_coding;
	b->place.in_place = m->flags & MANIFEST_FLAG_IN_PLACE;
	b->trailer_size = b->wish->codec == CODEC_GZIP ? 0 : IMAGE_SIZE_TRAILER;
	return STATUS_DONE;
}
