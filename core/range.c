/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges of addresses and sets of them (see range.h for what a set promises). Built for every mode,
 * 16-bit setup included: no division, no call into a library.
 *
 * A map from firmware is pushed and settled: O(n log n) in whatever order it comes. Single changes
 * afterwards are found by bisection; what lies behind them moves up.
 */
#include "core/range.h"

struct range range_make(uint64_t start, uint64_t size)
{
	uint64_t room = UINT64_MAX - start;

	return (struct range){start, start + (size < room ? size : room)};
}

bool range_empty(struct range r)
{
	return r.start >= r.end;
}

bool range_overlap(struct range a, struct range b)
{
	return !range_empty(a) && !range_empty(b) && a.start < b.end && b.start < a.end;
}

bool range_within(struct range inner, struct range outer)
{
	return range_empty(inner) || (outer.start <= inner.start && inner.end <= outer.end);
}

uint64_t align_down(uint64_t v, uint64_t align)
{
	return v & ~(align - 1);
}

enum err align_up(uint64_t v, uint64_t align, uint64_t *ret)
{
	uint64_t rest = align - 1;

	if (v > UINT64_MAX - rest)
		return ERR_OVERFLOW;
	*ret = (v + rest) & ~rest;
	return ERR_OK;
}

/* Replace entries [from, to) by the count entries at with. */
static enum err splice(
	struct range_set *s, size_t from, size_t to, const struct range *with, size_t count)
{
	size_t tail = s->count - to;
	size_t moved_to = from + count;

	if (moved_to > s->cap || tail > s->cap - moved_to)
		return ERR_NO_SPACE;
	if (moved_to < to) {
		for (size_t i = 0; i < tail; i++)
			s->r[moved_to + i] = s->r[to + i];
	} else if (moved_to > to) {
		for (size_t i = tail; i-- > 0;)
			s->r[moved_to + i] = s->r[to + i];
	}
	for (size_t i = 0; i < count; i++)
		s->r[from + i] = with[i];
	s->count = moved_to + tail;
	return ERR_OK;
}

/* Index of the first range that ends at or above v. */
static size_t first_ending(const struct range_set *s, uint64_t v)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->r[middle].end < v)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum err range_set_add(struct range_set *s, struct range r)
{
	size_t from = first_ending(s, r.start), to;

	if (range_empty(r))
		return ERR_OK;
	/* [from, to) overlap r or are adjacent to it: they become one with it. */
	for (to = from; to < s->count && s->r[to].start <= r.end; to++) {
		if (s->r[to].start < r.start)
			r.start = s->r[to].start;
		if (s->r[to].end > r.end)
			r.end = s->r[to].end;
	}
	return splice(s, from, to, &r, 1);
}

enum err range_set_remove(struct range_set *s, struct range r)
{
	struct range rest[2];
	size_t count = 0, from = first_ending(s, r.start), to;

	if (range_empty(r))
		return ERR_OK;
	if (from < s->count && s->r[from].end == r.start)
		from++;
	for (to = from; to < s->count && s->r[to].start < r.end; to++) {
		/* Only the first can begin in front of r, only the last can end behind it. */
		if (s->r[to].start < r.start)
			rest[count++] = (struct range){s->r[to].start, r.start};
		if (s->r[to].end > r.end)
			rest[count++] = (struct range){r.end, s->r[to].end};
	}
	return splice(s, from, to, rest, count);
}

enum err range_set_keep_only(struct range_set *s, const struct range_set *allowed)
{
	uint64_t at = 0;
	enum err e;

	/* From below, so that little lies behind a gap that is cut. */
	for (size_t i = 0; i < allowed->count; i++) {
		e = range_set_remove(s, (struct range){at, allowed->r[i].start});
		if (e)
			return e;
		at = allowed->r[i].end;
	}
	return range_set_remove(s, (struct range){at, UINT64_MAX});
}

bool range_set_covers(const struct range_set *s, struct range r)
{
	if (range_empty(r))
		return true;
	/* Adjacent ranges are joined, so one entry alone must hold all of r. */
	for (size_t i = 0; i < s->count; i++) {
		if (range_within(r, s->r[i]))
			return true;
	}
	return false;
}

bool range_set_touches(const struct range_set *s, struct range r)
{
	for (size_t i = 0; i < s->count; i++) {
		if (range_overlap(r, s->r[i]))
			return true;
	}
	return false;
}

uint64_t range_set_bytes(const struct range_set *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->count; i++)
		sum += s->r[i].end - s->r[i].start;
	return sum;
}

/* What of r lies in [min, max); false if size bytes do not fit into it. */
static bool clip(struct range r, uint64_t size, uint64_t min, uint64_t max, struct range *ret)
{
	if (r.start < min)
		r.start = min;
	if (r.end > max)
		r.end = max;
	if (r.start > r.end || r.end - r.start < size)
		return false;
	*ret = r;
	return true;
}

enum err range_set_find_high(const struct range_set *s, uint64_t size, uint64_t align, uint64_t min,
	uint64_t max, uint64_t *ret_start)
{
	struct range r;

	for (size_t i = s->count; i-- > 0;) {
		uint64_t start;

		if (!clip(s->r[i], size, min, max, &r))
			continue;
		start = align_down(r.end - size, align);
		if (start >= r.start) {
			*ret_start = start;
			return ERR_OK;
		}
	}
	return ERR_NO_MEMORY;
}

enum err range_set_find_low(const struct range_set *s, uint64_t size, uint64_t align, uint64_t min,
	uint64_t max, uint64_t *ret_start)
{
	struct range r;

	for (size_t i = 0; i < s->count; i++) {
		uint64_t start;

		if (!clip(s->r[i], size, min, max, &r) || align_up(r.start, align, &start))
			continue;
		if (start <= r.end - size) {
			*ret_start = start;
			return ERR_OK;
		}
	}
	return ERR_NO_MEMORY;
}
