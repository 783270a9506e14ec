/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacks the loader's own body, an LZMA stream [Pavlov, "LZMA specification"] that the build has made with
 * the targets of calls turned into offsets in the body, where they are alike more often. Entered once from
 * head.S, in 32-bit protected mode; lies unpacked in the loader's first sectors, so it is written to be
 * small. It trusts its input: head.S has checked the checksum of all of it.
 */
#include "boot/loader/unpack.h"

#define PROB_BITS   11
#define PROB_HALF   (1 << (PROB_BITS - 1))
#define PROB_SHIFT  5
#define RANGE_MIN   (1u << 24)

#define STATES         12
#define STATE_MATCH    7 /* from here on the last thing was a match, not a literal */
#define LENGTH_MIN     2
#define LENGTH_CLASSES 4 /* by which the slots of distances differ */
#define SLOT_BITS      6
#define SLOT_REST      4 /* slots from here on have bits behind them */
#define SLOT_DIRECT    14 /* and from here on most of these are equally likely */
#define ALIGN_BITS     4
#define NEAR_BITS      3
#define FAR_BITS       8
#define LITERAL_SIZE   0x300
#define END_MARKER     0xffffffff
#define CALL           0xe8 /* with 32 bits, from behind them */

/* Where the counters of each kind are; of what the specification calls pos_state there is one only. */
enum {
	LENGTH_FIRST = 0, /* less than 8? */
	LENGTH_SECOND, /* less than 16? */
	LENGTH_LOW,
	LENGTH_MID = LENGTH_LOW + (1 << NEAR_BITS),
	LENGTH_HIGH = LENGTH_MID + (1 << NEAR_BITS),
	LENGTH_SIZE = LENGTH_HIGH + (1 << FAR_BITS),
};
enum {
	IS_MATCH = 0,
	IS_AGAIN = IS_MATCH + STATES, /* at one of the last four distances */
	IS_NOT_0 = IS_AGAIN + STATES,
	IS_NOT_1 = IS_NOT_0 + STATES,
	IS_NOT_2 = IS_NOT_1 + STATES,
	IS_LONG = IS_NOT_2 + STATES, /* not a single byte at the last distance */
	SLOT = IS_LONG + STATES,
	SPECIAL = SLOT + (LENGTH_CLASSES << SLOT_BITS),
	ALIGN = SPECIAL + 128,
	LENGTH = ALIGN + (1 << ALIGN_BITS),
	LENGTH_AGAIN = LENGTH + LENGTH_SIZE,
	LITERAL = LENGTH_AGAIN + LENGTH_SIZE,
	PROBS = LITERAL + 8 * LITERAL_SIZE,
};
_Static_assert(PROBS <= UNPACK_PROBS, "room for the counters");

static void fill(struct unpacker *u)
{
	if (u->range < RANGE_MIN) {
		u->range <<= 8;
		u->code = u->code << 8 | *u->in++;
	}
}

/* A bit, by its counter. */
static uint32_t take(struct unpacker *u, uint32_t counter)
{
	uint32_t bound, prob = u->probs[counter];

	fill(u);
	bound = (u->range >> PROB_BITS) * prob;
	if (u->code < bound) {
		u->range = bound;
		u->probs[counter] = (uint16_t)(prob + (((1 << PROB_BITS) - prob) >> PROB_SHIFT));
		return 0;
	}
	u->range -= bound;
	u->code -= bound;
	u->probs[counter] = (uint16_t)(prob - (prob >> PROB_SHIFT));
	return 1;
}

/* So many bits, the highest first, each with a counter for those before it. */
static uint32_t take_tree(struct unpacker *u, uint32_t counters, uint32_t bits)
{
	uint32_t m = 1;

	while (!(m >> bits))
		m = m << 1 | take(u, counters + m);
	return m - (1u << bits);
}

/* The same, the lowest first. */
static uint32_t take_reverse(struct unpacker *u, uint32_t counters, uint32_t bits)
{
	uint32_t m = 1, v = 0;

	for (uint32_t i = 0; i < bits; i++) {
		uint32_t bit = take(u, counters + m);

		m = m << 1 | bit;
		v |= bit << i;
	}
	return v;
}

/* Bits that are equally likely. */
static uint32_t take_direct(struct unpacker *u, uint32_t bits)
{
	uint32_t v = 0;

	while (bits--) {
		fill(u);
		u->range >>= 1;
		v <<= 1;
		if (u->code >= u->range) {
			u->code -= u->range;
			v++;
		}
	}
	return v;
}

