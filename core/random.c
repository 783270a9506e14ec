/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entropy pool and generator over SipHash-2-4, written from the paper [Aumasson, Bernstein
 * 2012, 2.2]; its form with twice the output, from what the authors' reference code does. Runs in the
 * stub and in `bzforge kaslr`, which lets somebody see what the stub would do.
 *
 * The state is a key. Every use of it hashes a 16-byte label first: purpose, domain, number. Mixing
 * makes a subkey from labels and hashes the source's bytes under it into the next key; output is
 * the hash of a label with a counter. No two uses share a label, so no output tells about a key.
 */
#include "core/random.h"

#define PURPOSE_MIX  1
#define PURPOSE_NEXT 2

static uint64_t rotl(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] = rotl(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] = rotl(v[2], 32);
}

/* Written out: of what the stub does besides decoding, the hash of boot_params is the largest part. */
static inline void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

/* "somepseudorandomlygeneratedbytes" */
static inline void sip_start(uint64_t v[4], const uint64_t key[2])
{
	v[0] = key[0] ^ 0x736f6d6570736575;
	v[1] = key[1] ^ 0x646f72616e646f6d;
	v[2] = key[0] ^ 0x6c7967656e657261;
	v[3] = key[1] ^ 0x7465646279746573;
}

static inline void sip_bytes(uint64_t v[4], struct span bytes)
{
	uint64_t last = (uint64_t)bytes.len << 56;
	size_t pos;

	for (pos = 0; bytes.len - pos >= 8; pos += 8)
		sip_word(v, le64_get(bytes.ptr + pos));
	for (unsigned shift = 0; pos < bytes.len; pos++, shift += 8)
		last |= (uint64_t)bytes.ptr[pos] << shift;
	sip_word(v, last);
}

static uint64_t sip_end(uint64_t v[4])
{
	for (unsigned i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t siphash24(const uint64_t key[2], struct span bytes)
{
	uint64_t v[4];

	sip_start(v, key);
	sip_bytes(v, bytes);
	v[2] ^= 0xff;
	return sip_end(v);
}

void siphash24_128(const uint64_t key[2], struct span bytes, uint64_t ret[2])
{
	uint64_t v[4];

	sip_start(v, key);
	v[1] ^= 0xee;
	sip_bytes(v, bytes);
	v[2] ^= 0xee;
	ret[0] = sip_end(v);
	v[1] ^= 0xdd;
	ret[1] = sip_end(v);
}

static uint64_t hash_label(
	const struct random_state *s, uint32_t purpose, uint32_t domain, uint64_t number)
{
	uint8_t label[16];

	le32_put(label, purpose);
	le32_put(label + 4, domain);
	le64_put(label + 8, number);
	return siphash24(s->key, (struct span){label, sizeof(label)});
}

void random_init(struct random_state *s)
{
	*s = (struct random_state){{0, 0}, 0};
}

void random_mix(struct random_state *s, uint32_t domain, struct span bytes)
{
	uint64_t subkey[2];

	for (unsigned i = 0; i < 2; i++)
		subkey[i] = hash_label(s, PURPOSE_MIX, domain, i);
	siphash24_128(subkey, bytes, s->key);
}

uint64_t random_next(struct random_state *s)
{
	return hash_label(s, PURPOSE_NEXT, 0, s->counter++);
}

uint64_t random_below(struct random_state *s, uint64_t n)
{
	/* 2^64 mod n numbers at the bottom are one too many for some results: draw again. */
	uint64_t surplus = -n % n;
	uint64_t v;

	do
		v = random_next(s);
	while (v < surplus);
	return v % n;
}
