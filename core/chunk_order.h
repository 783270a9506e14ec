/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order do several processors decode chunks that need not wait for each other? */
#ifndef CORE_CHUNK_ORDER_H
#define CORE_CHUNK_ORDER_H

#include "core/manifest.h"

/* More chunks than that are small beside the whole: they share themselves out well in any order. */
#define CHUNK_ORDER_MAX 64

/*
 * The numbers of m's chunks from first on, most work first, so that what is taken last, while others have
 * nothing left to do, is short. Returns how many there are; 0, and ret_order is untouched, if more than
 * CHUNK_ORDER_MAX.
 */
uint32_t chunk_order(const struct manifest *m, uint32_t first, uint8_t ret_order[CHUNK_ORDER_MAX]);

#endif /* CORE_CHUNK_ORDER_H */
