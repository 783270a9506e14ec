/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures in Windows' BMP format, as far as boot screens are: 24 or 32 bits a pixel, not compressed [Microsoft,
 * "Bitmap Storage"]. What is transparent is not looked at.
 */
#ifndef CORE_BMP_H
#define CORE_BMP_H

#include "core/span.h"

#define BMP_SIDE_MAX 16384 /* pixels, so that no size runs over */

struct bmp {
	uint32_t width, height;
	uint32_t pixel_size; /* bytes: 3 or 4; blue, green, red */
	uint32_t row_size;
	bool top_down;
	struct span rows; /* height of them, of row_size each */
};

/* Errors: BAD_PICTURE (another form, or one that contradicts itself), TRUNCATED. */
enum err bmp_parse(struct span file, struct bmp *ret, struct fault *fault) MUST_CHECK;

/* Row y, from the top, as firmware draws it [UEFI 2.10 12.9.2.3]: blue, green, red, 0; 4 * width bytes. */
void bmp_row(const struct bmp *bmp, uint32_t y, uint8_t *ret);

#endif /* CORE_BMP_H */