static uint32_t take_length(struct unpacker *u, uint32_t counters)
{
	if (!take(u, counters + LENGTH_FIRST))
		return take_tree(u, counters + LENGTH_LOW, NEAR_BITS);
	if (!take(u, counters + LENGTH_SECOND))
		return (1 << NEAR_BITS) + take_tree(u, counters + LENGTH_MID, NEAR_BITS);
	return (2 << NEAR_BITS) + take_tree(u, counters + LENGTH_HIGH, FAR_BITS);
}

static uint32_t take_distance(struct unpacker *u, uint32_t length)
{
	uint32_t class = length < LENGTH_CLASSES ? length : LENGTH_CLASSES - 1, rest, distance;
	uint32_t slot = take_tree(u, SLOT + (class << SLOT_BITS), SLOT_BITS);

	if (slot < SLOT_REST)
		return slot;
	rest = (slot >> 1) - 1;
	distance = (2 | (slot & 1)) << rest;
	if (slot < SLOT_DIRECT)
		return distance + take_reverse(u, SPECIAL + distance - slot, rest);
	distance += take_direct(u, rest - ALIGN_BITS) << ALIGN_BITS;
	return distance + take_reverse(u, ALIGN, ALIGN_BITS);
}

/* A byte; after a match the one that would have gone on with it tells what this one is not. */
static uint8_t take_literal(struct unpacker *u, const uint8_t *out)
{
	uint32_t symbol = 1, other = out[-(int32_t)u->last[0] - 1];
	uint32_t counters = LITERAL + LITERAL_SIZE * (out[-1] >> 5);
	bool matched = u->state >= STATE_MATCH;

	while (symbol < 0x100) {
		uint32_t expected, bit;

		other <<= 1;
		expected = other & 0x100;
		bit = take(u, counters + (matched ? 0x100 + expected : 0) + symbol);
		matched = matched && bit == expected >> 8;
		symbol = symbol << 1 | bit;
	}
	return (uint8_t)symbol;
}

/* What stands at this place of the last distances, or if new anything, becomes the first of them. */
static void put_first(struct unpacker *u, uint32_t place, uint32_t distance)
{
	for (; place; place--)
		u->last[place] = u->last[place - 1];
	u->last[0] = distance;
}

/* A length, at one of the last distances or at a new one. */
static uint32_t take_match(struct unpacker *u)
{
	uint32_t counters = u->state, length, which;
	bool matched = counters >= STATE_MATCH;

	if (!take(u, counters + IS_AGAIN)) {
		u->state = matched ? 10 : 7;
		length = take_length(u, LENGTH);
		put_first(u, 3, take_distance(u, length));
		return LENGTH_MIN + length;
	}
	u->state = matched ? 11 : 8;
	if (take(u, counters + IS_NOT_0)) {
		which = 1;
		if (take(u, counters + IS_NOT_1))
			which = 2 + take(u, counters + IS_NOT_2);
		put_first(u, which, u->last[which]);
	} else if (!take(u, counters + IS_LONG)) {
		u->state = matched ? 11 : 9;
		return 1;
	}
	return LENGTH_MIN + take_length(u, LENGTH_AGAIN);
}

static uint8_t *unpack_lzma(struct unpacker *u, uint8_t *out, const uint8_t *in)
{
	u->in = in;
	u->range = UINT32_MAX;
	u->state = 0;
	for (uint32_t i = 0; i < 4; i++)
		u->last[i] = 0;
	for (uint32_t i = 0; i < PROBS; i++)
		u->probs[i] = PROB_HALF;
	for (uint32_t i = 0; i < 5; i++) /* the first is zero */
		u->code = u->code << 8 | *u->in++;
	out[-1] = 0;
	for (;;) {
		uint32_t length, state = u->state;

		if (!take(u, state + IS_MATCH)) {
			*out = take_literal(u, out);
			out++;
			u->state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
			continue;
		}
		length = take_match(u);
		if (u->last[0] == END_MARKER)
			return out;
		for (; length; length--, out++)
			*out = out[-(int32_t)u->last[0] - 1];
	}
}

/* The opposite of what finish.py does: wherever a call may be, its target counts from the body's start. */
static void restore_calls(uint8_t *body, const uint8_t *end)
{
	for (uint8_t *p = body; p + 5 <= end; p++) {
		uint32_t target;

		if (*p != CALL)
			continue;
		__builtin_memcpy(&target, p + 1, 4);
		target -= (uint32_t)(p - body);
		__builtin_memcpy(p + 1, &target, 4);
		p += 4;
	}
}

void unpack(uint8_t *out, const uint8_t *in, struct unpacker *u)
{
	restore_calls(out, unpack_lzma(u, out, in));
}
