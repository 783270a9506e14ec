/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An lz4 block [lz4_Block_format.md], as small as can be: for each position the longest match is
 * looked for, and of all ways to say the block with those matches the shortest is taken. liblz4's
 * best level does nearly the same in twice the time, most of it in a few places that repeat
 * themselves: its hash chains are long there. Here matches are found in binary trees.
 *
 * The trees: one for each hash of four bytes, of the positions with that hash in the window, sorted
 * by the bytes that follow. A new position becomes the root, and the tree is split into what sorts
 * in front of it and what sorts behind; the longest match is met on the way. Each position has a
 * pair of branches, in a ring of the window's size: positions that fall out of the window are
 * overwritten, and recognised by their distance.
 *
 * The way: from the end of a piece of the block to its beginning, the least number of bytes that
 * say the rest. It begins either with one more literal, or with the match. A shorter part of a
 * match is worth a try only where its length takes a byte less to say, since a longer one leaves
 * less to be said. The piece's last match may reach into the next piece, which then begins behind
 * it.
 */
#include <stdlib.h>
#include <string.h>
#include "host/lz4_best.h"

#define WINDOW         65536 /* distances are below */
#define PIECE          (1 << 16) /* positions for which a way is looked for at a time: in the cache */
#define HASH_BITS      18
#define DEPTH          32 /* steps down a tree; more gains less than 0.05 % */
#define LENGTH_ENOUGH  128 /* positions with so much in common are not told apart */
#define LENGTH_SKIP    96 /* inside such a match nothing better is looked for, and little learnt: */
#define LEARN_EACH     8 /* one position in so many; */
#define DISTANCE_RUN   256 /* none, if the match repeats what is so near */
#define AHEAD          8 /* so far ahead a root is fetched into the cache; at half of that what it says */

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
	uint32_t cost; /* bytes that say everything from here to the piece's end */
	uint16_t distance; /* of the match */
};

/* Positions are kept plus one: 0 is none. */
struct trees {
	uint32_t root[1 << HASH_BITS];
	uint32_t branch[WINDOW][2]; /* smaller, larger */
};

struct parser {
	struct span in;
	uint32_t found; /* matches have been looked for up to here; and the last one: */
	uint32_t length, distance;
	struct trees trees;
	struct place place[PIECE + 1];
};

static uint32_t hash(const uint8_t *p)
{
	return (le32_get(p) * 2654435761u) >> (32 - HASH_BITS);
}

/*
 * How many bytes do a and b have in common, at most max? The first `known` they do. And does a sort in
 * front of b, if they are different? Most of the time goes into foreseeing wrongly where this ends and to
 * which side: so it is inline, and tells the side from the words, before it is known which byte differs.
 */
static inline __attribute__((always_inline)) uint32_t common(
	const uint8_t *a, const uint8_t *b, uint32_t known, uint32_t max, bool *ret_smaller)
{
	while (max - known >= 8) {
		uint64_t va = le64_get(a + known), vb = le64_get(b + known), differ = va ^ vb;

		if (differ) {
			*ret_smaller = __builtin_bswap64(va) < __builtin_bswap64(vb);
			return known + (uint32_t)__builtin_ctzll(differ) / 8;
		}
		known += 8;
	}
	while (known < max && a[known] == b[known])
		known++;
	*ret_smaller = known < max && a[known] < b[known];
	return known;
}

/*
 * Make pos a root. Returns the length of the longest match, of at most max bytes; it may be longer
 * if it is LENGTH_ENOUGH.
 */
static uint32_t insert(
	struct trees *t, const uint8_t *in, uint32_t pos, uint32_t max, uint32_t *ret_distance)
{
	uint32_t *root = &t->root[hash(in + pos)];
	uint32_t *smaller = &t->branch[pos % WINDOW][0], *larger = &t->branch[pos % WINDOW][1];
	uint32_t smaller_common = 0, larger_common = 0; /* of pos with all further down that side */
	uint32_t enough = max < LENGTH_ENOUGH ? max : LENGTH_ENOUGH;
	uint32_t next = *root, best = 0, steps;

