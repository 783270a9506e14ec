/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 on a thread of its own, over bytes of which some are still to come: a kernel is digested while it
 * is decoded, and while its reader does something else with it.
 *
 *     hasher_start -> hasher_arrived... -> hasher_all -> hasher_end
 *                                     \-> hasher_drop, at any time
 *
 * Where there is no thread, hasher_end does it all. The result is the same.
 */
#ifndef LIB_HASHER_H
#define LIB_HASHER_H

#include "core/sha256.h"

struct hasher;

/* alone: no thread. NULL: no memory. */
struct hasher *hasher_start(bool alone);

/*
 * bytes are there, and stay as they are until the hasher has ended: the first ones of what is to be
 * digested, as it seems; each time the same ones and more.
 */
void hasher_arrived(struct hasher *h, struct span bytes);

/* This is what to digest, one behind the other, whatever had seemed so. */
void hasher_all(struct hasher *h, struct span first, struct span second);

/* After hasher_all: wait for the digest. Frees. */
void hasher_end(struct hasher *h, uint8_t ret[SHA256_SIZE]);

/* No digest is wanted any more; when this returns nobody reads the bytes. Frees; NULL is fine. */
void hasher_drop(struct hasher *h);

#endif /* LIB_HASHER_H */
