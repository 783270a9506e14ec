/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See utf16.h. [Unicode 15, chapter 3.9: table 3-5 UTF-16, table 3-6 UTF-8] */
#include "core/utf16.h"

#define REPLACEMENT    0xfffd
#define SURROGATE      0xd800 /* first of 1024 high ones, 1024 low ones behind them */
#define SURROGATE_LOW  0xdc00
#define SURROGATE_END  0xe000
#define SURROGATE_BASE 0x10000

static bool unit_get(struct span text, size_t at, uint32_t *ret)
{
	uint16_t unit;

	if (span_le16(text, at, &unit))
		return false;
	*ret = unit;
	return true;
}

/* The character at *at, which moves on. False at the end. */
static bool next16(struct span text, size_t *at, uint32_t *ret)
{
	uint32_t c, low;

	if (!unit_get(text, *at, &c))
		return false;
	*at += 2;
	if (c >= SURROGATE && c < SURROGATE_END) {
		if (c < SURROGATE_LOW && unit_get(text, *at, &low) && low >= SURROGATE_LOW &&
			low < SURROGATE_END) {
			*at += 2;
			c = SURROGATE_BASE + ((c - SURROGATE) << 10 | (low - SURROGATE_LOW));
		} else {
			c = REPLACEMENT;
		}
	}
	*ret = c;
	return true;
}

/* 1 to 4 bytes. */
static size_t encode8(uint32_t c, uint8_t out[4])
{
	size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const uint8_t lead[4] = {0x00, 0xc0, 0xe0, 0xf0};

	for (size_t i = more; i > 0; i--, c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
	out[0] = (uint8_t)(lead[more] | c);
	return more + 1;
}

void utf16_to_utf8(struct span text, uint8_t *buf, size_t cap, size_t *ret_len)
{
	size_t at = 0, len = 0, put = 0;
	uint32_t c;

	while (next16(text, &at, &c) && c != 0 && c != '\n') {
		uint8_t bytes[4];
		size_t n = encode8(c, bytes);

		/* once something did not fit, nothing behind it may */
		if (put == len && len + n < cap) {
			for (size_t i = 0; i < n; i++)
				buf[put++] = bytes[i];
		}
		len += n;
	}
	buf[put] = 0;
	*ret_len = len;
}

/* The character at the start of text, and how many bytes it has. */
static size_t decode8(struct span text, uint32_t *ret)
{
	uint8_t lead = text.ptr[0];
	size_t more = lead < 0x80 ? 0 : lead < 0xc2 ? 4 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
	static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
	uint32_t c = lead;

	*ret = REPLACEMENT;
	if (more == 4 || lead > 0xf4 || more >= text.len)
		return 1;
	if (more)
		c &= 0x3fu >> more;
	for (size_t i = 1; i <= more; i++) {
		if ((text.ptr[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (text.ptr[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= SURROGATE && c < SURROGATE_END))
		return 1;
	*ret = c;
	return more + 1;
}

enum err utf16_from_utf8(struct span text, uint16_t *buf, size_t cap)
{
	size_t put = 0;

	while (text.len) {
		uint32_t c;
		size_t n = decode8(text, &c);
		size_t units = c >= SURROGATE_BASE ? 2 : 1;

		text = (struct span){text.ptr + n, text.len - n};
		if (put + units >= cap)
			return ERR_NO_SPACE;
		if (units == 2) {
			c -= SURROGATE_BASE;
			buf[put++] = (uint16_t)(SURROGATE | c >> 10);
			c = SURROGATE_LOW | (c & 0x3ff);
		}
		buf[put++] = (uint16_t)c;
	}
	if (put >= cap)
		return ERR_NO_SPACE;
	buf[put] = 0;
	return ERR_OK;
}
