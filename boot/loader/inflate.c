/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacks the loader's own body, a raw deflate stream [RFC 1951] that the build has made. Entered once from
 * head.S, in 32-bit protected mode; lies unpacked in the loader's first sectors, so it is written to be
 * small. It trusts its input: head.S has checked the checksum of all of it.
 */
#include "boot/loader/inflate.h"

#define CODE_BITS_MAX 15
#define LITERALS      288
#define DISTANCES     30
#define LENGTH_CODES  19
#define END_OF_BLOCK  256

/* A canonical code: how many codes there are of each length, and what they stand for, in order. */
struct code {
	uint16_t count[CODE_BITS_MAX + 1];
	uint16_t symbol[LITERALS];
};

struct reader {
	const uint8_t *in;
	uint32_t bits, count;
};

static uint32_t take(struct reader *r, uint32_t n)
{
	uint32_t v;

	while (r->count < n) {
		r->bits |= (uint32_t)*r->in++ << r->count;
		r->count += 8;
	}
	v = r->bits & ((1u << n) - 1);
	r->bits >>= n;
	r->count -= n;
	return v;
}

static void make_code(struct code *code, const uint8_t *len, uint32_t n)
{
	uint16_t at[CODE_BITS_MAX + 2];
	uint32_t i;

	for (i = 0; i <= CODE_BITS_MAX; i++)
		code->count[i] = 0;
	for (i = 0; i < n; i++)
		code->count[len[i]]++;
	code->count[0] = 0;
	at[0] = at[1] = 0;
	for (i = 1; i <= CODE_BITS_MAX; i++)
		at[i + 1] = (uint16_t)(at[i] + code->count[i]);
	for (i = 0; i < n; i++)
		if (len[i])
			code->symbol[at[len[i]]++] = (uint16_t)i;
}

/* Bit by bit: the codes of a length follow those of the length before, doubled [RFC 1951 3.2.2]. */
static uint32_t decode(struct reader *r, const struct code *code)
{
	uint32_t value = 0, first = 0, index = 0, len = 1;

	for (;; len++) {
		uint32_t count = code->count[len];

		value |= take(r, 1);
		if (value - first < count)
			return code->symbol[index + value - first];
		index += count;
		first = (first + count) << 1;
		value <<= 1;
	}
}

/* The two codes of a block of dynamic codes [RFC 1951 3.2.7]. */
static void read_codes(struct reader *r, struct code *literal, struct code *distance)
{
	static const uint8_t order[LENGTH_CODES] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	uint8_t len[LITERALS + DISTANCES + 2] = {0};
	uint32_t literals = take(r, 5) + 257, distances = take(r, 5) + 1, codes = take(r, 4) + 4, n;

	for (n = 0; n < codes; n++)
		len[order[n]] = (uint8_t)take(r, 3);
	make_code(literal, len, LENGTH_CODES);
	for (n = 0; n < literals + distances;) {
		uint32_t symbol = decode(r, literal), again = 1;
		uint8_t value = (uint8_t)symbol;

		if (symbol > 15) {
			value = symbol == 16 ? len[n - 1] : 0;
			again = symbol == 16 ? 3 + take(r, 2) : symbol == 17 ? 3 + take(r, 3) : 11 + take(r, 7);
		}
		while (again--)
			len[n++] = value;
	}
	make_code(literal, len, literals);
	make_code(distance, len + literals, distances);
}

/*
 * Bases of lengths and distances follow a rule: after the first few, so many codes share each number of
 * extra bits. Only length 258 does not [RFC 1951 3.2.5].
 */
static uint32_t base_and_extra(struct reader *r, uint32_t symbol, uint32_t shift)
{
	uint32_t group = symbol >> shift, extra = group ? group - 1 : 0;
	uint32_t base = symbol;

	if (group)
		base = ((1u << shift) + (symbol & ((1u << shift) - 1))) << extra;
	return base + take(r, extra);
}

void inflate(uint8_t *out, const uint8_t *in)
{
	struct reader r = {in, 0, 0};
	struct code literal, distance;
	uint32_t last;

	do {
		last = take(&r, 1);
		take(&r, 2); /* dynamic codes: finish.py makes sure */
		read_codes(&r, &literal, &distance);
		for (;;) {
			uint32_t symbol = decode(&r, &literal), len, back;

			if (symbol < END_OF_BLOCK) {
				*out++ = (uint8_t)symbol;
				continue;
			}
			if (symbol == END_OF_BLOCK)
				break;
			len = symbol == 285 ? 258 : 3 + base_and_extra(&r, symbol - 257, 2);
			back = 1 + base_and_extra(&r, decode(&r, &distance), 1);
			for (; len; len--, out++)
				*out = *(out - back);
		}
	} while (!last);
}
