/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a picture. One that is taken has all its rows in the file, and each of them is what a reader finds who
 * takes the pixels one by one, by the offsets of the format.
 */
#include "fuzz/fuzz.h"

#include "core/bmp.h"

static uint32_t word(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span file = {data, size};
	struct fault fault = {0};
	struct bmp bmp = {0};
	enum err e = bmp_parse(file, &bmp, &fault);
	uint64_t row_size, first;
	uint8_t *row;

	if (e) {
		FUZZ_CHECK((e == ERR_BAD_PICTURE || e == ERR_TRUNCATED) && fault.text && !bmp.width);
		return 0;
	}
	FUZZ_CHECK(size >= 54 && data[0] == 'B' && data[1] == 'M');
	FUZZ_CHECK(bmp.width == word(data + 18) && bmp.width && bmp.width <= BMP_SIDE_MAX);
	FUZZ_CHECK(bmp.height == (uint32_t)llabs((int32_t)word(data + 22)) && bmp.height && bmp.height <= BMP_SIDE_MAX);
	FUZZ_CHECK(bmp.pixel_size * 8u == data[28] && !data[29] && fuzz_within(bmp.rows, file));
	row_size = ((uint64_t)bmp.width * bmp.pixel_size + 3) / 4 * 4;
	first = word(data + 10);
	row = malloc(4 * (size_t)bmp.width);
	for (uint32_t y = 0; y < bmp.height; y++) {
		uint64_t line = (int32_t)word(data + 22) < 0 ? y : bmp.height - 1 - y;

		bmp_row(&bmp, y, row);
		for (uint32_t x = 0; x < bmp.width; x++) {
			const uint8_t *pixel = data + first + line * row_size + x * bmp.pixel_size;

			FUZZ_CHECK(!memcmp(row + 4 * x, pixel, 3) && !row[4 * x + 3]);
		}
	}
	free(row);
	return 0;
}
