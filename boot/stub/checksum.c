/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See checksum.h. 64-bit mode, either stage. The crc32 instruction works on general registers and
 * needs nothing but CPUID's word for it.
 */
#include "boot/stub/checksum.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "core/crc32c.h"

#define CPUID1_ECX_SSE4_2 (1u << 20)

static bool have_instruction(void)
{
	uint32_t regs[4];

	cpuid_count(1, 0, regs);
	return regs[2] & CPUID1_ECX_SSE4_2;
}

uint32_t checksum(struct span bytes)
{
	const uint8_t *p = bytes.ptr, *end = p + bytes.len;
	uint64_t crc = 0xffffffff;

	if (!have_instruction())
		return crc32c(0, bytes);
	for (; end - p >= 32; p += 32) {
		crc = crc32c_u64(crc, le64_get(p));
		crc = crc32c_u64(crc, le64_get(p + 8));
		crc = crc32c_u64(crc, le64_get(p + 16));
		crc = crc32c_u64(crc, le64_get(p + 24));
	}
	for (; p < end; p++)
		crc = crc32c_u8((uint32_t)crc, *p);
	return ~(uint32_t)crc;
}
