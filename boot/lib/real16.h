/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction a wrapper, for code in 16-bit real mode only: memory outside our own segment
 * through %fs and %gs, and the few CPU registers that setup looks at. BIOS calls keep both segment
 * registers; C code does not use them for anything else.
 */
#ifndef BOOT_LIB_REAL16_H
#define BOOT_LIB_REAL16_H

#include <stdint.h>

static inline uint16_t ds_get(void)
{
	uint16_t segment;
	__asm__("movw %%ds, %0" : "=rm"(segment));
	return segment;
}

static inline void fs_set(uint16_t segment)
{
	__asm__ volatile("movw %0, %%fs" : : "rm"(segment));
}

static inline void gs_set(uint16_t segment)
{
	__asm__ volatile("movw %0, %%gs" : : "rm"(segment));
}

static inline uint8_t fs_read8(uint16_t offset)
{
	uint8_t v;
	__asm__ volatile("movb %%fs:(%1), %0" : "=q"(v) : "r"((uint32_t)offset) : "memory");
	return v;
}

static inline uint16_t fs_read16(uint16_t offset)
{
	uint16_t v;
	__asm__ volatile("movw %%fs:(%1), %0" : "=r"(v) : "r"((uint32_t)offset) : "memory");
	return v;
}

static inline uint32_t fs_read32(uint16_t offset)
{
	uint32_t v;
	__asm__ volatile("movl %%fs:(%1), %0" : "=r"(v) : "r"((uint32_t)offset) : "memory");
	return v;
}

static inline void fs_write16(uint16_t offset, uint16_t v)
{
	__asm__ volatile("movw %0, %%fs:(%1)" : : "r"(v), "r"((uint32_t)offset) : "memory");
}

static inline void fs_write32(uint16_t offset, uint32_t v)
{
	__asm__ volatile("movl %0, %%fs:(%1)" : : "r"(v), "r"((uint32_t)offset) : "memory");
}

static inline uint32_t gs_read32(uint16_t offset)
{
	uint32_t v;
	__asm__ volatile("movl %%gs:(%1), %0" : "=r"(v) : "r"((uint32_t)offset) : "memory");
	return v;
}

static inline uint16_t esp_get(void)
{
	uint32_t esp;
	__asm__ volatile("movl %%esp, %0" : "=r"(esp));
	return (uint16_t)esp;
}

/* The flags with mask toggled, as the CPU gives them back; the flags themselves do not change. */
static inline uint32_t eflags_toggled(uint32_t mask)
{
	uint32_t v;
	__asm__ volatile("pushfl; pushfl; xorl %1, (%%esp); popfl; pushfl; popl %0; popfl"
		: "=&r"(v) : "ri"(mask) : "cc", "memory");
	return v;
}

static inline uint32_t eflags_get(void)
{
	uint32_t v;
	__asm__ volatile("pushfl; popl %0" : "=r"(v) : : "memory");
	return v;
}

static inline uint64_t msr_read(uint32_t msr)
{
	uint32_t lo, hi;
	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (uint64_t)hi << 32 | lo;
}

static inline void msr_write(uint32_t msr, uint64_t v)
{
	__asm__ volatile("wrmsr" : : "a"((uint32_t)v), "d"((uint32_t)(v >> 32)), "c"(msr));
}

#endif /* BOOT_LIB_REAL16_H */
