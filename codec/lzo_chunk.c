/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chunk of an lzo payload. A chunk is a run of blocks of an lzop file, each behind its sizes and
 * the Adler-32 of its output, all big-endian; the file's header is in front of the first chunk, the
 * end mark, a size of 0, behind the last. Every block of a chunk but the last one decodes to
 * CODEC_LZO_BLOCK_MAX bytes, the last one to what is left; so the number of blocks is known. A block
 * whose two sizes are equal is stored. The decoder of what is in the others is lzo1x.c.
 *
 *   header  magic:9 version:2 lib:2 needed:2 method:1 level:1 flags:4 mode:4 mtime:8 name_len:1
 *           checksum:4
 *   block   out_size:4 in_size:4 adler32:4 data
 *
 * Entered in the stub's 64-bit mode through the decoder gate, and in the host tool. No workspace. The
 * Adler-32 is not looked at: the chunk has a checksum of its own in the manifest.
 *
 *
 * The in-place margin
 *
 * A chunk of C bytes is decoded over its own input, which ends M bytes above the output. After some
 * instruction of a block, o bytes have come out, and r bytes of input are still to be read. Up to W =
 * LZO1X_AHEAD bytes behind position o may have been changed:
 *
 *         0                    o     o + W                 C     C + M
 *         | decoded            | junk  |                   |     |
 *                                 | used | r bytes still to read |
 *
 *         C + M - r  >=  o + W        or      M  >=  W + r - (C - o)
 *
 * A block that is still to come is at most 12 bytes larger than its output: it is stored when it does
 * not get smaller. The block at hand, of B bytes, may have a cheap beginning and a dear end.
 *
 * How dear? A match is never larger than what it stands for: 2 bytes for at least 2, or 3 (and one
 * more for each 255 of length) for at least 3. 1 to 3 literals behind it cost nothing but themselves,
 * a run of at least 4 costs a byte more (from 19 literals on two; then one for each 255). There is a
 * match, of at least 3 bytes, between two runs: so the excess is at most 1 byte for each 7 of output,
 * and 4 more for a last run without match and the end mark of 3 bytes. But the block as a whole is
 * smaller than B; with a free beginning and s bytes in the dear end, s / 7 + 4 + s <= B, and the excess
 * is at most B / 8 + 4.
 */
#include "codec/codec.h"
#include "codec/lzo1x.h"

#define MAGIC_SIZE     9
#define HEADER_SIZE    38
#define HEADER_VERSION 9
#define HEADER_METHOD  15
#define HEADER_FLAGS   17
#define HEADER_NAME    33 /* its length */
#define VERSION_MIN    0x0940 /* from here on the header is as above */
#define METHOD_MAX     3 /* LZO1X-1, LZO1X-1(15), LZO1X-999 */

#define FLAG_ADLER_OUT 0x0001
/* Adler-32 or CRC-32 of output or input, an extra field, a filter: what would change the format. */
#define FLAGS_FORMAT   0x0b43

#define BLOCK_HEADER   12
#define END_SIZE       4

uint64_t codec_lzo_workspace(uint64_t out_size)
{
	(void)out_size;
	return 0;
}

uint64_t codec_lzo_margin(uint64_t out_size)
{
	uint64_t blocks = out_size / CODEC_LZO_BLOCK_MAX + 1;

	return LZO1X_AHEAD + CODEC_LZO_BLOCK_MAX / 8 + 4 + blocks * BLOCK_HEADER + HEADER_SIZE + END_SIZE;
}

static uint32_t be32_get(const uint8_t *p)
{
	return __builtin_bswap32(le32_get(p));
}

static enum err header(struct span in, struct fault *fault)
{
	static const uint8_t magic[MAGIC_SIZE] = {0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n'};
	const uint8_t *p = in.ptr;

	if (!span_has(in, 0, HEADER_SIZE))
		return fault_set(fault, ERR_TRUNCATED, "lzop header", 0, in.len);
	for (size_t i = 0; i < MAGIC_SIZE; i++) {
		if (p[i] != magic[i])
			return fault_set(fault, ERR_BAD_STREAM, "lzop magic", i, p[i]);
	}
	uint32_t version = (uint32_t)p[HEADER_VERSION] << 8 | p[HEADER_VERSION + 1];
	uint32_t flags = be32_get(p + HEADER_FLAGS);

	if (version < VERSION_MIN)
		return fault_set(fault, ERR_BAD_STREAM, "lzop version", HEADER_VERSION, version);
	if (!p[HEADER_METHOD] || p[HEADER_METHOD] > METHOD_MAX)
		return fault_set(fault, ERR_BAD_STREAM, "lzop method", HEADER_METHOD, p[HEADER_METHOD]);
	if ((flags & FLAGS_FORMAT) != FLAG_ADLER_OUT)
		return fault_set(fault, ERR_BAD_STREAM, "lzop flags", HEADER_FLAGS, flags);
	if (p[HEADER_NAME])
		return fault_set(fault, ERR_BAD_STREAM, "lzop name", HEADER_NAME, p[HEADER_NAME]);
	return ERR_OK;
}

/* The block at *in_pos, which is to fill out. */
static enum err block(struct span in, uint64_t *in_pos, uint8_t *out, size_t out_size,
	struct fault *fault)
{
	struct span sizes, data;

	if (span_sub(in, *in_pos, BLOCK_HEADER, &sizes))
		return fault_set(fault, ERR_TRUNCATED, "block header", *in_pos, in.len);
	uint32_t want = be32_get(sizes.ptr), size = be32_get(sizes.ptr + 4);

	if (want != out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "block", *in_pos, want);
	if (size > want)
		return fault_set(fault, ERR_BAD_STREAM, "block size", *in_pos, size);
	if (span_sub(in, *in_pos + BLOCK_HEADER, size, &data))
		return fault_set(fault, ERR_TRUNCATED, "block", *in_pos, size);
	if (size == want) {
		__builtin_memmove(out, data.ptr, size);
	} else {
		enum err err = lzo1x_decode(data, out, out_size);

		if (err)
			return fault_set(fault, err, "block", *in_pos, size);
	}
	*in_pos += BLOCK_HEADER + (uint64_t)size;
	return ERR_OK;
}

enum err codec_lzo_chunk(const struct codec_job *job, struct fault *fault)
{
	uint64_t in_pos = job->first ? HEADER_SIZE : 0;
	size_t out_pos = 0;
	struct span end;
	enum err err = job->first ? header(job->in, fault) : ERR_OK;

	while (!err && out_pos < job->out_size) {
		size_t size = job->out_size - out_pos;

		if (size > CODEC_LZO_BLOCK_MAX)
			size = CODEC_LZO_BLOCK_MAX;
		err = block(job->in, &in_pos, job->out + out_pos, size, fault);
		out_pos += size;
	}
	if (err)
		return err;
	if (job->last) {
		if (span_sub(job->in, in_pos, END_SIZE, &end))
			return fault_set(fault, ERR_TRUNCATED, "end mark", in_pos, job->in.len);
		if (le32_get(end.ptr))
			return fault_set(fault, ERR_CHUNK_LENGTH, "end mark", in_pos, be32_get(end.ptr));
		in_pos += END_SIZE;
	}
	if (in_pos != job->in.len)
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind last block", in_pos,
			job->in.len - in_pos);
	return ERR_OK;
}
