/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lzo writer: LZO1X-999 in the container of lzop, in blocks of 256 KiB as lzop makes them and as
 * Linux wants them, each with the Adler-32 of its output. All numbers are big-endian; codec/lzo.c
 * tells the format.
 */
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>
#include "host/writers.h"

#define BLOCK_MAX      (256 * 1024)
#define BLOCK_HEADER   12 /* sizes of output and input, Adler-32 of the output */
#define END_SIZE       4
#define ADLER_START    1
#define VERSION        0x1040 /* of the lzop that made this format what it is */
#define VERSION_LIB    0x20a0
#define VERSION_NEEDED 0x0940
#define METHOD_999     3
#define FLAGS          0x03000001 /* Unix; Adler-32 of the output */
#define HEADER_SIZE    38
#define MAGIC_SIZE     9

static void be16_put(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void be32_put(uint8_t *p, uint32_t v)
{
	be16_put(p, v >> 16);
	be16_put(p + 2, v & 0xffff);
}

/* Name, mode and time of the file are left empty. */
static void make_header(int level, uint8_t header[HEADER_SIZE])
{
	static const uint8_t magic[MAGIC_SIZE] = {0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n'};

	memset(header, 0, HEADER_SIZE);
	memcpy(header, magic, sizeof(magic));
	be16_put(header + 9, VERSION);
	be16_put(header + 11, VERSION_LIB);
	be16_put(header + 13, VERSION_NEEDED);
	header[15] = METHOD_999;
	header[16] = (uint8_t)level;
	be32_put(header + 17, FLAGS);
	be32_put(header + 34,
		lzo_adler32(ADLER_START, header + MAGIC_SIZE, HEADER_SIZE - MAGIC_SIZE - 4));
}

static size_t bound(size_t in_size)
{
	size_t blocks = in_size / BLOCK_MAX + 1;

	/* Room for the one block that grows before it is stored instead [LZO.FAQ]. */
	return in_size + blocks * BLOCK_HEADER + BLOCK_MAX / 16 + 64 + 3;
}

/* One block; what does not get smaller is stored. */
static const char *pack_block(struct pack *p, struct span in, void *work, uint8_t *scratch)
{
	uint8_t *header = p->out + p->size, *out = header + BLOCK_HEADER;
	lzo_uint made = 0, length = in.len;

	if (lzo1x_999_compress_level(in.ptr, in.len, out, &made, work, NULL, 0, NULL, p->level) !=
		LZO_E_OK)
		return "internal error";
	if (made < in.len) {
		/* The same size and content, in a form that decodes a little faster. */
		if (lzo1x_optimize(out, made, scratch, &length, NULL) != LZO_E_OK ||
			length != in.len || memcmp(scratch, in.ptr, in.len))
			return "its own output does not decode";
	} else {
		memcpy(out, in.ptr, in.len);
		made = in.len;
	}
	be32_put(header, (uint32_t)in.len);
	be32_put(header + 4, (uint32_t)made);
	be32_put(header + 8, lzo_adler32(ADLER_START, in.ptr, in.len));
	p->size += BLOCK_HEADER + made;
	return NULL;
}

static const char *pack(struct pack *p)
{
	void *work = malloc(LZO1X_999_MEM_COMPRESS);
	uint8_t *scratch = malloc(BLOCK_MAX);
	const char *words = work && scratch ? NULL : "not enough memory";
	struct span block;
	size_t at;

	for (at = 0; at < p->in.len && !words; at += block.len) {
		block.ptr = p->in.ptr + at;
		block.len = p->in.len - at < BLOCK_MAX ? p->in.len - at : BLOCK_MAX;
		words = pack_block(p, block, work, scratch);
		*p->done += block.len;
	}
	free(work);
	free(scratch);
	return words;
}

const struct pack_codec lzo_pack = {"liblzo2", bound, pack};

enum status lzo_write(int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size)
{
	static const uint8_t end[END_SIZE] = {0};
	uint8_t header[HEADER_SIZE];
	struct packed packed;
	enum status status;

	if (lzo_init() != LZO_E_OK)
		return compress_failed(lzo_pack.library, "not the library that this was built with");
	make_header(level, header);
	status = pack_chunks(&lzo_pack, level, content, chunks, (struct span){header, sizeof(header)},
		sizeof(end), &packed);
	if (!status) {
		packed_add(&packed, chunks, end, sizeof(end));
		packed_take(&packed, ret_stream, ret_size);
	}
	packed_free(&packed);
	return status;
}
