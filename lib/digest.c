/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 with the SHA extensions [SDM1 5.23]. A kernel has 60 MB and is digested twice when it is
 * repacked: 0.35 s each time in plain C, 0.05 s with these instructions.
 *
 * They keep the state in two registers, with the standard's a to h in this order, high to low:
 *
 *     abef = a b e f      cdgh = c d g h
 *
 * SHA256RNDS2 does two rounds and leaves the new abef; the old one is the new cdgh. SHA256MSG1 and MSG2
 * make four words of the message schedule from the sixteen before them.
 */
#include <cpuid.h>
#include <immintrin.h>
#include "lib/digest.h"

#define BLOCK          64
#define CPUID7_EBX_SHA (1u << 29) /* [SDM2 CPUID] */

static bool cpu_has_sha(void)
{
	unsigned int a, b, c, d;

	return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
		b & CPUID7_EBX_SHA;
}

__attribute__((target("sha,sse4.1"))) static void compress(
	uint32_t h[8], const uint8_t *p, size_t blocks)
{
	/* Bytes of each word are the other way round. */
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i abcd = _mm_loadu_si128((const __m128i *)&h[0]); /* d c b a, high to low */
	__m128i efgh = _mm_loadu_si128((const __m128i *)&h[4]);
	__m128i badc = _mm_shuffle_epi32(abcd, 0xb1); /* c d a b */
	__m128i hgfe = _mm_shuffle_epi32(efgh, 0x1b); /* e f g h */
	__m128i abef = _mm_alignr_epi8(badc, hgfe, 8); /* a b e f */
	__m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0); /* c d g h */

	for (; blocks; blocks--, p += BLOCK) {
		__m128i abef_before = abef, cdgh_before = cdgh, w[4];

		/* Unrolled: the schedule stays in registers, which is a tenth of the time. */
#pragma GCC unroll 16
		for (unsigned int i = 0; i < 16; i++) {
			__m128i *now = &w[i % 4], k, next;

			if (i < 4) {
				*now = _mm_loadu_si128((const __m128i *)(p + 16 * i));
				*now = _mm_shuffle_epi8(*now, swap);
			} else {
				/* w[t-16] + s0(w[t-15]), + w[t-7], + s1(w[t-2]) */
				next = _mm_sha256msg1_epu32(*now, w[(i + 1) % 4]);
				next = _mm_add_epi32(next,
					_mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4));
				*now = _mm_sha256msg2_epu32(next, w[(i + 3) % 4]);
			}
			k = _mm_add_epi32(
				*now, _mm_loadu_si128((const __m128i *)&sha256_constant[4 * i]));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(k, 0x0e));
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	__m128i feba = _mm_shuffle_epi32(abef, 0x1b); /* f e b a: a is low */
	__m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1); /* d c h g */

	_mm_storeu_si128((__m128i *)&h[0], _mm_blend_epi16(feba, dchg, 0xf0)); /* d c b a */
	_mm_storeu_si128((__m128i *)&h[4], _mm_alignr_epi8(dchg, feba, 8)); /* h g f e */
}

void digest_update(struct sha256 *s, struct span bytes)
{
	size_t fill = s->total % BLOCK, first = fill ? BLOCK - fill : 0, blocks;

	if (cpu_has_sha() && bytes.len >= first + BLOCK) {
		sha256_update(s, (struct span){bytes.ptr, first});
		blocks = (bytes.len - first) / BLOCK;
		compress(s->h, bytes.ptr + first, blocks);
		s->total += blocks * BLOCK;
		bytes.ptr += first + blocks * BLOCK;
		bytes.len -= first + blocks * BLOCK;
	}
	sha256_update(s, bytes);
}
