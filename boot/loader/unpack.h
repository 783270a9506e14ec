/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_LOADER_UNPACK_H
#define BOOT_LOADER_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

#define UNPACK_PROBS 0x2000 /* counters */

/* Room for unpacking, in any state: of which byte are we, and how likely is what? */
struct unpacker {
	const uint8_t *in;
	uint32_t range, code;
	uint32_t state; /* what the last things were */
	uint32_t last[4]; /* distances, minus 1 */
	uint16_t probs[UNPACK_PROBS];
};

/*
 * A raw LZMA stream with lc = 3, lp = 0, pb = 0 and an end marker, known to be whole; then the targets of calls
 * are made relative. The byte in front of out is cleared.
 */
void unpack(uint8_t *out, const uint8_t *in, struct unpacker *u);

#endif /* BOOT_LOADER_UNPACK_H */
