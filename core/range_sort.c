/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many ranges into a set at once. Firmware lists memory in order, as a rule; a map that is not in
 * order is sorted as a heap, in place, with O(n log n) steps in the worst case. Built for every
 * mode: no recursion, no division.
 */
#include "core/range.h"

/* Let the range at root sink until none of its children starts higher. */
static void sift_down(struct range *r, size_t root, size_t count)
{
	struct range sinking = r[root];
	size_t child;

	while ((child = 2 * root + 1) < count) {
		if (child + 1 < count && r[child + 1].start > r[child].start)
			child++;
		if (r[child].start <= sinking.start)
			break;
		r[root] = r[child];
		root = child;
	}
	r[root] = sinking;
}

static void sort(struct range *r, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sift_down(r, i, count);
	while (count > 1) {
		struct range highest = r[0];

		count--;
		r[0] = r[count];
		r[count] = highest;
		sift_down(r, 0, count);
	}
}

static bool sorted(const struct range *r, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (r[i].start < r[i - 1].start)
			return false;
	}
	return true;
}

void range_set_settle(struct range_set *s)
{
	size_t last = 0;

	if (!s->count)
		return;
	if (!sorted(s->r, s->count))
		sort(s->r, s->count);
	for (size_t i = 1; i < s->count; i++) {
		if (s->r[i].start > s->r[last].end)
			s->r[++last] = s->r[i];
		else if (s->r[i].end > s->r[last].end)
			s->r[last].end = s->r[i].end;
	}
	s->count = last + 1;
}

enum err range_set_push(struct range_set *s, struct range r)
{
	if (range_empty(r))
		return ERR_OK;
	if (s->count == s->cap)
		range_set_settle(s);
	if (s->count == s->cap)
		return ERR_NO_SPACE;
	s->r[s->count++] = r;
	return ERR_OK;
}
