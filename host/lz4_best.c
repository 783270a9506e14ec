/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An lz4 block [lz4_Block_format.md], as small as can be: for each position the longest match is
 * looked for, and of all ways to say the block with those matches the shortest is taken. liblz4's
 * best level does nearly the same in twice the time, most of it in a few places that repeat
 * themselves: its hash chains are long there. Here matches are found in binary trees.
 *
 * The trees: one for each hash of four bytes, of the positions with that hash in the window, sorted
 * by the bytes that follow. A new position becomes the root, and the tree is split into what sorts in
 * front of it and what sorts behind; the longest match is met on the way. Each position has a pair of
 * branches, in a ring of the window's size: positions that fall out of the window are overwritten,
 * and recognised by their distance.
 *
 * The way: from the block's end to its beginning, the least number of bytes that say the rest. It
 * begins either with one more literal, or with the match. A shorter part of a match is worth a try
 * only where its length takes a byte less to say, since a longer one leaves less to be said.
 */
#include <stdlib.h>
#include <string.h>
#include "host/lz4_best.h"

#define WINDOW         65536 /* distances are below */
#define HASH_BITS      16
#define DEPTH          128 /* steps down a tree; more gains less than 0.02 % */
#define LENGTH_ENOUGH  256 /* positions with so much in common are not told apart */
#define LENGTH_SKIP    512 /* inside such a match nothing better is looked for */
#define DISTANCE_RUN   256 /* and if it repeats what is so near, nothing is learnt from it */

#define MATCH_MIN       4
#define LAST_LITERALS   5 /* the block's last bytes are literals */
#define LAST_MATCH      12 /* and its last match begins this far in front of its end */
#define TOKEN_MAX       15 /* a token's half says this much; then bytes, each up to 255, follow */
#define BYTE_MAX        255
#define MATCH_TOKEN_MAX (MATCH_MIN + TOKEN_MAX - 1) /* longest match without such bytes */
#define MATCH_BYTE_MAX  (MATCH_TOKEN_MAX + BYTE_MAX) /* and with one */
#define SEQUENCE        3 /* token and distance */

/* The best that begins at a position; in the end: what to do there. */
struct place {
	uint32_t length; /* of the match, 0: a literal */
	uint32_t cost; /* bytes that say everything from here on */
	uint16_t distance; /* of the match */
};

/* Positions are kept plus one: 0 is none. */
struct trees {
	uint32_t root[1 << HASH_BITS];
	uint32_t branch[WINDOW][2]; /* smaller, larger */
};

/* How many bytes do a and b have in common, at most max? The first `known` they do. */
static uint32_t common(const uint8_t *a, const uint8_t *b, uint32_t known, uint32_t max)
{
	while (max - known >= 8) {
		uint64_t differ = le64_get(a + known) ^ le64_get(b + known);

		if (differ)
			return known + (uint32_t)__builtin_ctzll(differ) / 8;
		known += 8;
	}
	while (known < max && a[known] == b[known])
		known++;
	return known;
}

/*
 * Make pos a root. Returns the length of the longest match, of at most max bytes; it may be longer if
 * it is LENGTH_ENOUGH.
 */
static uint32_t insert(
	struct trees *t, const uint8_t *in, uint32_t pos, uint32_t max, uint32_t *ret_distance)
{
	uint32_t hash = (le32_get(in + pos) * 2654435761u) >> (32 - HASH_BITS);
	uint32_t *smaller = &t->branch[pos % WINDOW][0], *larger = &t->branch[pos % WINDOW][1];
	uint32_t smaller_common = 0, larger_common = 0; /* of pos with all further down that side */
	uint32_t enough = max < LENGTH_ENOUGH ? max : LENGTH_ENOUGH;
	uint32_t next = t->root[hash], best = 0, steps;

	t->root[hash] = pos + 1;
	for (steps = 0; next && steps < DEPTH; steps++) {
		uint32_t at = next - 1;
		uint32_t *branch = t->branch[at % WINDOW];
		uint32_t n = smaller_common < larger_common ? smaller_common : larger_common;

		if (pos - at >= WINDOW)
			break;
		n = common(in + at, in + pos, n, enough);
		if (n > best) {
			best = n;
			*ret_distance = pos - at;
		}
		if (n == enough) {
			/* As good as the same: pos takes its place. */
			*smaller = branch[0];
			*larger = branch[1];
			return best;
		}
		if (in[at + n] < in[pos + n]) {
			*smaller = next;
			smaller = &branch[1];
			smaller_common = n;
			next = *smaller;
		} else {
			*larger = next;
			larger = &branch[0];
			larger_common = n;
			next = *larger;
		}
	}
	*smaller = 0;
	*larger = 0;
	return best;
}

