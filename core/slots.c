/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See slots.h. Runs in the stub and in `bzforge kaslr`. */
#include "core/slots.h"

#include "core/memplans.h"

#define MIN_CEILING     0x20000000ull /* 512 MiB: a loader that put us higher may be kept up there */
#define FOUR_GIB        0x100000000ull
#define MAX_PA_4_LEVELS (1ull << 46) /* direct map: 64 TiB [x86/x86_64/mm.rst] */
#define MAX_PA_5_LEVELS (1ull << 52)

uint64_t slots_max_pa(bool above_4g, bool la57)
{
	if (!above_4g)
		return FOUR_GIB;
	return la57 ? MAX_PA_5_LEVELS : MAX_PA_4_LEVELS;
}

struct kaslr_bounds slots_bounds(const struct slots_image *image)
{
	uint64_t low = image->image_pa < MIN_CEILING ? image->image_pa : MIN_CEILING;

	return (struct kaslr_bounds){
		.size = image->extent,
		.align = image->align,
		.min = low > image->pref_address ? low : image->pref_address,
		.max = image->max_pa,
	};
}

/* Is there a slot in what of the candidates is mirrored? */
static uint64_t count_mirrored(const struct memory *m, const struct kaslr_bounds *bounds)
{
	uint64_t count = 0, first;

	for (size_t i = 0, j = 0; i < m->work.count && j < m->mirrored.count;) {
		struct range a = m->work.r[i], b = m->mirrored.r[j];
		struct range both = {a.start > b.start ? a.start : b.start,
			a.end < b.end ? a.end : b.end};

		if (!range_empty(both))
			count += kaslr_slots_in(both, bounds, &first);
		if (a.end < b.end)
			i++;
		else
			j++;
	}
	return count;
}

enum err slots_find(struct memory *m, const struct slots_image *image, struct slots_found *ret)
{
	struct kaslr_bounds bounds = slots_bounds(image);
	struct range_set *candidates = memory_copy(m, &m->limited);
	struct slots_found found = {.immovable = m->immovable.count > 0};
	enum err e = range_set_remove(candidates, image->in_use);

	if (!e && found.immovable)
		e = range_set_keep_only(candidates, &m->immovable);
	if (!e && m->gib_pages)
		e = memplans_keep_gib_pages(candidates, m->gib_pages, &found.gib_pages);
	if (!e && count_mirrored(m, &bounds)) {
		e = range_set_keep_only(candidates, &m->mirrored);
		found.mirrored = true;
	}
	if (e)
		return e;
	found.slots = image->movable ? kaslr_count(candidates, &bounds) : 0;
	*ret = found;
	return ERR_OK;
}

enum err slots_draw(const struct memory *m, const struct slots_image *image,
	struct random_state *random, struct slots_choice *ret)
{
	struct kaslr_bounds bounds = slots_bounds(image);
	struct slots_choice choice = {0};
	enum err e = ERR_OK;

	if (image->movable)
		e = kaslr_pick(&m->work, &bounds, random, &choice.physical, &choice.physical_count);
	if (e && e != ERR_NO_MEMORY)
		return e;
	e = ERR_OK;
	if (image->window)
		e = kaslr_pick_virtual(image->mem_size, image->align, image->pref_address, random,
			&choice.virtual_offset, &choice.virtual_count);
	if (e && e != ERR_NO_MEMORY)
		return e;
	*ret = choice;
	return ERR_OK;
}
