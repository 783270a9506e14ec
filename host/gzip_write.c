/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gzip writer: one member [RFC 1952], its chunks compressed apart by libdeflate, which is the
 * best there is for deflate. Joining them takes two things: the mark "last block" is taken off
 * every chunk but the last, and empty stored blocks fill the stream up to a whole byte:
 *
 *   ... last block of the chunk, BFINAL cleared | 000 padding 00 00 ff ff | 00 00 00 ff ff
 *                                                 only if it ends inside    always: begins on a
 *                                                 a byte                    byte, 5 bytes
 *
 * The decoder of chunks needs the second to be there: it marks that one as final for itself.
 */
#include <libdeflate.h>
#include <string.h>
#include "host/deflate_walk.h"
#include "host/writers.h"

#define EMPTY_STORED 5 /* bytes of an empty stored block that begins on a byte */
#define JOIN_MAX     (2 * EMPTY_STORED)
#define TRAILER_SIZE 8

/* ID1, ID2, deflate, no flags, no time, "slowest algorithm", unknown system */
static const uint8_t member_header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255};

static size_t bound(size_t in_size)
{
	return libdeflate_deflate_compress_bound(NULL, in_size) + JOIN_MAX;
}

/* Make the finished deflate stream one that goes on, at a whole byte. */
static const char *leave_open(struct pack *p)
{
	static const uint8_t empty[EMPTY_STORED] = {0, 0, 0, 0xff, 0xff};
	struct deflate_walk end;
	unsigned int used;

	if (deflate_walk((struct span){p->out, p->size}, &end) || end.out_size != p->in.len ||
		(end.end_bit + 7) / 8 != p->size)
		return "its deflate stream cannot be read";
	p->out[end.last_block_bit / 8] &= (uint8_t)~(1u << end.last_block_bit % 8);
	used = end.end_bit % 8;
	if (used) {
		/* The bits left in this byte are 0: three of them are a stored block's header. */
		if (used > 8 - 3)
			p->out[p->size++] = 0;
		memcpy(p->out + p->size, empty + 1, EMPTY_STORED - 1);
		p->size += EMPTY_STORED - 1;
	}
	memcpy(p->out + p->size, empty, EMPTY_STORED);
	p->size += EMPTY_STORED;
	return NULL;
}

static const char *pack(struct pack *p)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(p->level);

	if (!c)
		return "not enough memory";
	p->size = libdeflate_deflate_compress(c, p->in.ptr, p->in.len, p->out, p->cap - JOIN_MAX);
	libdeflate_free_compressor(c);
	*p->done += p->in.len;
	if (!p->size)
		return "no room";
	return p->last ? NULL : leave_open(p);
}

const struct pack_codec gzip_pack = {"libdeflate", bound, pack};

enum status gzip_write(int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size)
{
	const struct span head = {member_header, sizeof(member_header)};
	uint8_t trailer[TRAILER_SIZE];
	struct packed packed;
	enum status status;

	status = pack_chunks(&gzip_pack, level, content, chunks, head, sizeof(trailer), &packed);
	if (!status) {
		le32_put(trailer, libdeflate_crc32(0, content.ptr, content.len));
		le32_put(trailer + 4, (uint32_t)content.len);
		packed_add(&packed, chunks, trailer, sizeof(trailer));
		packed_take(&packed, ret_stream, ret_size);
	}
	packed_free(&packed);
	return status;
}
