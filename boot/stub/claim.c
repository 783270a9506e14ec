/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See claim.h. Stage 1, 64-bit mode, between memory map and plan. */
#include "boot/stub/claim.h"

/* Highest page-aligned place for size bytes below max that is free and touches none of busy. */
static enum err claim(struct memory *memory, const struct range *busy, size_t busy_count,
	uint64_t size, uint64_t max, enum keep reason, uint64_t *ret_pa)
{
	enum err err = memory_find_clear(memory, busy, busy_count, size, max, ret_pa);

	return err ? err : memory_keep(memory, range_make(*ret_pa, size), reason);
}

/* Clear of image and work area, and of that much from the kernel's default place on. */
static enum err claim_beside(struct stage1 *s, uint64_t room, uint64_t size, uint64_t max,
	enum keep reason, uint64_t *ret_pa)
{
	struct range busy[2] = {s->in_use};
	uint64_t start;
	enum err err = place_start(&s->image, s->image_pa, &start);

	if (err)
		return err;
	busy[1] = range_make(start, room);
	return claim(&s->memory, busy, 2, size, max, reason, ret_pa);
}

enum err claim_apart(struct stage1 *s, uint64_t size, uint64_t max, enum keep reason,
	uint64_t *ret_pa)
{
	uint64_t extent;
	enum err err = place_extent(&s->image, &extent);

	if (err)
		return err;
	return claim_beside(s, extent > s->info.init_size ? extent : s->info.init_size, size, max,
		reason, ret_pa);
}

enum err claim_below(struct stage1 *s, uint64_t size, uint64_t max, enum keep reason,
	uint64_t *ret_pa)
{
	uint64_t extent;
	enum err err = place_extent(&s->image, &extent);

	if (!err)
		err = claim_beside(s, extent, size, max, reason, ret_pa);
	return err == ERR_NO_MEMORY ? claim(&s->memory, &s->in_use, 1, size, max, reason, ret_pa) : err;
}
