/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for what comes out of a decoder: address space at once, pages only as they are written, so that a
 * hostile size field costs nothing and nothing is ever copied to grow.
 */
#ifndef LIB_MEMORY_H
#define LIB_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* At least one byte, zeros; NULL. */
uint8_t *memory_reserve(size_t size);
/* Give back what lies behind the first keep bytes of size; keep may be 0. */
void memory_trim(uint8_t *memory, size_t size, size_t keep);
void memory_release(uint8_t *memory, size_t size);

#endif /* LIB_MEMORY_H */
