/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 [FIPS 180-4], written from the standard. For digests of kernels in the host tool and for
 * the measurement of what boots; plain C, no use of CPU extensions.
 */
#include "core/sha256.h"

#define BLOCK 64

/* Fractional parts of the cube roots of the first 64 primes [FIPS 180-4 4.2.2]. */
/* clang-format off */
const uint32_t sha256_constant[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static uint32_t be32_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void be32_put(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t rotr(uint32_t v, unsigned n)
{
	return v >> n | v << (32 - n);
}

static void compress(uint32_t h[8], const uint8_t *block)
{
	uint32_t w[64], v[8]; /* v: the standard's a to h */

	for (unsigned t = 0; t < 16; t++)
		w[t] = be32_get(block + 4 * t);
	for (unsigned t = 16; t < 64; t++) {
		uint32_t s0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = s1 + w[t - 7] + s0 + w[t - 16];
	}
	for (unsigned i = 0; i < 8; i++)
		v[i] = h[i];
	for (unsigned t = 0; t < 64; t++) {
		uint32_t s1 = rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25);
		uint32_t ch = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t t1 = v[7] + s1 + ch + sha256_constant[t] + w[t];
		uint32_t s0 = rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22);
		uint32_t maj = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		for (unsigned i = 7; i > 0; i--)
			v[i] = v[i - 1];
		v[4] += t1;
		v[0] = t1 + s0 + maj;
	}
	for (unsigned i = 0; i < 8; i++)
		h[i] += v[i];
}

void sha256_init(struct sha256 *s)
{
	/* Fractional parts of the square roots of the first 8 primes [FIPS 180-4 5.3.3]. */
	*s = (struct sha256){
		.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
			0x1f83d9ab, 0x5be0cd19},
	};
}

void sha256_update(struct sha256 *s, struct span bytes)
{
	size_t fill = s->total % BLOCK;

	s->total += bytes.len;
	while (bytes.len) {
		size_t n = BLOCK - fill < bytes.len ? BLOCK - fill : bytes.len;

		if (n == BLOCK) {
			compress(s->h, bytes.ptr);
		} else {
			__builtin_memcpy(s->block + fill, bytes.ptr, n);
			if (fill + n == BLOCK)
				compress(s->h, s->block);
		}
		bytes = (struct span){bytes.ptr + n, bytes.len - n};
		fill = 0;
	}
}

void sha256_final(struct sha256 *s, uint8_t ret_digest[SHA256_SIZE])
{
	static const uint8_t padding[BLOCK] = {0x80};
	uint64_t bits = s->total * 8;
	size_t fill = s->total % BLOCK;
	uint8_t length[8];

	/* One bit, zeros up to 8 bytes in front of a block's end, and the length in bits,
	 * big-endian. */
	sha256_update(s,
		(struct span){padding, fill < BLOCK - 8 ? BLOCK - 8 - fill : 2 * BLOCK - 8 - fill});
	be32_put(length, (uint32_t)(bits >> 32));
	be32_put(length + 4, (uint32_t)bits);
	sha256_update(s, (struct span){length, 8});
	for (unsigned i = 0; i < 8; i++)
		be32_put(ret_digest + 4 * i, s->h[i]);
}
