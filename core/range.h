/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges of physical addresses, and sets of them: sorted, disjoint, never empty, never adjacent
 * (adjacent ones are joined). The caller owns the array; a set never allocates.
 * [start, end): the last byte of the 64-bit address space is therefore never part of a range.
 */
#ifndef CORE_RANGE_H
#define CORE_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/err.h"

struct range {
	uint64_t start;
	uint64_t end; /* first address behind it */
};

struct range_set {
	struct range *r;
	size_t count;
	size_t cap; /* entries that r has room for */
};

/* [start, start + size), cut at the end of the address space instead of wrapping. */
struct range range_make(uint64_t start, uint64_t size);
bool range_empty(struct range r);
bool range_overlap(struct range a, struct range b);
bool range_within(struct range inner, struct range outer);

/* Round v to a multiple of align, a power of two. align_up fails (ERR_OVERFLOW) instead of wrapping. */
uint64_t align_down(uint64_t v, uint64_t align);
enum err align_up(uint64_t v, uint64_t align, uint64_t *ret) MUST_CHECK;

/* Add or take away r. ERR_NO_SPACE, with the set unchanged, when the array is too small. */
enum err range_set_add(struct range_set *s, struct range r) MUST_CHECK;
enum err range_set_remove(struct range_set *s, struct range r) MUST_CHECK;
/* Take away all that is not in allowed. ERR_NO_SPACE: only a part has been taken away. */
enum err range_set_keep_only(struct range_set *s, const struct range_set *allowed) MUST_CHECK;

/*
 * Many at once, in any order: push them, then settle, which sorts and joins in O(n log n). In between
 * the set is only a list. Errors of push: NO_SPACE, even when settled.
 */
enum err range_set_push(struct range_set *s, struct range r) MUST_CHECK;
void range_set_settle(struct range_set *s);

/* Is all of r covered? (An empty r is.) Does any of r touch the set? */
bool range_set_covers(const struct range_set *s, struct range r);
bool range_set_touches(const struct range_set *s, struct range r);
uint64_t range_set_bytes(const struct range_set *s);

/*
 * Where can size bytes, aligned to align, be put inside [min, max)? The highest or the lowest such
 * place. ERR_NO_MEMORY when there is none.
 */
enum err range_set_find_high(const struct range_set *s, uint64_t size, uint64_t align, uint64_t min,
	uint64_t max, uint64_t *ret_start) MUST_CHECK;
enum err range_set_find_low(const struct range_set *s, uint64_t size, uint64_t align, uint64_t min,
	uint64_t max, uint64_t *ret_start) MUST_CHECK;

#endif /* CORE_RANGE_H */
