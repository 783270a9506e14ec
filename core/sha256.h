/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 [FIPS 180-4]. State in one struct, no allocation. */
#ifndef CORE_SHA256_H
#define CORE_SHA256_H

#include "core/span.h"

#define SHA256_SIZE 32

struct sha256 {
	uint32_t h[8];
	uint64_t total; /* bytes so far */
	uint8_t block[64]; /* what does not fill a block yet */
};

/* One a round, for other implementations. */
extern const uint32_t sha256_constant[64];

void sha256_init(struct sha256 *s);
void sha256_update(struct sha256 *s, struct span bytes);
void sha256_final(struct sha256 *s, uint8_t ret_digest[SHA256_SIZE]);

#endif /* CORE_SHA256_H */
