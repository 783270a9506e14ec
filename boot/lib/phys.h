/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place where an integer becomes a pointer. Physical addresses are uint64_t ..._pa
 * everywhere else. In the stub, paging is an identity mapping, so the conversion is a cast; whether
 * the address is mapped, or may be mapped on demand, is boot/stub/paging.h's business. 64-bit mode
 * only.
 */
#ifndef BOOT_LIB_PHYS_H
#define BOOT_LIB_PHYS_H

#include "core/range.h"
#include "core/span.h"

static inline void *phys_ptr(uint64_t pa)
{
	return (void *)(uintptr_t)pa;
}

/* In page 0, which compilers take for a null pointer and a mistake: hide the number from them. */
static inline void *phys_page0_ptr(uint64_t pa)
{
	__asm__("" : "+r"(pa));
	return phys_ptr(pa);
}

static inline uint64_t phys_addr(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static inline struct span phys_span(uint64_t pa, uint64_t len)
{
	return (struct span){phys_ptr(pa), (size_t)len};
}

#endif /* BOOT_LIB_PHYS_H */
