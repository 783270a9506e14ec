/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32C in plain C, eight bytes a step ("slicing by 8"). The stub uses it where the CPU has no
 * CRC32 instruction, and the host tool always.
 *
 * slice[k][b] is what byte b becomes when k + 1 bytes have been shifted through the register. That
 * is linear in the bits of b, so the eight numbers for b = 0x80, 0x40, ... 0x01 make a row, and the
 * 64 numbers of all rows are successive states of the shift register, starting with the polynomial.
 */
#include "core/crc32c.h"

#define BIT(b, bit, v) ((b) & (bit) ? (v) : 0u)
#define ENTRY(b, v80, v40, v20, v10, v08, v04, v02, v01)                                           \
	(BIT(b, 0x80, v80) ^ BIT(b, 0x40, v40) ^ BIT(b, 0x20, v20) ^ BIT(b, 0x10, v10) ^           \
		BIT(b, 0x08, v08) ^ BIT(b, 0x04, v04) ^ BIT(b, 0x02, v02) ^ BIT(b, 0x01, v01))
#define ENTRIES4(b, ...)                                                                           \
	ENTRY(b, __VA_ARGS__), ENTRY((b) + 1, __VA_ARGS__), ENTRY((b) + 2, __VA_ARGS__),           \
		ENTRY((b) + 3, __VA_ARGS__)
#define ENTRIES16(b, ...)                                                                          \
	ENTRIES4(b, __VA_ARGS__), ENTRIES4((b) + 4, __VA_ARGS__), ENTRIES4((b) + 8, __VA_ARGS__),  \
		ENTRIES4((b) + 12, __VA_ARGS__)
#define ENTRIES64(b, ...)                                                                          \
	ENTRIES16(b, __VA_ARGS__), ENTRIES16((b) + 16, __VA_ARGS__),                               \
		ENTRIES16((b) + 32, __VA_ARGS__), ENTRIES16((b) + 48, __VA_ARGS__)
#define ROW(...)                                                                                   \
	{                                                                                          \
		ENTRIES64(0, __VA_ARGS__), ENTRIES64(64, __VA_ARGS__),                             \
			ENTRIES64(128, __VA_ARGS__), ENTRIES64(192, __VA_ARGS__)                   \
	}

/* clang-format off */
static const uint32_t slice[8][256] = {
	ROW(0x82f63b78, 0x417b1dbc, 0x20bd8ede, 0x105ec76f,
		0x8ad958cf, 0xc79a971f, 0xe13b70f7, 0xf26b8303),
	ROW(0xfbc3faf9, 0xff17c604, 0x7f8be302, 0x3fc5f181,
		0x9d14c3b8, 0x4e8a61dc, 0x274530ee, 0x13a29877),
	ROW(0x8b277743, 0xc76580d9, 0xe144fb14, 0x70a27d8a,
		0x38513ec5, 0x9edea41a, 0x4f6f520d, 0xa541927e),
	ROW(0x52a0c93f, 0xaba65fe7, 0xd725148b, 0xe964b13d,
		0xf64463e6, 0x7b2231f3, 0xbf672381, 0xdd45aab8),
	ROW(0x6ea2d55c, 0x37516aae, 0x1ba8b557, 0x8f2261d3,
		0xc5670b91, 0xe045beb0, 0x7022df58, 0x38116fac),
	ROW(0x1c08b7d6, 0x0e045beb, 0x85f4168d, 0xc00c303e,
		0x6006181f, 0xb2f53777, 0xdb8ca0c3, 0xef306b19),
	ROW(0xf56e0ef4, 0x7ab7077a, 0x3d5b83bd, 0x9c5bfaa6,
		0x4e2dfd53, 0xa5e0c5d1, 0xd0065990, 0x68032cc8),
	ROW(0x34019664, 0x1a00cb32, 0x0d006599, 0x847609b4,
		0x423b04da, 0x211d826d, 0x9278fa4e, 0x493c7d27),};
/* clang-format on */

uint32_t crc32c(uint32_t crc, struct span bytes)
{
	const uint8_t *p = bytes.ptr;
	size_t left = bytes.len;

	crc = ~crc;
	for (; left >= 8; left -= 8, p += 8) {
		uint32_t lo = le32_get(p) ^ crc;
		uint32_t hi = le32_get(p + 4);

		crc = slice[7][lo & 0xff] ^ slice[6][lo >> 8 & 0xff] ^ slice[5][lo >> 16 & 0xff] ^
			slice[4][lo >> 24] ^ slice[3][hi & 0xff] ^ slice[2][hi >> 8 & 0xff] ^
			slice[1][hi >> 16 & 0xff] ^ slice[0][hi >> 24];
	}
	for (; left; left--)
		crc = crc >> 8 ^ slice[0][(crc ^ *p++) & 0xff];
	return ~crc;
}

/* Bit 31 of the register is x^0, bit 0 is x^31: a step to the right multiplies by x. */
#define POLYNOMIAL 0x82f63b78
#define X0         0x80000000u
#define X8         0x00800000u

/* a * b modulo the polynomial, from the highest power of a down (Horner). */
static uint32_t multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (int bit = 0; bit < 32; bit++, a >>= 1) {
		product = product >> 1 ^ (product & 1 ? POLYNOMIAL : 0);
		product ^= a & 1 ? b : 0;
	}
	return product;
}

/* A byte of zero multiplies by x^8; so many of them by a power of that, found by squaring. */
uint32_t crc32c_shift(uint32_t state, uint64_t bytes)
{
	uint32_t factor = X0;

	for (uint32_t square = X8; bytes; bytes >>= 1) {
		if (bytes & 1)
			factor = multiply(factor, square);
		square = multiply(square, square);
	}
	return multiply(factor, state);
}
