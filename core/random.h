/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers for address randomisation: SipHash-2-4 as a mixer for whatever entropy there is and
 * as a generator from the result (SipHash of a counter under the mixed key). Deterministic: the
 * caller brings the entropy. [Aumasson, Bernstein: SipHash, 2012]
 */
#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include "core/span.h"

/* SipHash-2-4 of bytes under a 128-bit key; 64-bit result. */
uint64_t siphash24(const uint64_t key[2], struct span bytes);
/* The same with a result of 128 bits (SipHash-2-4-128), low half first. */
void siphash24_128(const uint64_t key[2], struct span bytes, uint64_t ret[2]);

struct random_state {
	uint64_t key[2];
	uint64_t counter;
};

void random_init(struct random_state *s);
/* Mix bytes in; domain tells sources apart, so that equal bytes from two sources differ. */
void random_mix(struct random_state *s, uint32_t domain, struct span bytes);
uint64_t random_next(struct random_state *s);
/* Uniform in [0, n), n > 0: rejection, no modulus bias. */
uint64_t random_below(struct random_state *s, uint64_t n);

#endif /* CORE_RANDOM_H */
