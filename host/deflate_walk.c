/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk over deflate blocks [RFC 1951]: codes are read and lengths counted, nothing is written.
 * The gzip writer needs it to join streams: only the very last block of a member may be marked
 * final, and libdeflate marks the last one of every chunk.
 */
#include <string.h>
#include "host/deflate_walk.h"

#define CODE_BITS_MAX  15
#define LITLEN_SYMBOLS 288
#define DIST_SYMBOLS   32
#define PRECODES       19
#define END_OF_BLOCK   256
#define LENGTH_FIRST   257
#define LENGTH_LAST    285
#define DIST_LAST      29
#define DIST_MAX       32768

enum block_type {
	BLOCK_STORED = 0,
	BLOCK_FIXED = 1,
	BLOCK_DYNAMIC = 2,
};

struct bits {
	struct span in;
	uint64_t pos; /* next byte to take */
	uint64_t held; /* bits taken but not used, the next one lowest */
	unsigned int count; /* of them */
};

/* By the next CODE_BITS_MAX bits of input: symbol << 4 | bits of its code; 0: no code begins so. */
struct code {
	uint16_t entry[1 << CODE_BITS_MAX];
};

struct walk {
	struct bits bits;
	struct code litlen, dist;
	uint64_t out_size;
};

static void refill(struct bits *b)
{
	while (b->count <= 56 && b->pos < b->in.len) {
		b->held |= (uint64_t)b->in.ptr[b->pos++] << b->count;
		b->count += 8;
	}
}

/* At most 16 bits. */
static enum err take(struct bits *b, unsigned int n, uint32_t *ret)
{
	if (b->count < n)
		refill(b);
	if (b->count < n)
		return ERR_TRUNCATED;
	*ret = (uint32_t)(b->held & ((1u << n) - 1));
	b->held >>= n;
	b->count -= n;
	return ERR_OK;
}

static enum err take_symbol(struct bits *b, const struct code *code, uint32_t *ret)
{
	unsigned int entry, n;

	if (b->count < CODE_BITS_MAX)
		refill(b);
	entry = code->entry[b->held & ((1u << CODE_BITS_MAX) - 1)];
	n = entry & 15;
	if (!n)
		return ERR_BAD_STREAM;
	if (n > b->count)
		return ERR_TRUNCATED;
	b->held >>= n;
	b->count -= n;
	*ret = entry >> 4;
	return ERR_OK;
}

static uint64_t bit_position(const struct bits *b)
{
	return b->pos * 8 - b->count;
}

static unsigned int reversed(unsigned int code, unsigned int bits)
{
	unsigned int r = 0;

	for (; bits; bits--, code >>= 1)
		r = r << 1 | (code & 1);
	return r;
}

/* From code lengths to codes [RFC 1951 3.2.2]. A code may leave bit patterns unused, not use one twice. */
static enum err code_make(const uint8_t *lengths, unsigned int symbols, struct code *ret)
{
	unsigned int count[CODE_BITS_MAX + 1] = {0}, next[CODE_BITS_MAX + 1] = {0};
	unsigned int bits, symbol, at;

	for (symbol = 0; symbol < symbols; symbol++)
		count[lengths[symbol]]++;
	count[0] = 0;
	for (bits = 1; bits <= CODE_BITS_MAX; bits++) {
		next[bits] = (next[bits - 1] + count[bits - 1]) << 1;
		if (next[bits] + count[bits] > 1u << bits)
			return ERR_BAD_STREAM;
	}
	memset(ret, 0, sizeof(*ret));
	for (symbol = 0; symbol < symbols; symbol++) {
		bits = lengths[symbol];
		if (!bits)
			continue;
		for (at = reversed(next[bits]++, bits); at < 1u << CODE_BITS_MAX; at += 1u << bits)
			ret->entry[at] = (uint16_t)(symbol << 4 | bits);
	}
	return ERR_OK;
}

static enum err fixed_codes(struct walk *w)
{
	uint8_t lengths[LITLEN_SYMBOLS];
	enum err e;

	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 112);
	memset(lengths + 256, 7, 24);
	memset(lengths + 280, 8, 8);
	e = code_make(lengths, LITLEN_SYMBOLS, &w->litlen);
	if (e)
		return e;
	memset(lengths, 5, DIST_SYMBOLS);
	return code_make(lengths, DIST_SYMBOLS, &w->dist);
}

/* Lengths of both codes, run-length coded through a code of their own [RFC 1951 3.2.7]. */
static enum err read_lengths(struct walk *w, unsigned int count, uint8_t *lengths)
{
	unsigned int i = 0, repeat;
	uint32_t symbol, extra;
	uint8_t value;
	enum err e;

