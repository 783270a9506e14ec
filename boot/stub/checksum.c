/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See checksum.h. 64-bit mode, either stage. The crc32 instruction works on general registers and
 * needs nothing but CPUID's word for it. It takes three cycles, but a CPU begins one in each: so
 * three thirds of what is to be checked go side by side, and are put together at the end.
 */
#include "boot/stub/checksum.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "core/crc32c.h"

#define CPUID1_ECX_SSE4_2 (1u << 20)

/* Below that, putting together costs more than it gains. */
#define THIRDS_MIN 16384
#define STEP       16

static bool have_instruction(void)
{
	uint32_t regs[4];

	cpuid_count(1, 0, regs);
	return regs[2] & CPUID1_ECX_SSE4_2;
}

/* The first three times third bytes, third being a multiple of STEP. */
static uint32_t thirds(uint32_t state, const uint8_t *p, size_t third)
{
	uint64_t a = state, b = 0, c = 0;

	for (const uint8_t *end = p + third; p < end; p += STEP) {
		a = crc32c_u64(a, le64_get(p));
		b = crc32c_u64(b, le64_get(p + third));
		c = crc32c_u64(c, le64_get(p + 2 * third));
		a = crc32c_u64(a, le64_get(p + 8));
		b = crc32c_u64(b, le64_get(p + third + 8));
		c = crc32c_u64(c, le64_get(p + 2 * third + 8));
	}
	b ^= crc32c_shift((uint32_t)a, third);
	return (uint32_t)c ^ crc32c_shift((uint32_t)b, third);
}

uint32_t checksum(struct span bytes)
{
	const uint8_t *p = bytes.ptr, *end = p + bytes.len;
	uint64_t state = 0xffffffff;

	if (!have_instruction())
		return crc32c(0, bytes);
	if (bytes.len >= THIRDS_MIN) {
		size_t third = bytes.len / 3 / STEP * STEP;

		state = thirds((uint32_t)state, p, third);
		p += 3 * third;
	}
	for (; end - p >= 8; p += 8)
		state = crc32c_u64(state, le64_get(p));
	for (; p < end; p++)
		state = crc32c_u8((uint32_t)state, *p);
	return ~(uint32_t)state;
}
