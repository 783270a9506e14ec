/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 of much data: core's, with the processor's instructions for it where there are any.
 */
#ifndef LIB_DIGEST_H
#define LIB_DIGEST_H

#include "core/sha256.h"

/* As sha256_update, with the same result. */
void digest_update(struct sha256 *s, struct span bytes);

#endif /* LIB_DIGEST_H */
