/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lz4 writer: the legacy frame, the only one that Linux reads [lz4_Frame_format.md, "Legacy
 * frame"]. A chunk is one block, or several if it is larger than a block may be. Blocks refer to
 * nothing in front of them.
 */
#include <lz4.h>
#include <lz4hc.h>
#include "host/lz4_best.h"
#include "host/writers.h"

#define BLOCK_MAX   (8 * 1024 * 1024)
#define LEVEL_HC    3 /* below: the fast compressor */
#define LEVEL_BEST  12 /* our own; liblz4's is as good but takes twice the time */
#define SIZE_FIELD  4

static const uint8_t legacy_magic[4] = {0x02, 0x21, 0x4c, 0x18};

static size_t bound(size_t in_size)
{
	size_t blocks = in_size / BLOCK_MAX + 1;

	return blocks * (SIZE_FIELD + (size_t)LZ4_compressBound(BLOCK_MAX));
}

static const char *pack(struct pack *p)
{
	size_t at, n;

	for (at = 0; at < p->in.len; at += n) {
		const char *in = (const char *)p->in.ptr + at;
		char *out = (char *)p->out + p->size + SIZE_FIELD;
		size_t made;

		n = p->in.len - at < BLOCK_MAX ? p->in.len - at : BLOCK_MAX;
		if (p->level < LEVEL_HC)
			made = (size_t)LZ4_compress_default(
				in, out, (int)n, LZ4_compressBound((int)n));
		else if (p->level < LEVEL_BEST)
			made = (size_t)LZ4_compress_HC(
				in, out, (int)n, LZ4_compressBound((int)n), p->level);
		else
			made = lz4_best((struct span){p->in.ptr + at, n}, (uint8_t *)out);
		if (!made)
			return "not enough memory";
		le32_put(p->out + p->size, (uint32_t)made);
		p->size += SIZE_FIELD + made;
		*p->done += n;
	}
	return NULL;
}

const struct pack_codec lz4_pack = {"liblz4", bound, pack};

enum status lz4_write(int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size)
{
	const struct span head = {legacy_magic, sizeof(legacy_magic)};
	struct packed packed;
	enum status status = pack_chunks(&lz4_pack, level, content, chunks, head, 0, &packed);

	if (!status)
		packed_take(&packed, ret_stream, ret_size);
	packed_free(&packed);
	return status;
}
