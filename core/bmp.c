/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See bmp.h. */
#include "core/bmp.h"

/* file header: u16 "BM", u32 size, two u16, then */
#define BMP_MAGIC       0x4d42
#define BMP_PIXELS      0x0a /* u32 offset of the rows */
/* BITMAPINFOHEADER and what later ones begin with */
#define BMP_INFO_SIZE   0x0e /* u32 */
#define BMP_WIDTH       0x12 /* i32 */
#define BMP_HEIGHT      0x16 /* i32, below 0: the first row is the top one */
#define BMP_PLANES      0x1a /* u16 */
#define BMP_DEPTH       0x1c /* u16 bits a pixel */
#define BMP_COMPRESSION 0x1e /* u32 */
#define BMP_MASKS       0x36 /* u32[3] red, green, blue */
#define BMP_HEAD_SIZE   0x36
#define BMP_MASKS_END   0x42
#define INFO_SIZE_MIN   40
#define PLAIN           0
#define BY_MASKS        3
#define ROW_ALIGN       4

static enum err bad(struct fault *fault, const char *what, uint32_t at, uint64_t value)
{
	return fault_set(fault, ERR_BAD_PICTURE, what, at, value);
}

static bool masks_are_plain(const uint8_t *head)
{
	return le32_get(head + BMP_MASKS) == 0xff0000 && le32_get(head + BMP_MASKS + 4) == 0xff00 &&
		le32_get(head + BMP_MASKS + 8) == 0xff;
}

enum err bmp_parse(struct span file, struct bmp *ret, struct fault *fault)
{
	const uint8_t *p = file.ptr;
	uint32_t depth, compression, head = BMP_HEAD_SIZE, off;
	struct bmp bmp;

	if (!span_has(file, 0, BMP_HEAD_SIZE))
		return fault_set(fault, ERR_TRUNCATED, "header of the picture", 0, file.len);
	if (le16_get(p) != BMP_MAGIC)
		return bad(fault, "no BMP", 0, le16_get(p));
	if (le32_get(p + BMP_INFO_SIZE) < INFO_SIZE_MIN)
		return bad(fault, "size of its header", BMP_INFO_SIZE, le32_get(p + BMP_INFO_SIZE));
	depth = le16_get(p + BMP_DEPTH);
	compression = le32_get(p + BMP_COMPRESSION);
	if (le16_get(p + BMP_PLANES) != 1 || (depth != 24 && depth != 32))
		return bad(fault, "bits per pixel", BMP_DEPTH, depth);
	if (depth == 32 && compression == BY_MASKS) {
		head = BMP_MASKS_END;
		if (!span_has(file, 0, head))
			return fault_set(fault, ERR_TRUNCATED, "masks of the picture", BMP_MASKS, file.len);
		if (!masks_are_plain(p))
			return bad(fault, "masks of colours", BMP_MASKS, le32_get(p + BMP_MASKS));
	} else if (compression != PLAIN) {
		return bad(fault, "compression", BMP_COMPRESSION, compression);
	}
	bmp.width = le32_get(p + BMP_WIDTH);
	bmp.height = le32_get(p + BMP_HEIGHT);
	bmp.top_down = bmp.height >> 31;
	if (bmp.top_down)
		bmp.height = -bmp.height;
	if (!bmp.width || bmp.width > BMP_SIDE_MAX)
		return bad(fault, "width", BMP_WIDTH, bmp.width);
	if (!bmp.height || bmp.height > BMP_SIDE_MAX)
		return bad(fault, "height", BMP_HEIGHT, bmp.height);
	bmp.pixel_size = depth / 8;
	bmp.row_size = (bmp.width * bmp.pixel_size + ROW_ALIGN - 1) & ~(uint32_t)(ROW_ALIGN - 1);
	off = le32_get(p + BMP_PIXELS);
	if (off < head)
		return bad(fault, "place of its pixels", BMP_PIXELS, off);
	if (span_sub(file, off, (uint64_t)bmp.row_size * bmp.height, &bmp.rows))
		return fault_set(fault, ERR_TRUNCATED, "pixels of the picture", off, file.len);
	*ret = bmp;
	return ERR_OK;
}

void bmp_row(const struct bmp *bmp, uint32_t y, uint8_t *ret)
{
	const uint8_t *from = bmp->rows.ptr +
		(uint64_t)(bmp->top_down ? y : bmp->height - 1 - y) * bmp->row_size;

	for (uint32_t x = 0; x < bmp->width; x++, from += bmp->pixel_size, ret += 4) {
		ret[0] = from[0];
		ret[1] = from[1];
		ret[2] = from[2];
		ret[3] = 0;
	}
}