static void find_matches(struct trees *t, struct span in, struct place *place)
{
	uint32_t size = (uint32_t)in.len, length = 0, distance = 0, i;

	for (i = 0; (uint64_t)i + LAST_MATCH <= size; i++) {
		uint32_t max = size - LAST_LITERALS - i, ignored;

		if (length > LENGTH_SKIP) {
			length--;
			if (distance >= DISTANCE_RUN)
				(void)insert(t, in.ptr, i, max, &ignored);
		} else {
			length = insert(t, in.ptr, i, max, &distance);
			length = length < MATCH_MIN ?
				0 :
				common(in.ptr + i - distance, in.ptr + i, length, max);
		}
		place[i].length = length;
		place[i].distance = (uint16_t)distance;
	}
	for (; i < size; i++)
		place[i].length = 0;
}

/* Bytes behind the token for a length of which it says the first part. */
static uint32_t extra_bytes(uint32_t length)
{
	return length < TOKEN_MAX ? 0 : 1 + (length - TOKEN_MAX) / BYTE_MAX;
}

static void try_length(struct place *place, uint32_t i, uint32_t length, uint32_t *best)
{
	uint32_t cost = SEQUENCE + extra_bytes(length - MATCH_MIN) + place[i + length].cost;

	/* As good as a literal is better: literals in front of it are counted from 0 again. */
	if (cost <= place[i].cost) {
		place[i].cost = cost;
		*best = length;
	}
}

static void find_way(struct place *place, uint32_t size)
{
	uint32_t i = size, literals = 0; /* in front of the next match */

	/* The last token, for the literals in front of the end. */
	place[size] = (struct place){.cost = 1};
	while (i--) {
		uint32_t length = place[i].length, best = 0;

		literals++;
		place[i].cost = place[i + 1].cost + 1 + extra_bytes(literals) - extra_bytes(literals - 1);
		if (length)
			try_length(place, i, length, &best);
		if (length > MATCH_TOKEN_MAX)
			try_length(place, i, MATCH_TOKEN_MAX, &best);
		if (length > MATCH_BYTE_MAX)
			try_length(place, i, MATCH_BYTE_MAX, &best);
		place[i].length = best;
		if (best)
			literals = 0;
	}
}

/* A half of the token, and what does not fit in it. */
static uint8_t *put_length(uint8_t *p, uint8_t *token, unsigned int shift, uint32_t length)
{
	*token |= (uint8_t)((length < TOKEN_MAX ? length : TOKEN_MAX) << shift);
	if (length < TOKEN_MAX)
		return p;
	for (length -= TOKEN_MAX; length >= BYTE_MAX; length -= BYTE_MAX)
		*p++ = BYTE_MAX;
	*p++ = (uint8_t)length;
	return p;
}

static size_t put_sequences(const struct place *place, struct span in, uint8_t *out)
{
	uint8_t *p = out;
	size_t i = 0;

	for (;;) {
		uint32_t literals = 0;
		uint8_t *token = p++;

		while (i + literals < in.len && !place[i + literals].length)
			literals++;
		*token = 0;
		p = put_length(p, token, 4, literals);
		memcpy(p, in.ptr + i, literals);
		p += literals;
		i += literals;
		if (i == in.len)
			return (size_t)(p - out);
		le16_put(p, place[i].distance);
		p = put_length(p + 2, token, 0, place[i].length - MATCH_MIN);
		i += place[i].length;
	}
}

size_t lz4_best(struct span in, uint8_t *out)
{
	struct trees *trees = calloc(1, sizeof(*trees));
	struct place *place = malloc((in.len + 1) * sizeof(*place));
	size_t size = 0;

	if (trees && place) {
		find_matches(trees, in, place);
		find_way(place, (uint32_t)in.len);
		size = put_sequences(place, in, out);
	}
	free(place);
	free(trees);
	return size;
}
