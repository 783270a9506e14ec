/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decoder of LZO1X streams, from the description of the format (Documentation/staging/lzo.rst in
 * Linux). Ours, because liblzo2's checked decoder is slower than the one in Linux. Entered from
 * lzo_chunk.c, in the stub and on the host; uses general registers and no memory but in and out.
 *
 * A stream is a row of instructions. The high bits of an instruction's first byte T tell its kind, its
 * lowest bits how many literals (0 to 3) follow a match; B is the byte after T (and its length), W
 * the 16-bit number there:
 *
 *   T            kind     length                      distance                      literals
 *   0 - 15       run      3 + T, or 18 + more if 0    -                             -
 *   0 - 15 (*)   match    2                           (B << 2) + (T >> 2) + 1       T & 3
 *   0 - 15 (**)  match    3                           (B << 2) + (T >> 2) + 2049    T & 3
 *   16 - 31      match    2 + T & 7, or 9 + more      0x4000 + ((T & 8) << 11) + (W >> 2)   W & 3
 *   32 - 63      match    2 + T & 31, or 33 + more    (W >> 2) + 1                  W & 3
 *   64 - 255     match    (T >> 5) + 1                (B << 3) + (T >> 2 & 7) + 1   T & 3
 *
 *   (*) after 1 to 3 literals   (**) after a run   more: 255 for each byte 0 that follows, and the
 *   value of the byte that is not 0, which ends it
 *
 * A distance of 0x4000 is the end mark. The first byte of a stream, if above 17, is T - 17 literals:
 * 1 to 3 as behind a match, 4 and more as a run.
 *
 * Two decoders take turns. run_fast() works where so much input and room for output is left that one
 * instruction with a short length cannot leave them: it copies in whole words, beyond the end if need
 * be, and has no way to fail. Whatever it is not sure of, it leaves untouched to step(), which
 * does one instruction of any kind with every check, and writes nothing behind it. So there is one
 * place that decides what is an error.
 */
#include "codec/lzo1x.h"

#define RUN_MIN     3 /* length = 3 + T */
#define RUN_LONG    18
#define FIRST_BIAS  17
#define M1_DISTANCE 1
#define MX_DISTANCE 2049
#define M4_DISTANCE 0x4000
#define M4_LONG     9
#define M3_LONG     33
#define AFTER_RUN   4 /* state; 0 to 3: so many literals came last */

/*
 * What run_fast() may touch for one instruction. Input: T, W, 3 literals read as 4 bytes; or T and a
 * run of 18, read as 24. Output: a match of 33, written up to LZO1X_AHEAD further, and literals.
 */
#define FAST_IN  32
#define FAST_OUT (M3_LONG + LZO1X_AHEAD + 4)