	*root = pos + 1;
	if (enough == LENGTH_ENOUGH) { /* so much is there to be read */
		uint32_t soon = t->root[hash(in + pos + AHEAD / 2)] - 1;

		__builtin_prefetch(&t->root[hash(in + pos + AHEAD)]);
		__builtin_prefetch(t->branch[soon % WINDOW]);
	}
	for (steps = 0; next && steps < DEPTH; steps++) {
		uint32_t at = next - 1;
		uint32_t *branch = t->branch[at % WINDOW];
		uint32_t n = smaller_common < larger_common ? smaller_common : larger_common;
		bool is_smaller;

		if (pos - at >= WINDOW)
			break;
		n = common(in + at, in + pos, n, enough, &is_smaller);
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
		if (is_smaller) {
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

/*
 * How far does a match reach, the first `known` bytes of which are sure? Of a run of one byte any distance
 * would do that the trees happened to know; 1 is what decoders are quickest with.
 */
static uint32_t reach(const uint8_t *at, uint32_t known, uint32_t max, uint32_t *distance)
{
	bool no_side;
	uint32_t length = common(at - *distance, at, known, max, &no_side);

	if (common(at - 1, at, 0, length, &no_side) == length)
		*distance = 1;
	return length;
}

/* For [start, end). A match may reach beyond the end. */
static void find_matches(struct parser *p, uint32_t start, uint32_t end)
{
	uint32_t size = (uint32_t)p->in.len, length = p->length, distance = p->distance, i;

	for (i = p->found; i < end; i++) {
		uint32_t ignored, max = size - i > LAST_MATCH - 1 ? size - i - LAST_LITERALS : 0;

		if (!max) {
			length = 0;
		} else if (length > LENGTH_SKIP) {
			length--;
			if (i % LEARN_EACH == 0 && distance >= DISTANCE_RUN)
				(void)insert(&p->trees, p->in.ptr, i, max, &ignored);
		} else {
			length = insert(&p->trees, p->in.ptr, i, max, &distance);
			if (length >= LENGTH_ENOUGH)
				length = reach(p->in.ptr + i, length, max, &distance);
			else if (length < MATCH_MIN)
				length = 0;
		}
		if (i < start)
			continue; /* the last piece's last match has reached so far */
		p->place[i - start].length = length;
		p->place[i - start].distance = (uint16_t)distance;
	}
	p->found = end;
	p->length = length;
	p->distance = distance;
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

	place[size].cost = 0;
	while (i--) {
		uint32_t whole = place[i].length, best = 0;
		uint32_t length = whole < size - i ? whole : size - i; /* in this piece */

		literals++;
		place[i].cost =
			place[i + 1].cost + 1 + extra_bytes(literals) - extra_bytes(literals - 1);
		if (length >= MATCH_MIN)
			try_length(place, i, length, &best);
		if (length > MATCH_TOKEN_MAX)
			try_length(place, i, MATCH_TOKEN_MAX, &best);
		if (length > MATCH_BYTE_MAX)
			try_length(place, i, MATCH_BYTE_MAX, &best);
		place[i].length = best == size - i ? whole : best;
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

/* literals, then a match; a block's last sequence has none: length 0 */
static uint8_t *put_sequence(uint8_t *p, struct span literals, uint32_t length, uint16_t distance)
{
	uint8_t *token = p++;

	*token = 0;
	p = put_length(p, token, 4, (uint32_t)literals.len);
	memcpy(p, literals.ptr, literals.len);
	p += literals.len;
	if (!length)
		return p;
	le16_put(p, distance);
	return put_length(p + 2, token, 0, length - MATCH_MIN);
}

static size_t parse(struct parser *p, uint8_t *out)
{
	struct span literals = {p->in.ptr, 0}; /* not yet said */
	uint32_t size = (uint32_t)p->in.len, start = 0;
	uint8_t *end = out;

	while (start < size) {
		uint32_t piece = size - start < PIECE ? size - start : PIECE, i = 0;

		find_matches(p, start, start + piece);
		find_way(p->place, piece);
		while (i < piece) {
			const struct place *place = &p->place[i];

			if (place->length) {
				end = put_sequence(end, literals, place->length, place->distance);
				i += place->length;
				literals = (struct span){p->in.ptr + start + i, 0};
			} else {
				literals.len++;
				i++;
			}
		}
		start += i;
	}
	return (size_t)(put_sequence(end, literals, 0, 0) - out);
}

size_t lz4_best(struct span in, uint8_t *out)
{
	struct parser *p = calloc(1, sizeof(*p));
	size_t size;

	if (!p)
		return 0;
	p->in = in;
	size = parse(p, out);
	free(p);
	return size;
}
