/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_LOADER_INFLATE_H
#define BOOT_LOADER_INFLATE_H

#include <stdint.h>

/* A raw deflate stream of blocks with dynamic codes, known to be whole. */
void inflate(uint8_t *out, const uint8_t *in);

#endif /* BOOT_LOADER_INFLATE_H */
