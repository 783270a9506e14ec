/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See memory.h. Runs in the stub and in `bzforge kaslr`. */
#include "core/memory.h"

#include "core/e820.h"
#include "core/memparam.h"
#include "core/memplans.h"
#include "spec/x86.h"

const char *keep_text(enum keep reason)
{
	switch (reason) {
#define KEEP_TEXT(name, text)                                                                      \
	case KEEP_##name:                                                                          \
		return text;
		KEEP_LIST(KEEP_TEXT)
#undef KEEP_TEXT
	case KEEP_COUNT:
		break;
	}
	return "unknown";
}

void memory_init(struct memory *m)
{
	m->ram = (struct range_set){m->ram_ranges, 0, MEMORY_RANGES_MAX};
	m->reserved = (struct range_set){m->reserved_ranges, 0, MEMORY_RANGES_MAX};
	m->mirrored = (struct range_set){m->mirrored_ranges, 0, MEMORY_RANGES_MAX};
	m->immovable = (struct range_set){m->immovable_ranges, 0, MEMORY_NODES_MAX};
	m->free = (struct range_set){m->free_ranges, 0, 2 * MEMORY_RANGES_MAX};
	m->limited = (struct range_set){m->limited_ranges, 0, 2 * MEMORY_RANGES_MAX};
	m->work = (struct range_set){m->work_ranges, 0, 2 * MEMORY_RANGES_MAX};
	m->efi = EFI_MAP_NONE;
	m->gib_pages = 0;
	m->named_count = 0;
}

/* the sets that are copied have arrays of one size */
static void set_copy(struct range_set *to, const struct range_set *from)
{
	for (size_t i = 0; i < from->count; i++)
		to->r[i] = from->r[i];
	to->count = from->count;
}

struct range_set *memory_copy(struct memory *m, const struct range_set *from)
{
	set_copy(&m->work, from);
	return &m->work;
}

/* Leaves in work what the EFI map lets us have. */
static enum err efi_read(struct memory *m, const struct memory_input *in, struct fault *fault)
{
	const struct efi_sets sets = {&m->work, &m->mirrored, &m->free};
	enum err e = efi_map_split(in->efi, memplans_soft_reserve(in->cmdline), &sets, fault);

	if (!e)
		e = efi_map_unaccepted(in->efi, &m->reserved, fault);
	if (e == ERR_BAD_MEMORY_MAP) {
		m->mirrored.count = 0;
		m->efi = EFI_MAP_BAD;
		return ERR_OK;
	}
	m->efi = EFI_MAP_USED;
	return e ? e : range_set_add(&m->work, in->own);
}

static enum err avoid_crashkernel(struct memory *m, struct span cmdline)
{
	struct range r;
	size_t pos = 0;
	enum err e = ERR_OK;

	while (!e && memplans_next_crashkernel(cmdline, &pos, &r))
		e = memory_shun(m, r, KEEP_CRASHKERNEL);
	return e;
}

enum err memory_settle(struct memory *m, const struct memory_input *in, struct fault *fault)
{
	enum err e = in->efi ? efi_read(m, in, fault) : ERR_OK;

	if (!e)
		e = e820_usable(&m->ram, &m->reserved, &m->free);
	if (e)
		return e;
	set_copy(&m->limited, &m->free);
	if (m->efi == EFI_MAP_USED)
		e = range_set_keep_only(&m->limited, &m->work);
	/* exactmap may call RAM what firmware does not: good enough for the kernel, not for its place. */
	set_copy(&m->work, &m->limited);
	if (!e)
		e = memparam_apply(in->cmdline, &m->limited);
	if (!e)
		e = range_set_keep_only(&m->limited, &m->work);
	if (!e)
		e = avoid_crashkernel(m, in->cmdline);
	m->gib_pages = memplans_gib_pages(in->cmdline);
	return e;
}

static void name(struct memory *m, struct range r, enum keep reason, bool soft)
{
	if (m->named_count < MEMORY_NAMED_MAX)
		m->named[m->named_count++] = (struct kept_range){r, reason, soft};
}

enum err memory_keep(struct memory *m, struct range r, enum keep reason)
{
	if (range_empty(r))
		return ERR_OK;
	name(m, r, reason, false);
	enum err e = range_set_remove(&m->free, r);

	return e ? e : range_set_remove(&m->limited, r);
}

enum err memory_shun(struct memory *m, struct range r, enum keep reason)
{
	if (range_empty(r))
		return ERR_OK;
	name(m, r, reason, true);
	return range_set_remove(&m->limited, r);
}

enum err memory_find_clear(struct memory *m, const struct range *busy, size_t count, uint64_t size,
	uint64_t max, uint64_t *ret_pa)
{
	struct range_set *clear = memory_copy(m, &m->limited);

	for (size_t i = 0; i < count; i++) {
		enum err e = range_set_remove(clear, busy[i]);

		if (e)
			return e;
	}
	return range_set_find_high(clear, size, PAGE_4K, 0, max, ret_pa);
}

const struct kept_range *memory_find_kept(
	const struct memory *m, struct range r, uint64_t address)
{
	for (size_t i = 0; i < m->named_count; i++) {
		const struct kept_range *kept = &m->named[i];

		if (!kept->soft && kept->range.end > address && range_overlap(kept->range, r))
			return kept;
	}
	return NULL;
}
