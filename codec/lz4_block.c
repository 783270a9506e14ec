/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decoder of lz4 blocks, from the description of the format [lz4_Block_format.md]. Ours, because
 * liblz4's takes more instructions than the one in Linux, and brings its compressor into the stub.
 * Entered from lz4_chunk.c, in the stub through the decoder gate (it may use vector registers), and on
 * the host; uses no memory but in and out.
 *
 * A block is a row of sequences:
 *
 *   token | more of L | L literals | distance, 16 bits | more of M
 *
 * L is the token's high half, M its low half; a half of 15 is followed by more: bytes that are added,
 * up to the first that is not 255. M + 4 bytes are copied from so far back. The last sequence ends with
 * its literals.
 *
 * Two decoders take turns, as in lzo1x.c. run_fast() works where neither end is near: it copies in whole
 * words, beyond the end if need be, and has no way to fail. Whatever it is not sure of, it leaves
 * untouched to step(), which does one sequence with every check and writes nothing behind it.
 */
#include "codec/lz4_block.h"

#define HALF         15 /* of a token: more follows */
#define MATCH_MIN    4
#define DISTANCE_MAX 0xffff
#define WORD         16
#define LONG_RUN     128 /* of one byte: the CPU's own instruction is better */

/*
 * What run() may touch for a sequence without more. Input: token, 14 literals read as a word,
 * distance. Output: literals and a match of 18, written up to LZ4_BLOCK_AHEAD further.
 */
#define FAST_IN  (1 + HALF - 1 + 2)
#define FAST_OUT (HALF - 1 + HALF - 1 + MATCH_MIN + LZ4_BLOCK_AHEAD)

struct lz4_block {
	const uint8_t *in, *in_end;
	uint8_t *out_start, *out, *out_end;
};

static inline void copy4(uint8_t *to, const uint8_t *from)
{
	uint32_t v;

	__builtin_memcpy(&v, from, 4);
	__builtin_memcpy(to, &v, 4);
}

static inline void copy8(uint8_t *to, const uint8_t *from)
{
	uint64_t v;

	__builtin_memcpy(&v, from, 8);
	__builtin_memcpy(to, &v, 8);
}

static inline void copy16(uint8_t *to, const uint8_t *from)
{
	struct word {
		uint8_t bytes[WORD];
	} v;

	__builtin_memcpy(&v, from, WORD);
	__builtin_memcpy(to, &v, WORD);
}

/* At least length bytes, at most 31 more; from lies at least 16 below to, or above it. */
static inline void copy_words(uint8_t *to, const uint8_t *from, size_t length)
{
	uint8_t *end = to + length;

	do {
		copy16(to, from);
		copy16(to + WORD, from + WORD);
		to += 2 * WORD;
		from += 2 * WORD;
	} while (to < end);
}

/*
 * A match of a distance below 8, at most 7 bytes too long: what repeats is put together in a
 * register, as often as it fits, and stored again and again, each time a whole number of distances
 * further.
 */
static inline void copy_pattern(uint8_t *to, size_t distance, size_t length)
{
	static const uint8_t multiple[8] = {0, 8, 8, 6, 8, 5, 6, 7};
	const uint8_t *end = to + length;
	uint64_t pattern;

	__builtin_memcpy(&pattern, to - distance, 8); /* beyond to lies room, with anything in it */
	pattern <<= 64 - 8 * distance;
	pattern >>= 64 - 8 * distance;
	for (size_t bits = 8 * distance; bits < 64; bits *= 2)
		pattern |= pattern << bits;
	do {
		__builtin_memcpy(to, &pattern, 8);
		to += multiple[distance];
	} while (to < end);
}

/* A match of a distance below 16, at most 31 bytes too long. */
static void copy_near(uint8_t *to, size_t distance, size_t length)
{
	if (distance == 1 && length >= LONG_RUN) {
		__builtin_memset(to, *(to - 1), length);
	} else if (distance < 8) {
		copy_pattern(to, distance, length);
	} else {
		/* then from 16 to 30 bytes back, twice the distance */
		copy8(to, to - distance);
		copy8(to + 8, to + 8 - distance);
		if (length > WORD)
			copy_words(to + WORD, to + WORD - 2 * distance, length - WORD);
	}
}

/* A match with nothing written behind it: words as long as a whole one fits. */
static void copy_exact(uint8_t *to, size_t distance, size_t length)
{
	uint8_t *end = to + length;

	if (distance == 1) {
		__builtin_memset(to, *(to - 1), length);
		return;
	}
	for (; distance < WORD && to < end; distance *= 2) {
		for (size_t i = 0; i < distance && to < end; i++, to++)
			*to = *(to - distance);
	}
	for (; end - to >= WORD; to += WORD)
		copy16(to, to - distance);
	for (; to < end; to++)
		*to = *(to - distance);
}

/* Adds to *length what follows a half of 15, moves *in behind it. False if it does not end before end. */
static inline bool more(const uint8_t **in, const uint8_t *end, size_t *length)
{
	const uint8_t *p = *in;
	size_t sum = *length;

	while (p < end && *p == 255) {
		p++;
		sum += 255;
	}
	if (p >= end)
		return false;
	*length = sum + *p;
	*in = p + 1;
	return true;
}