	while (i < count) {
		e = take_symbol(&w->bits, &w->litlen, &symbol);
		if (e)
			return e;
		if (symbol < 16) {
			lengths[i++] = (uint8_t)symbol;
			continue;
		}
		if (symbol == 16 && !i)
			return ERR_BAD_STREAM;
		e = take(&w->bits, symbol == 16 ? 2 : symbol == 17 ? 3 : 7, &extra);
		if (e)
			return e;
		value = symbol == 16 ? lengths[i - 1] : 0;
		repeat = extra + (symbol == 18 ? 11 : 3);
		if (repeat > count - i)
			return ERR_BAD_STREAM;
		memset(lengths + i, value, repeat);
		i += repeat;
	}
	return ERR_OK;
}

static enum err dynamic_codes(struct walk *w)
{
	static const uint8_t order[PRECODES] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	uint8_t lengths[LITLEN_SYMBOLS + DIST_SYMBOLS] = {0}, pre[PRECODES] = {0};
	uint32_t litlens, dists, precodes, i, length;
	enum err e;

	if (take(&w->bits, 5, &litlens) || take(&w->bits, 5, &dists) ||
		take(&w->bits, 4, &precodes))
		return ERR_TRUNCATED;
	litlens += 257;
	dists += 1;
	if (litlens > LITLEN_SYMBOLS)
		return ERR_BAD_STREAM;
	for (i = 0; i < precodes + 4; i++) {
		if (take(&w->bits, 3, &length))
			return ERR_TRUNCATED;
		pre[order[i]] = (uint8_t)length;
	}
	e = code_make(pre, PRECODES, &w->litlen); /* for the time being */
	if (!e)
		e = read_lengths(w, litlens + dists, lengths);
	if (!e)
		e = code_make(lengths, litlens, &w->litlen);
	if (!e)
		e = code_make(lengths + litlens, dists, &w->dist);
	return e;
}

static enum err stored(struct walk *w)
{
	uint32_t length, inverse;

	w->bits.held >>= w->bits.count % 8;
	w->bits.count -= w->bits.count % 8;
	if (take(&w->bits, 16, &length) || take(&w->bits, 16, &inverse))
		return ERR_TRUNCATED;
	if (length != (~inverse & 0xffff))
		return ERR_BAD_STREAM;
	w->bits.pos -= w->bits.count / 8;
	w->bits.held = 0;
	w->bits.count = 0;
	if (!span_has(w->bits.in, w->bits.pos, length))
		return ERR_TRUNCATED;
	w->bits.pos += length;
	w->out_size += length;
	return ERR_OK;
}

/* A match whose length symbol was read. */
static enum err match(struct walk *w, uint32_t symbol)
{
	static const uint8_t length_extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3,
		3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
	static const uint16_t length_base[] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31,
		35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
	uint32_t extra, dist, distance;
	unsigned int dist_bits;
	enum err e;

	if (symbol > LENGTH_LAST)
		return ERR_BAD_STREAM;
	symbol -= LENGTH_FIRST;
	e = take(&w->bits, length_extra[symbol], &extra);
	if (!e)
		e = take_symbol(&w->bits, &w->dist, &dist);
	if (e)
		return e;
	if (dist > DIST_LAST)
		return ERR_BAD_STREAM;
	/* 1, 2, 3, 4, then two symbols for each number of extra bits */
	dist_bits = dist < 2 ? 0 : dist / 2 - 1;
	distance = dist < 2 ? dist + 1 : ((2 + (dist & 1)) << dist_bits) + 1;
	symbol = length_base[symbol] + extra;
	e = take(&w->bits, dist_bits, &extra);
	if (e)
		return e;
	if (distance + extra > w->out_size || distance + extra > DIST_MAX)
		return ERR_BAD_STREAM;
	w->out_size += symbol;
	return ERR_OK;
}

static enum err coded(struct walk *w)
{
	uint32_t symbol;
	enum err e;

	for (;;) {
		e = take_symbol(&w->bits, &w->litlen, &symbol);
		if (e || symbol == END_OF_BLOCK)
			return e;
		if (symbol < END_OF_BLOCK)
			w->out_size++;
		else
			e = match(w, symbol);
		if (e)
			return e;
	}
}

static enum err block(struct walk *w, uint32_t type)
{
	enum err e;

	switch (type) {
	case BLOCK_STORED:
		return stored(w);
	case BLOCK_FIXED:
		e = fixed_codes(w);
		break;
	case BLOCK_DYNAMIC:
		e = dynamic_codes(w);
		break;
	default:
		return ERR_BAD_STREAM;
	}
	return e ? e : coded(w);
}

enum err deflate_walk(struct span stream, struct deflate_walk *ret)
{
	struct walk w = {.bits = {.in = stream}};
	uint32_t final = 0, type;
	uint64_t start = 0;
	enum err e;

	while (!final) {
		start = bit_position(&w.bits);
		if (take(&w.bits, 1, &final) || take(&w.bits, 2, &type))
			return ERR_TRUNCATED;
		e = block(&w, type);
		if (e)
			return e;
	}
	*ret = (struct deflate_walk){start, bit_position(&w.bits), w.out_size};
	return ERR_OK;
}
