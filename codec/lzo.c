/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lzo in lzop's container over liblzo2: magic, header, then blocks, all numbers big-endian. Which
 * checksums there are is in the header's flags; all that are there are checked. Host only.
 *
 *   header: magic[9] version:2 lib:2 [needed:2] method:1 [level:1] flags:4 [filter:4] mode:4
 *           mtime:4 [mtime_high:4] name_len:1 name[] header_checksum:4 [extra_len:4 extra[] checksum:4]
 *   block:  out_size:4 in_size:4 checksums of the output:4... checksums of the input:4... data[]
 *           (in_size == out_size: stored, without checksums of the input; out_size 0: the end)
 */
#include <lzo/lzo1x.h>
#include <string.h>
#include "codec/stream.h"

#define MAGIC_SIZE     9
#define VERSION_LEVEL  0x0940 /* from here on the header has needed, level and mtime_high */
#define METHOD_MIN     1 /* LZO1X-1, LZO1X-1(15), LZO1X-999: one decoder for all three */
#define METHOD_MAX     3
#define FLAG_ADLER_OUT 0x0001
#define FLAG_ADLER_IN  0x0002
#define FLAG_EXTRA     0x0040
#define FLAG_CRC_OUT   0x0100
#define FLAG_CRC_IN    0x0200
#define FLAG_FILTER    0x0800
#define BLOCK_MAX      (64 * 1024 * 1024) /* lzop's own limit */

static enum err be(struct span s, uint64_t *pos, unsigned int bytes, uint32_t *ret)
{
	uint32_t v = 0;
	unsigned int i;

	if (!span_has(s, *pos, bytes))
		return ERR_TRUNCATED;
	for (i = 0; i < bytes; i++)
		v = v << 8 | s.ptr[(size_t)*pos + i];
	*pos += bytes;
	*ret = v;
	return ERR_OK;
}

static enum err header(struct span in, uint64_t *pos, uint32_t *ret_flags, struct fault *fault)
{
	uint32_t version, method, name_len, extra_len, skip;

	*pos = MAGIC_SIZE;
	if (be(in, pos, 2, &version) || be(in, pos, 2, &skip))
		goto truncated;
	if (version >= VERSION_LEVEL && be(in, pos, 2, &skip))
		goto truncated;
	if (be(in, pos, 1, &method))
		goto truncated;
	if (method < METHOD_MIN || method > METHOD_MAX)
		return fault_set(fault, ERR_BAD_STREAM, "lzop method", *pos - 1, method);
	if (version >= VERSION_LEVEL && be(in, pos, 1, &skip))
		goto truncated;
	if (be(in, pos, 4, ret_flags))
		goto truncated;
	if (*ret_flags & FLAG_FILTER)
		return fault_set(fault, ERR_BAD_STREAM, "lzop filter", *pos - 4, *ret_flags);
	*pos += version >= VERSION_LEVEL ? 12 : 8; /* mode, mtime */
	if (be(in, pos, 1, &name_len))
		goto truncated;
	*pos += name_len + 4;
	if (*ret_flags & FLAG_EXTRA) {
		if (be(in, pos, 4, &extra_len))
			goto truncated;
		*pos += (uint64_t)extra_len + 4;
	}
	if (*pos <= in.len)
		return ERR_OK;
truncated:
	return fault_set(fault, ERR_TRUNCATED, "lzop header", *pos, in.len);
}

struct block {
	uint64_t pos; /* of its sizes */
	uint32_t out_size, in_size;
	uint32_t adler_out, crc_out, adler_in, crc_in;
	struct span data;
};

static enum err block_header(struct span in, uint64_t *pos, uint32_t flags, struct block *b)
{
	bool stored = b->in_size == b->out_size;

	if ((flags & FLAG_ADLER_OUT) && be(in, pos, 4, &b->adler_out))
		return ERR_TRUNCATED;
	if ((flags & FLAG_CRC_OUT) && be(in, pos, 4, &b->crc_out))
		return ERR_TRUNCATED;
	if (!stored && (flags & FLAG_ADLER_IN) && be(in, pos, 4, &b->adler_in))
		return ERR_TRUNCATED;
	if (!stored && (flags & FLAG_CRC_IN) && be(in, pos, 4, &b->crc_in))
		return ERR_TRUNCATED;
	if (span_sub(in, *pos, b->in_size, &b->data))
		return ERR_TRUNCATED;
	*pos += b->in_size;
	return ERR_OK;
}

/* Decode into out, b->out_size bytes, and check the sums. */
static enum err block_decode(
	const struct block *b, uint32_t flags, uint8_t *out, struct fault *fault)
{
	bool stored = b->in_size == b->out_size;
	lzo_uint made = b->out_size;

	if (stored) {
		memcpy(out, b->data.ptr, b->out_size);
	} else {
		if ((flags & FLAG_ADLER_IN) &&
			lzo_adler32(1, b->data.ptr, b->in_size) != b->adler_in)
			goto checksum;
		if ((flags & FLAG_CRC_IN) && lzo_crc32(0, b->data.ptr, b->in_size) != b->crc_in)
			goto checksum;
		if (lzo1x_decompress_safe(b->data.ptr, b->in_size, out, &made, NULL) != LZO_E_OK ||
			made != b->out_size)
			return fault_set(fault, ERR_BAD_STREAM, "lzo block", b->pos, b->in_size);
	}
	if ((flags & FLAG_ADLER_OUT) && lzo_adler32(1, out, b->out_size) != b->adler_out)
		goto checksum;
	if ((flags & FLAG_CRC_OUT) && lzo_crc32(0, out, b->out_size) != b->crc_out)
		goto checksum;
	return ERR_OK;
checksum:
	return fault_set(fault, ERR_STREAM_CHECKSUM, "lzo block", b->pos, b->in_size);
}

enum err stream_lzo(const struct codec_job *job, const struct codec_watch *watch, struct codec_end *ret,
	struct fault *fault)
{
	uint64_t pos;
	size_t made = 0;
	uint32_t flags = 0;
	enum err e;

	e = header(job->in, &pos, &flags, fault);
	if (e)
		return e;
	for (;;) {
		struct block b = {.pos = pos};

		if (be(job->in, &pos, 4, &b.out_size))
			return fault_set(fault, ERR_TRUNCATED, "lzo block", b.pos, made);
		if (!b.out_size)
			break;
		if (be(job->in, &pos, 4, &b.in_size))
			return fault_set(fault, ERR_TRUNCATED, "lzo block", b.pos, made);
		if (b.out_size > BLOCK_MAX || b.in_size > b.out_size)
			return fault_set(fault, ERR_BAD_STREAM, "lzo block size", b.pos, b.in_size);
		if (b.out_size > job->out_size - made)
			return fault_set(
				fault, ERR_CHUNK_LENGTH, "lzo stream is longer", b.pos, made);
		if (block_header(job->in, &pos, flags, &b))
			return fault_set(fault, ERR_TRUNCATED, "lzo block", b.pos, b.in_size);
		e = block_decode(&b, flags, job->out + made, fault);
		if (e)
			return e;
		made += b.out_size;
		watch_tell(watch, made);
	}
	*ret = (struct codec_end){pos, made};
	return ERR_OK;
}
