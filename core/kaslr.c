/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address randomisation: counting and choosing slots. Runs in the stub, which brings memory and
 * entropy, and in `bzforge kaslr`.
 *
 *   range     |..........................|
 *   slots         0   1   2   3              aligned starts, the last one with size bytes behind it
 */
#include "core/kaslr.h"

uint64_t kaslr_slots_in(struct range r, const struct kaslr_bounds *b, uint64_t *ret_first)
{
	uint64_t first;

	if (r.start < b->min)
		r.start = b->min;
	if (r.end > b->max)
		r.end = b->max;
	if (!b->size || !b->align || b->align & (b->align - 1))
		return 0;
	if (align_up(r.start, b->align, &first) || first >= r.end || r.end - first < b->size)
		return 0;
	*ret_first = first;
	return ((r.end - first - b->size) >> __builtin_ctzll(b->align)) + 1;
}

uint64_t kaslr_count(const struct range_set *usable, const struct kaslr_bounds *bounds)
{
	uint64_t first, count = 0;

	/* Disjoint ranges hold less than 2^64 bytes, and a slot takes at least one: no overflow. */
	for (size_t i = 0; i < usable->count; i++)
		count += kaslr_slots_in(usable->r[i], bounds, &first);
	return count;
}

enum err kaslr_slot(const struct range_set *usable, const struct kaslr_bounds *bounds,
	uint64_t index, uint64_t *ret_pa)
{
	for (size_t i = 0; i < usable->count; i++) {
		uint64_t first = 0;
		uint64_t count = kaslr_slots_in(usable->r[i], bounds, &first);

		if (index < count) {
			*ret_pa = first + index * bounds->align;
			return ERR_OK;
		}
		index -= count;
	}
	return ERR_NO_MEMORY;
}

enum err kaslr_pick(const struct range_set *usable, const struct kaslr_bounds *bounds,
	struct random_state *random, uint64_t *ret_pa, uint64_t *ret_slots)
{
	uint64_t slots = kaslr_count(usable, bounds);
	uint64_t pa;
	enum err e;

	if (!slots)
		return ERR_NO_MEMORY;
	e = kaslr_slot(usable, bounds, random_below(random, slots), &pa);
	if (e)
		return e;
	*ret_pa = pa;
	*ret_slots = slots;
	return ERR_OK;
}

enum err kaslr_pick_virtual(uint64_t size, uint64_t align, uint64_t min_offset,
	struct random_state *random, uint64_t *ret_offset, uint64_t *ret_slots)
{
	struct range window = {0, KASLR_WINDOW};
	struct range_set set = {&window, 1, 1};
	struct kaslr_bounds bounds = {size, align, min_offset, KASLR_WINDOW};

	return kaslr_pick(&set, &bounds, random, ret_offset, ret_slots);
}
