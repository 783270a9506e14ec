/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/bmp: pictures of the forms that are shown, and others. */
#include "tests/unit/unit.h"

#include "core/bmp.h"

#define PIXELS_AT 70

/* Width 3, height 2; each byte of a pixel is 0x10 * row + column, from the picture's top left, plus 0x40 for green and
 * 0x80 for red. */
static size_t make(uint8_t *file, unsigned int depth, bool top_down, uint32_t compression)
{
	uint32_t row_size = depth == 24 ? 12 : 12, pixel = depth / 8;

	memset(file, 0xee, PIXELS_AT + 2 * row_size);
	memcpy(file, "BM", 2);
	le32_put(file + 10, PIXELS_AT);
	le32_put(file + 14, 40);
	le32_put(file + 18, 3);
	le32_put(file + 22, top_down ? (uint32_t)-2 : 2);
	le16_put(file + 26, 1);
	le16_put(file + 28, (uint16_t)depth);
	le32_put(file + 30, compression);
	if (compression == 3) {
		le32_put(file + 54, 0xff0000);
		le32_put(file + 58, 0xff00);
		le32_put(file + 62, 0xff);
	}
	for (uint32_t y = 0; y < 2; y++)
		for (uint32_t x = 0; x < 3; x++)
			for (uint32_t c = 0; c < 3; c++)
				file[PIXELS_AT + (top_down ? y : 1 - y) * row_size + x * pixel + c] =
					(uint8_t)(0x10 * y + x + 0x40 * c);
	return PIXELS_AT + 2 * row_size;
}

static void test_forms(void **state)
{
	static const struct {
		const char *name;
		unsigned int depth;
		bool top_down;
		uint32_t compression;
	} cases[] = {
		{"24 bits", 24, false, 0}, {"24 bits, from the top", 24, true, 0}, {"32 bits", 32, false, 0},
		{"32 bits by masks", 32, false, 3}, {"32 bits by masks, from the top", 32, true, 3},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t file[PIXELS_AT + 24], row[12];
		size_t size = make(file, cases[i].depth, cases[i].top_down, cases[i].compression);
		struct bmp bmp;

		CHECK_EQ(cases[i].name, bmp_parse((struct span){file, size}, &bmp, NULL), ERR_OK);
		CHECK_EQ(cases[i].name, bmp.width, 3);
		CHECK_EQ(cases[i].name, bmp.height, 2);
		for (uint32_t y = 0; y < 2; y++) {
			bmp_row(&bmp, y, row);
			for (uint32_t x = 0; x < 3; x++) {
				for (uint32_t c = 0; c < 3; c++)
					CHECK_EQ(cases[i].name, row[4 * x + c], 0x10 * y + x + 0x40 * c);
				CHECK_EQ(cases[i].name, row[4 * x + 3], 0);
			}
		}
		CHECK_EQ(cases[i].name, bmp_parse((struct span){file, size - 1}, &bmp, NULL), ERR_TRUNCATED);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		uint32_t at, bytes;
		uint32_t value;
		enum err e;
	} cases[] = {
		{"PNG", 0, 2, 0x5089, ERR_BAD_PICTURE}, {"OS/2's header", 14, 4, 12, ERR_BAD_PICTURE},
		{"two planes", 26, 2, 2, ERR_BAD_PICTURE}, {"a palette", 28, 2, 8, ERR_BAD_PICTURE},
		{"16 bits", 28, 2, 16, ERR_BAD_PICTURE}, {"run lengths", 30, 4, 1, ERR_BAD_PICTURE},
		{"other masks", 54, 4, 0xff, ERR_BAD_PICTURE}, {"24 bits by masks", 28, 2, 24, ERR_BAD_PICTURE},
		{"no width", 18, 4, 0, ERR_BAD_PICTURE}, {"width below 0", 18, 4, 0xfffffffd, ERR_BAD_PICTURE},
		{"no height", 22, 4, 0, ERR_BAD_PICTURE}, {"lowest height", 22, 4, 0x80000000, ERR_BAD_PICTURE},
		{"too high", 22, 4, BMP_SIDE_MAX + 1, ERR_BAD_PICTURE}, {"as high as can be", 22, 4, BMP_SIDE_MAX, ERR_TRUNCATED},
		{"pixels in the header", 10, 4, 65, ERR_BAD_PICTURE}, {"pixels behind the end", 10, 4, 71, ERR_TRUNCATED},
		{"pixels far behind it", 10, 4, 0xffffffff, ERR_TRUNCATED},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t file[PIXELS_AT + 24];
		size_t size = make(file, 32, false, 3);
		struct bmp bmp = {.width = 99};
		struct fault fault = {0};

		for (uint32_t k = 0; k < cases[i].bytes; k++)
			file[cases[i].at + k] = (uint8_t)(cases[i].value >> 8 * k);
		CHECK_EQ(cases[i].name, bmp_parse((struct span){file, size}, &bmp, &fault), cases[i].e);
		CHECK(cases[i].name, fault.text && bmp.width == 99);
	}
	for (size_t size = 0; size < PIXELS_AT; size++) {
		uint8_t file[PIXELS_AT + 24];
		struct bmp bmp;

		make(file, 32, false, 3);
		assert_int_equal(bmp_parse((struct span){file, size}, &bmp, NULL), ERR_TRUNCATED);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("bmp", tests, NULL, NULL);
}