/*
 * A sequence with more of L or M, on the fast side. *in and *out move behind it; false, and they
 * are not changed, if it is not sure that it may be done so.
 */
static __attribute__((noinline)) bool long_fast(const struct lz4_block *s, const uint8_t **in,
	uint8_t **out)
{
	const uint8_t *p = *in + 1, *literals;
	size_t count = **in >> 4, length = (**in & HALF) + MATCH_MIN, distance;
	size_t room = (size_t)(s->out_end - *out);
	uint8_t *to;

	if (count == HALF && !more(&p, s->in_end, &count))
		return false;
	if (count + 2 * WORD > (size_t)(s->in_end - p) || count + FAST_OUT > room)
		return false;
	literals = p;
	p += count;
	to = *out + count;
	distance = le16_get(p);
	p += 2;
	if (length == HALF + MATCH_MIN && !more(&p, s->in_end, &length))
		return false;
	if (!distance || distance > (size_t)(to - s->out_start) ||
		length + LZ4_BLOCK_AHEAD > room - count)
		return false;
	copy_words(*out, literals, count);
	if (distance >= WORD)
		copy_words(to, to - distance, length);
	else
		copy_near(to, distance, length);
	*in = p;
	*out = to + length;
	return true;
}

/*
 * Sequences that begin up to out_last, until one is in doubt: that one is not begun. reach: so
 * much has come out that no distance leads in front of it. Two copies of this are made,
 * since nearly all sequences of a block have that behind them, and a check saved.
 */
static inline __attribute__((always_inline)) void run(struct lz4_block *s, const uint8_t *out_last,
	const bool reach)
{
	const uint8_t *in = s->in, *const in_last = s->in_end - FAST_IN;
	uint8_t *out = s->out;

	while (in <= in_last && out <= out_last) {
		size_t token = *in, count = token >> 4, length = token & HALF;

		if (token >= HALF << 4 || length == HALF) {
			/* copies, so that in and out themselves stay in registers */
			const uint8_t *next = in;
			uint8_t *end = out;

			if (!long_fast(s, &next, &end))
				break;
			in = next;
			out = end;
			continue;
		}
		size_t distance = le16_get(in + 1 + count);
		uint8_t *to = out + count;

		copy16(out, in + 1);
		if (!reach && distance > (size_t)(to - s->out_start))
			break;
		if (__builtin_expect(distance >= WORD, 1)) {
			const uint8_t *from = to - distance;

			copy16(to, from);
			copy4(to + WORD, from + WORD);
		} else if (distance) {
			copy_near(to, distance, length + MATCH_MIN);
		} else {
			break;
		}
		in += 1 + count + 2;
		out = to + length + MATCH_MIN;
	}
	s->in = in;
	s->out = out;
}

static void run_fast(struct lz4_block *s)
{
	if (s->in_end - s->in < FAST_IN || s->out_end - s->out < FAST_OUT)
		return;
	const uint8_t *last = s->out_end - FAST_OUT;

	if (last - s->out_start < DISTANCE_MAX) {
		run(s, last, false);
		return;
	}
	const uint8_t *reach = s->out_start + DISTANCE_MAX;

	if (s->out < reach)
		run(s, reach - 1, false);
	if (s->out >= reach)
		run(s, last, true);
}

/* One sequence; *ret_end: it was the last one. */
static enum err step(struct lz4_block *s, bool *ret_end)
{
	size_t count, length, distance;

	if (s->in >= s->in_end)
		return ERR_TRUNCATED;
	count = *s->in >> 4;
	length = (*s->in & HALF) + MATCH_MIN;
	s->in++;
	if (count == HALF && !more(&s->in, s->in_end, &count))
		return ERR_TRUNCATED;
	if (count > (size_t)(s->in_end - s->in))
		return ERR_TRUNCATED;
	if (count > (size_t)(s->out_end - s->out))
		return ERR_CHUNK_LENGTH;
	__builtin_memmove(s->out, s->in, count);
	s->out += count;
	s->in += count;
	if (s->in == s->in_end) {
		*ret_end = true;
		return ERR_OK;
	}
	if (s->in_end - s->in < 2)
		return ERR_TRUNCATED;
	distance = le16_get(s->in);
	s->in += 2;
	if (length == HALF + MATCH_MIN && !more(&s->in, s->in_end, &length))
		return ERR_TRUNCATED;
	if (!distance || distance > (size_t)(s->out - s->out_start))
		return ERR_BAD_STREAM;
	if (length > (size_t)(s->out_end - s->out))
		return ERR_CHUNK_LENGTH;
	copy_exact(s->out, distance, length);
	s->out += length;
	return ERR_OK;
}

enum err lz4_block_decode(struct span in, uint8_t *out, size_t out_size)
{
	struct lz4_block s = {in.ptr, in.ptr + in.len, out, out, out + out_size};
	enum err err = ERR_OK;
	bool end = false;

	while (!err && !end) {
		run_fast(&s);
		err = step(&s, &end);
	}
	if (err)
		return err;
	return s.out == s.out_end ? ERR_OK : ERR_CHUNK_LENGTH;
}
