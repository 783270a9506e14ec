/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See libc.h. The movers: up to 32 bytes in two or four moves that may overlap, which costs no
 * loop; up to REP_MIN in steps of 8; beyond that `rep movsb`, which the CPU runs in whole cache
 * lines (its start costs some 30 cycles). All loads of a small move come before its stores, so that
 * overlap does no harm. No vector registers: an exception's handler copies, too, in the middle of a
 * decoder that has something in them.
 */
#include "boot/stub/libc.h"
#include "boot/lib/cpu64.h"
#include "boot/stub/gate.h"

#define REP_MIN 256

static uint64_t load64(const uint8_t *p)
{
	uint64_t v;
	__builtin_memcpy(&v, p, 8);
	return v;
}

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;
	__builtin_memcpy(&v, p, 4);
	return v;
}

static void store64(uint8_t *p, uint64_t v)
{
	__builtin_memcpy(p, &v, 8);
}

static void store32(uint8_t *p, uint32_t v)
{
	__builtin_memcpy(p, &v, 4);
}

/* At most 16 bytes; safe if d and s overlap. Decoders mostly copy as much as this, hence inline. */
static inline __attribute__((always_inline)) void move_small(uint8_t *d, const uint8_t *s, size_t n)
{
	if (n >= 8) {
		uint64_t first = load64(s), last = load64(s + n - 8);

		store64(d, first);
		store64(d + n - 8, last);
	} else if (n >= 4) {
		uint32_t first = load32(s), last = load32(s + n - 4);

		store32(d, first);
		store32(d + n - 4, last);
	} else if (n > 0) {
		uint8_t first = s[0], middle = s[n / 2], last = s[n - 1];

		d[0] = first;
		d[n / 2] = middle;
		d[n - 1] = last;
	}
}

/* From the first byte to the last: right when d is below s or they do not overlap. */
static inline __attribute__((always_inline)) void move_up(uint8_t *d, const uint8_t *s, size_t n)
{
	if (n <= 16) {
		move_small(d, s, n);
		return;
	}
	if (n <= 32) {
		uint64_t a = load64(s), b = load64(s + 8);
		uint64_t y = load64(s + n - 16), z = load64(s + n - 8);

		store64(d, a);
		store64(d + 8, b);
		store64(d + n - 16, y);
		store64(d + n - 8, z);
		return;
	}
	if (n >= REP_MIN) {
		rep_movsb(d, s, n);
		return;
	}
	uint64_t last = load64(s + n - 8);
	uint8_t *end = d + n - 8;

	for (; d < end; d += 8, s += 8)
		store64(d, load64(s));
	store64(end, last);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	move_up(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	/* d at least n above s or, as the difference has no sign, anywhere below it */
	if ((uintptr_t)d - (uintptr_t)s >= n) {
		move_up(d, s, n);
		return dst;
	}
	if (d == s)
		return dst;
	for (; n >= 16; n -= 8)
		store64(d + n - 8, load64(s + n - 8));
	move_small(d, s, n);
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	uint8_t *d = dst;
	uint64_t v = (uint8_t)c * 0x0101010101010101;

	if (n >= REP_MIN || n < 8) {
		rep_stosb(d, (uint8_t)c, n);
		return dst;
	}
	for (size_t i = 0; i < n - 8; i += 8)
		store64(d + i, v);
	store64(d + n - 8, v);
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (size_t i = 0; i < n; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

void heap_init(void *memory, size_t size)
{
	*heap_mine() = (struct heap){memory, size};
}

void *malloc(size_t size)
{
	struct heap *heap = heap_mine();

	if (size > heap->left)
		return NULL;
	size_t rounded = (size + 63) & ~(size_t)63;
	void *p = heap->next;

	rounded = rounded < size || rounded > heap->left ? heap->left : rounded;
	heap->next += rounded;
	heap->left -= rounded;
	return p;
}

void *calloc(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	void *p = malloc(bytes);

	return p ? memset(p, 0, bytes) : NULL;
}

void free(void *p)
{
	(void)p;
}

/* The canary at %fs:0x28 that a library put on its stack is no longer there. */
void __stack_chk_fail(void)
{
	gate_leave(ERR_STACK);
}
