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

#define HALF      15 /* of a token: more follows */
#define MATCH_MIN 4
#define WORD      16
#define LONG_RUN  128 /* of one byte: the CPU's own instruction is better */

/*
 * What run_fast() may touch for a sequence without more. Input: token, 14 literals read as a word,
 * distance. Output: literals and a match of 18, written up to LZ4_BLOCK_AHEAD further.
 */
#define FAST_IN  32
#define FAST_OUT (HALF + HALF + MATCH_MIN + LZ4_BLOCK_AHEAD)

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
 * A match of a distance below 16, at most 31 bytes too long: the first 16 bytes one after the other,
 * the others from 16 to 30 bytes back, a multiple of the distance.
 */
static void copy_near(uint8_t *to, size_t distance, size_t length)
{
	static const uint8_t multiple[WORD] = {
		0, 16, 16, 18, 16, 20, 18, 21, 16, 18, 20, 22, 24, 26, 28, 30};
	const uint8_t *from = to - distance;

	if (distance == 1 && length >= LONG_RUN) {
		__builtin_memset(to, *from, length);
		return;
	}
	if (distance >= 8) {
		copy8(to, from);
		copy8(to + 8, from + 8);
	} else {
		for (int i = 0; i < WORD; i++)
			to[i] = from[i];
	}
	if (length > WORD)
		copy_words(to + WORD, to + WORD - multiple[distance], length - WORD);
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
 * A sequence with more of L or M, on the fast side. *in and *made move behind it; false, and nothing is
 * changed, if it is not sure that it may be done so.
 */
static bool long_fast(const struct lz4_block *s, const uint8_t **in, size_t *made)
{
	const uint8_t *p = *in + 1, *literals;
	size_t count = **in >> 4, length = (**in & HALF) + MATCH_MIN, distance, at;
	size_t room = (size_t)(s->out_end - s->out_start) - *made;

	if (count == HALF && !more(&p, s->in_end, &count))
		return false;
	if (count + FAST_IN > (size_t)(s->in_end - p) || count + FAST_OUT > room)
		return false;
	literals = p;
	p += count;
	at = *made + count;
	distance = le16_get(p);
	p += 2;
	if (length == HALF + MATCH_MIN && !more(&p, s->in_end, &length))
		return false;
	if (!distance || distance > at || length + LZ4_BLOCK_AHEAD > room - count)
		return false;
	copy_words(s->out_start + *made, literals, count);
	if (distance >= WORD)
		copy_words(s->out_start + at, s->out_start + at - distance, length);
	else
		copy_near(s->out_start + at, distance, length);
	*in = p;
	*made = at + length;
	return true;
}

/* Sequences until one is in doubt: that one is not begun. */
static void run_fast(struct lz4_block *s)
{
	uint8_t *const out = s->out_start;
	const uint8_t *in = s->in;
	size_t made = (size_t)(s->out - out);

	if (s->in_end - in < FAST_IN || s->out_end - s->out < FAST_OUT)
		return;
	const uint8_t *const in_fast = s->in_end - FAST_IN;
	const size_t made_fast = (size_t)(s->out_end - out) - FAST_OUT;

	while (in <= in_fast && made <= made_fast) {
		size_t token = *in, count = token >> 4, length = token & HALF;

		if (count == HALF || length == HALF) {
			if (!long_fast(s, &in, &made))
				break;
			continue;
		}
		size_t at = made + count, distance = le16_get(in + 1 + count);

		if (distance > at)
			break;
		copy16(out + made, in + 1);
		in += 1 + count + 2;
		if (distance >= WORD) {
			const uint8_t *from = out + (at - distance);

			copy16(out + at, from);
			copy4(out + at + WORD, from + WORD);
		} else if (distance) {
			copy_near(out + at, distance, length + MATCH_MIN);
		} else {
			in -= 1 + count + 2;
			break;
		}
		made = at + length + MATCH_MIN;
	}
	s->in = in;
	s->out = out + made;
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
