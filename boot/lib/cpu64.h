/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction a wrapper, for 64-bit mode: control registers, MSRs, descriptor tables, random
 * numbers, checksums, block moves. What every mode has is in boot/lib/io.h. [SDM2]
 */
#ifndef BOOT_LIB_CPU64_H
#define BOOT_LIB_CPU64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spec/x86.h"

/* What lgdt, lidt take. */
struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static inline uint64_t cr0_read(void)
{
	uint64_t v;
	__asm__ volatile("movq %%cr0, %0" : "=r"(v));
	return v;
}

static inline void cr0_write(uint64_t v)
{
	__asm__ volatile("movq %0, %%cr0" : : "r"(v) : "memory");
}

/* Maskable interrupts off; returns RFLAGS for interrupts_restore. */
static inline uint64_t interrupts_off(void)
{
	uint64_t flags;
	__asm__ volatile("pushfq; popq %0; cli" : "=r"(flags) : : "memory");
	return flags;
}

static inline void interrupts_restore(uint64_t flags)
{
	if (flags & EFLAGS_IF)
		__asm__ volatile("sti" : : : "memory");
}

static inline uint64_t cr2_read(void)
{
	uint64_t v;
	__asm__ volatile("movq %%cr2, %0" : "=r"(v));
	return v;
}

static inline void cr3_write(uint64_t v)
{
	__asm__ volatile("movq %0, %%cr3" : : "r"(v) : "memory");
}

static inline uint64_t cr4_read(void)
{
	uint64_t v;
	__asm__ volatile("movq %%cr4, %0" : "=r"(v));
	return v;
}

static inline void cr4_write(uint64_t v)
{
	__asm__ volatile("movq %0, %%cr4" : : "r"(v) : "memory");
}

static inline uint64_t msr_read(uint32_t msr)
{
	uint32_t lo, hi;
	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (uint64_t)hi << 32 | lo;
}

static inline void msr_write(uint32_t msr, uint64_t v)
{
	uint32_t lo = (uint32_t)v, hi = (uint32_t)(v >> 32);
	__asm__ volatile("wrmsr" : : "c"(msr), "a"(lo), "d"(hi) : "memory");
}

/* All writes before it are seen before anything behind it. */
static inline void memory_fence(void)
{
	__asm__ volatile("mfence; lfence" : : : "memory");
}

/* The word at %fs:offset. */
static inline uint64_t fs_read64(uint64_t offset)
{
	uint64_t v;
	__asm__ volatile("movq %%fs:(%1), %0" : "=r"(v) : "r"(offset));
	return v;
}

static inline void idt_load(const struct table_register *idtr)
{
	__asm__ volatile("lidt %0" : : "m"(*idtr));
}

static inline void idt_store(struct table_register *ret)
{
	__asm__ volatile("sidt %0" : "=m"(*ret));
}

/* Forget the translation of the page that p points into. */
static inline void tlb_forget(const void *p)
{
	__asm__ volatile("invlpg (%0)" : : "r"(p) : "memory");
}

static inline void task_register_load(uint16_t selector)
{
	__asm__ volatile("ltr %0" : : "r"(selector));
}

static inline void breakpoint(void)
{
	__asm__ volatile("int3");
}

/* x87, MXCSR and, if CR4.OSFXSR is set, XMM registers; aligned to 16. [SDM2 FXSAVE] */
struct fx_area {
	uint8_t bytes[512];
};

static inline void fx_save(struct fx_area *ret)
{
	__asm__ volatile("fxsave64 %0" : "=m"(*ret));
}

static inline void fx_restore(const struct fx_area *area)
{
	__asm__ volatile("fxrstor64 %0" : : "m"(*area));
}

static inline void mxcsr_load(uint32_t v)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(v));
}

/* False: the CPU had no random number ready. */
static inline bool rdrand(uint64_t *ret)
{
	bool ok;
	__asm__ volatile("rdrand %0" : "=r"(*ret), "=@ccc"(ok));
	return ok;
}

static inline bool rdseed(uint64_t *ret)
{
	bool ok;
	__asm__ volatile("rdseed %0" : "=r"(*ret), "=@ccc"(ok));
	return ok;
}

/* One step of CRC-32C over eight bytes or one; needs CPUID.01H:ECX.SSE4_2. No inversions. */
static inline uint64_t crc32c_u64(uint64_t crc, uint64_t v)
{
	__asm__("crc32q %1, %0" : "+r"(crc) : "rm"(v));
	return crc;
}

static inline uint32_t crc32c_u8(uint32_t crc, uint8_t v)
{
	__asm__("crc32b %1, %0" : "+r"(crc) : "rm"(v));
	return crc;
}

static inline void rep_movsb(void *dst, const void *src, size_t n)
{
	__asm__ volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(n) : : "memory");
}

static inline void rep_stosb(void *dst, uint8_t v, size_t n)
{
	__asm__ volatile("rep stosb" : "+D"(dst), "+c"(n) : "a"(v) : "memory");
}

#endif /* BOOT_LIB_CPU64_H */
