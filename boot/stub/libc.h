/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few functions of a C library that decoder libraries, and the compiler itself, call. 64-bit
 * mode.
 */
#ifndef BOOT_STUB_LIBC_H
#define BOOT_STUB_LIBC_H

#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/*
 * A heap that only grows: libraries allocate once per decoder, and a chunk starts with a new heap. Each
 * processor that decodes has its own, which heap_mine (gate.c) finds.
 */
struct heap {
	uint8_t *next;
	size_t left;
};
struct heap *heap_mine(void);
void heap_init(void *memory, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *p);

void __stack_chk_fail(void) __attribute__((noreturn));

#endif /* BOOT_STUB_LIBC_H */