struct lzo1x {
	const uint8_t *in, *in_end;
	uint8_t *out_start, *out, *out_end;
	unsigned int state;
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

/* At least length bytes, at most 15 more. Right where from lies at least 8 below to, or above it. */
static inline void copy_words(uint8_t *to, const uint8_t *from, size_t length)
{
	uint8_t *end = to + length;

	do {
		copy8(to, from);
		copy8(to + 8, from + 8);
		to += 16;
		from += 16;
	} while (to < end);
}

/*
 * A match of a distance below 8: the first 8 bytes one by one, the others from 8 to 14 bytes back, a
 * multiple of the distance.
 */
static inline void copy_near(uint8_t *to, size_t distance, size_t length)
{
	static const uint8_t multiple[8] = {0, 8, 8, 9, 8, 10, 12, 14};
	const uint8_t *from = to - distance;

	for (int i = 0; i < 8; i++)
		to[i] = from[i];
	if (length > 8)
		copy_words(to + 8, to + 8 - multiple[distance], length - 8);
}

/* A match with nothing written behind it: words as long as a whole one fits. */
static void copy_exact(uint8_t *to, size_t distance, size_t length)
{
	uint8_t *end = to + length;

	if (distance == 1) {
		__builtin_memset(to, *(to - 1), length);
		return;
	}
	for (; distance < 8 && to < end; distance *= 2) {
		for (size_t i = 0; i < distance && to < end; i++, to++)
			*to = *(to - distance);
	}
	for (; end - to >= 8; to += 8)
		copy8(to, to - distance);
	for (; to < end; to++)
		*to = *(to - distance);
}

/*
 * The rest of a long length: adds to *length, moves *in behind it. False if it does not end in
 * front of end.
 */
static inline bool more(const uint8_t **in, const uint8_t *end, size_t *length)
{
	const uint8_t *p = *in;
	size_t sum = *length;

	while (p < end && !*p) {
		p++;
		sum += 255;
	}
	if (p >= end)
		return false;
	*length = sum + *p;
	*in = p + 1;
	return true;
}

/* Instructions until one is in doubt: that one is not begun. */
static void run_fast(struct lzo1x *s)
{
	const uint8_t *in = s->in, *const in_end = s->in_end;
	uint8_t *out = s->out, *const out_end = s->out_end, *const out_start = s->out_start;
	unsigned int state = s->state;

	while (in_end - in >= FAST_IN && out_end - out >= FAST_OUT) {
		const uint8_t *p = in + 1;
		unsigned int t = *in;
		size_t length, distance;

		if (t >= 64) {
			length = (t >> 5) + 1;
			distance = ((size_t)*p++ << 3) + (t >> 2 & 7) + 1;
			state = t & 3;
			if (distance > (size_t)(out - out_start))
				break;
			if (distance >= 8)
				copy8(out, out - distance);
			else
				copy_near(out, distance, length);
			goto literals;
		}
		if (t >= 16) {
			unsigned int mask = t >= 32 ? 31 : 7, w;

			length = t & mask;
			if (!length) {
				length = mask;
				if (!more(&p, in_end - FAST_IN, &length))
					break;
			}
			length += 2;
			w = le16_get(p);
			p += 2;
			distance = (w >> 2) + 1;
			if (t < 32) {
				distance += ((t & 8) << 11) + M4_DISTANCE - 1;
				if (distance == M4_DISTANCE)
					break;
			}
			if (distance > (size_t)(out - out_start) ||
				length > (size_t)(out_end - out) - (FAST_OUT - M3_LONG))
				break;
			state = w & 3;
		} else if (!state) {
			length = t + RUN_MIN;
			if (t) {
				copy8(out, p);
				copy8(out + 8, p + 8);
				copy4(out + 16, p + 16);
			} else {
				length = RUN_LONG;
				if (!more(&p, in_end, &length) ||
					length + FAST_IN > (size_t)(in_end - p) ||
					length + FAST_OUT > (size_t)(out_end - out))
					break;
				copy_words(out, p, length);
			}
			in = p + length;
			out += length;
			state = AFTER_RUN;
			continue;
		} else {
			distance = ((size_t)*p++ << 2) + (t >> 2);
			length = state == AFTER_RUN ? 3 : 2;
			distance += state == AFTER_RUN ? MX_DISTANCE : M1_DISTANCE;
			if (distance > (size_t)(out - out_start))
				break;
			state = t & 3;
		}
		if (distance >= 8)
			copy_words(out, out - distance, length);
		else
			copy_near(out, distance, length);
literals:
		out += length;
		copy4(out, p);
		out += state;
		in = p + state;
	}
	s->in = in;
	s->out = out;
	s->state = state;
}

static enum err literals(struct lzo1x *s, size_t count)
{
	if (count > (size_t)(s->in_end - s->in))
		return ERR_TRUNCATED;
	if (count > (size_t)(s->out_end - s->out))
		return ERR_CHUNK_LENGTH;
	__builtin_memmove(s->out, s->in, count);
	s->out += count;
	s->in += count;
	return ERR_OK;
}

static enum err match(struct lzo1x *s, size_t distance, size_t length)
{
	if (distance > (size_t)(s->out - s->out_start))
		return ERR_BAD_STREAM;
	if (length > (size_t)(s->out_end - s->out))
		return ERR_CHUNK_LENGTH;
	copy_exact(s->out, distance, length);
	s->out += length;
	return ERR_OK;
}

/* One instruction of any kind; *ret_end: it was the end mark. */
static enum err step(struct lzo1x *s, bool *ret_end)
{
	size_t length, distance;
	unsigned int t, operand;

	if (s->in >= s->in_end)
		return ERR_TRUNCATED;
	t = *s->in++;
	if (t < 16 && !s->state) {
		length = t + RUN_MIN;
		if (!t) {
			length = RUN_LONG;
			if (!more(&s->in, s->in_end, &length))
				return ERR_TRUNCATED;
		}
		s->state = AFTER_RUN;
		return literals(s, length);
	}
	if (t < 16 || t >= 64) {
		if (s->in >= s->in_end)
			return ERR_TRUNCATED;
		operand = *s->in++;
		if (t >= 64) {
			length = (t >> 5) + 1;
			distance = (operand << 3) + (t >> 2 & 7) + 1;
		} else {
			bool run = s->state == AFTER_RUN;

			length = run ? 3 : 2;
			distance = (operand << 2) + (t >> 2) + (run ? MX_DISTANCE : M1_DISTANCE);
		}
		operand = t;
	} else {
		unsigned int mask = t >= 32 ? 31 : 7;

		length = (t & mask) + 2;
		if (!(t & mask)) {
			length = mask + 2;
			if (!more(&s->in, s->in_end, &length))
				return ERR_TRUNCATED;
		}
		if (s->in_end - s->in < 2)
			return ERR_TRUNCATED;
		operand = le16_get(s->in);
		s->in += 2;
		distance = (operand >> 2) + (t >= 32 ? 1 : ((t & 8) << 11) + M4_DISTANCE);
		if (t < 32 && distance == M4_DISTANCE) {
			*ret_end = true;
			return ERR_OK;
		}
	}
	s->state = operand & 3;
	enum err err = match(s, distance, length);

	return err ? err : literals(s, s->state);
}

enum err lzo1x_decode(struct span in, uint8_t *out, size_t out_size)
{
	struct lzo1x s = {in.ptr, in.ptr + in.len, out, out, out + out_size, 0};
	enum err err = ERR_OK;
	bool end = false;

	if (in.len && in.ptr[0] > FIRST_BIAS) {
		size_t count = *s.in++ - FIRST_BIAS;

		s.state = count < AFTER_RUN ? (unsigned int)count : AFTER_RUN;
		err = literals(&s, count);
	}
	while (!err && !end) {
		run_fast(&s);
		err = step(&s, &end);
	}
	if (err)
		return err;
	if (s.in != s.in_end)
		return ERR_BAD_STREAM;
	return s.out == s.out_end ? ERR_OK : ERR_CHUNK_LENGTH;
}
