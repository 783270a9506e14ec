/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for libraries that allocate: taken from a job's workspace, front to back, and never given
 * back. A chunk's decoder allocates a handful of times, so nothing is lost by that.
 */
#ifndef CODEC_ARENA_H
#define CODEC_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define ARENA_ALIGN 64 /* a cache line; also what codec_job.workspace is aligned to */

struct arena {
	uint8_t *next;
	size_t left;
};

static inline size_t arena_round(size_t size)
{
	return (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

/* memory is aligned to ARENA_ALIGN. */
static inline struct arena arena_make(void *memory, size_t size)
{
	return (struct arena){memory, size & ~(size_t)(ARENA_ALIGN - 1)};
}

/* NULL if there is too little left. */
static inline void *arena_take(struct arena *a, size_t size)
{
	void *memory = a->next;

	if (size > a->left)
		return NULL;
	/* left is a multiple of ARENA_ALIGN, and at least size */
	a->next += arena_round(size);
	a->left -= arena_round(size);
	return memory;
}

#endif /* CODEC_ARENA_H */
