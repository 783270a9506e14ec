/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See crc32.h. */
#include "core/crc32.h"

uint32_t crc32_more(uint32_t state, struct span bytes)
{
	/* What four bits shifted through the register become: reflected polynomial 0xedb88320. */
	/* clang-format off */
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	/* clang-format on */

	for (size_t i = 0; i < bytes.len; i++) {
		state ^= bytes.ptr[i];
		state = state >> 4 ^ nibble[state & 15];
		state = state >> 4 ^ nibble[state & 15];
	}
	return state;
}
