/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32C (Castagnoli), as in iSCSI [RFC 3720 B.4]: reflected polynomial 0x82f63b78. Start with 0; the
 * inversions are inside, so that crc32c(crc32c(0, a), b) is the CRC of a then b.
 */
#ifndef CORE_CRC32C_H
#define CORE_CRC32C_H

#include "core/span.h"

uint32_t crc32c(uint32_t crc, struct span bytes);

/*
 * For who computes the CRCs of several stretches side by side: what a state of the register becomes
 * when so many bytes of zero are shifted through it. With states as they are, not inverted, the state
 * behind a then b is crc32c_shift(state behind a, length of b) ^ (state behind b, beginning with 0).
 */
uint32_t crc32c_shift(uint32_t state, uint64_t bytes);

#endif /* CORE_CRC32C_H */
