/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bzip2 writer: a whole bzip2 stream a chunk, one behind the other. A bzip2 stream cannot be
 * entered in the middle (its blocks begin inside of bytes), so this is the one codec where the
 * payload is several streams. bzip2, Python's bz2 and most others read on; Linux's own decoder
 * would stop after the first.
 */
#include <bzlib.h>
#include "host/writers.h"

#define WORK_FACTOR_DEFAULT 0

/* [bzip2 manual 3.5.1]: one per cent and 600 bytes more than the input. */
static size_t bound(size_t in_size)
{
	return in_size + in_size / 100 + 1 + 600;
}

static const char *pack(struct pack *p)
{
	unsigned int made = (unsigned int)p->cap;
	/* The library only reads its input. */
	int result = BZ2_bzBuffToBuffCompress((char *)p->out, &made,
		(char *)(uintptr_t)p->in.ptr, (unsigned int)p->in.len, p->level, 0,
		WORK_FACTOR_DEFAULT);

	p->size = made;
	*p->done += p->in.len;
	if (result == BZ_MEM_ERROR)
		return "not enough memory";
	return result == BZ_OK ? NULL : "no room";
}

const struct pack_codec bzip2_pack = {"libbz2", bound, pack};

enum status bzip2_write(int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size)
{
	struct packed packed;
	enum status status =
		pack_chunks(&bzip2_pack, level, content, chunks, (struct span){0}, 0, &packed);

	if (!status)
		packed_take(&packed, ret_stream, ret_size);
	packed_free(&packed);
	return status;
}
