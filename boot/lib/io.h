/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction a wrapper. For every boot mode; those that exist in long mode only are marked.
 */
#ifndef BOOT_LIB_IO_H
#define BOOT_LIB_IO_H

#include <stdint.h>

static inline void outb(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t v;
	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline void outl(uint16_t port, uint32_t v)
{
	__asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t v;
	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

/* A write to the POST port takes about a microsecond on real buses. */
static inline void io_delay(void)
{
	outb(0x80, 0);
}

static inline void cpu_pause(void)
{
	__asm__ volatile("pause");
}

static inline void cpu_cli(void)
{
	__asm__ volatile("cli");
}

static inline void cpu_hlt(void)
{
	__asm__ volatile("hlt");
}

static inline void cpuid_count(uint32_t leaf, uint32_t sub, uint32_t ret[4])
{
	__asm__ volatile("cpuid"
		: "=a"(ret[0]), "=b"(ret[1]), "=c"(ret[2]), "=d"(ret[3])
		: "0"(leaf), "2"(sub));
}

static inline uint64_t rdtsc(void)
{
	uint32_t lo, hi;
	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

#endif /* BOOT_LIB_IO_H */
