/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image that the tests of core/place plan for. */
#ifndef TESTS_UNIT_PLACE_STOCK_H
#define TESTS_UNIT_PLACE_STOCK_H

#include "tests/unit/unit.h"

#include "core/place.h"

#define MIB 0x100000ull
#define GIB 0x40000000ull

/*
 * Debian's 6.1 kernel with zstd, as the sizes come out: 62.9 MiB of memory is 58 MiB of segments,
 * the tail with relocations 0.85 MiB, the payload 9.3 MiB.
 */
static const struct place_image stock = {
	.image_size = 9900000,
	.head_size = 122880,
	.work_size = 600000,
	.payload_off = 122880,
	.payload_size = 9764633,
	.content_size = 65906612,
	.first_offset = 0x200000,
	.tail_offset = 0x3e00000,
	.mem_base = 0x1000000,
	.mem_size = 0x3a00000,
	.safe_offset = 0x3a00000 + 895000 + 260000 - 9764633,
	.pref_address = 0x1000000,
	.alignment = 0x200000,
	.in_place = true,
	.movable = true,
};

static inline struct place_image stock_apart(void)
{
	struct place_image image = stock;

	image.in_place = false;
	image.safe_offset = 0x3a00000 + 65906612 + 260000 - 9764633;
	return image;
}

/* Not compressed: what comes out is always in front of what is still to be read. */
static inline struct place_image stock_none(void)
{
	struct place_image image = stock;

	image.payload_size = image.content_size;
	image.image_size = image.payload_off + image.payload_size;
	image.safe_offset = 0;
	return image;
}

#endif /* TESTS_UNIT_PLACE_STOCK_H */
