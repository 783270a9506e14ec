/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking for a payload: where a codec's magic number stands, decoding is tried. Most of these places are
 * code or data that happens to look like one and fail within bytes; what decodes to the end, checksum and
 * all, must be where the header says that the payload ends, or be a kernel to look at.
 */
#include <string.h>
#include "lib/format.h"
#include "lib/memory.h"
#include "lib/unpack.h"
#include "spec/elf64.h"

#define SIZE_TRAILER 4
#define TRIALS_MAX 256 /* a stock kernel's wrapper has a handful; each costs a mapping and a decoder */

/*
 * Does a stream begin there? Stricter than codec_detect, which is asked about places where one is
 * expected: what the formats say about the bytes behind the magic number must hold, too.
 */
static bool begins_stream(const uint8_t *p, size_t len, enum codec *ret)
{
	uint64_t size;

	if (codec_detect((struct span){p, len}, ret))
		return false;
	switch (*ret) {
	case CODEC_NONE:
		return false;
	case CODEC_GZIP: /* no reserved flag [RFC 1952 2.3.1] */
		return len > 18 && !(p[3] & 0xe0);
	case CODEC_BZIP2: /* level, and the first block's magic number */
		return len > 14 && p[3] >= '1' && p[3] <= '9' && !memcmp(p + 4, "1AY&SY", 6);
	case CODEC_LZMA: /* dictionary of 4 KiB to 1 GiB, size unknown or of 32 bits, first byte of data 0 */
		if (len < 18 || p[13])
			return false;
		size = le64_get(p + 5);
		return le32_get(p + 1) >= 4096 && le32_get(p + 1) <= 1u << 30 &&
			!(le32_get(p + 1) & 0xfff) && (size == UINT64_MAX || size <= UINT32_MAX);
	default:
		return true;
	}
}

/* The next place from pos on, or area's length. One look-up a byte: these files have megabytes. */
static size_t next_place(struct span area, size_t pos, enum codec *ret)
{
	static const uint8_t first[256] = {
		[0x1f] = 1, ['B'] = 1, [0x5d] = 1, [0xfd] = 1, [0x89] = 1, [2] = 1, [4] = 1, [0x28] = 1};

	for (; pos < area.len; pos++) {
		if (first[area.ptr[pos]] && begins_stream(area.ptr + pos, area.len - pos, ret))
			return pos;
	}
	return area.len;
}

static bool is_kernel(const struct unpacked *content)
{
	struct span bytes = {content->bytes, content->size}, release;

	return format_detect(bytes) == KERNEL_ELF || format_find_release(bytes, &release);
}

/* Decode at pos; accepted? budget: bytes of output left. NO_MEMORY, NO_PAYLOAD (go on). */
static enum err try_place(
	const struct search *s, size_t pos, enum codec codec, uint64_t *budget, struct unpacked *ret)
{
	size_t end = s->payload_end ? s->payload_end : s->area.len;
	struct unpacked content;
	struct span in;
	enum err e;

	/* lz4's legacy frame ends where its input does: the size behind it must not be part of that. */
	if (s->payload_end && codec != CODEC_GZIP)
		end = end > SIZE_TRAILER ? end - SIZE_TRAILER : 0;
	if (pos >= end)
		return ERR_NO_PAYLOAD;
	in = (struct span){s->area.ptr + pos, end - pos};
	e = unpack_stream(codec, in, *budget, &content, NULL);
	if (e)
		return e == ERR_NO_MEMORY ? e : ERR_NO_PAYLOAD;
	*budget -= content.size < *budget ? content.size : *budget;
	if (content.size && (s->payload_end ? content.used == in.len : is_kernel(&content))) {
		*ret = content;
		return ERR_OK;
	}
	memory_release(content.bytes, content.size);
	return ERR_NO_PAYLOAD;
}

enum err search_payload(const struct search *search, struct found *ret)
{
	uint64_t budget = search->limit;
	struct found found = {0};
	unsigned int trials;
	enum err e;

	for (trials = 0; trials < TRIALS_MAX && budget; trials++, found.offset++) {
		found.offset = next_place(search->area, found.offset, &found.codec);
		if (found.offset >= search->area.len)
			break;
		e = try_place(search, found.offset, found.codec, &budget, &found.content);
		if (e == ERR_NO_PAYLOAD)
			continue;
		if (!e)
			*ret = found;
		return e;
	}
	return ERR_NO_PAYLOAD;
}
