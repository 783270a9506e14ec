/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See choose.h. Stage 1, 64-bit mode. Which places there are and which one it is, is core/kaslr's
 * business; this brings the bounds and the entropy.
 *
 *   physical  from min(512 MiB, load address), never below pref_address, to the end of what the
 *             kernel can map; our own image and work area stay out, so that nothing need be moved
 *   virtual   anywhere in the 1 GiB window of kernel images, above the link address
 */
#include "boot/stub/choose.h"
#include "boot/lib/cpu64.h"
#include "boot/stub/console.h"
#include "boot/stub/entropy.h"
#include "boot/stub/libc.h"
#include "core/cmdline.h"
#include "core/kaslr.h"
#include "spec/x86.h"

#define MIN_CEILING      0x20000000 /* 512 MiB: a loader that put us higher may be kept up there */
#define FOUR_GIB         0x100000000
#define MAX_PA_4_LEVELS  (1ull << 46) /* direct map: 64 TiB [x86/x86_64/mm.rst] */
#define MAX_PA_5_LEVELS  (1ull << 52)

static uint64_t max_pa(const struct stub_info *info)
{
	if (!(info->xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G))
		return FOUR_GIB;
	return cr4_read() & CR4_LA57 ? MAX_PA_5_LEVELS : MAX_PA_4_LEVELS;
}

/* Everywhere that the kernel may be put, by the rules above. */
static enum err bounds_make(const struct stage1 *s, struct kaslr_bounds *ret)
{
	uint64_t low = s->image_pa < MIN_CEILING ? s->image_pa : MIN_CEILING;
	struct kaslr_bounds bounds = {
		.align = s->image.alignment,
		.min = low > s->image.pref_address ? low : s->image.pref_address,
		.max = max_pa(&s->info),
	};
	enum err err = place_extent(&s->image, &bounds.size);

	if (!err)
		*ret = bounds;
	return err;
}

static enum err pick_physical(struct stage1 *s, struct random_state *random, uint64_t *ret_slots,
	struct choice *choice)
{
	struct range_set *candidates = memory_copy(&s->memory, &s->memory.limited);
	struct kaslr_bounds bounds;
	enum err err = bounds_make(s, &bounds);

	if (!err)
		err = range_set_remove(candidates, s->in_use);
	if (err)
		return err;
	err = kaslr_pick(candidates, &bounds, random, &choice->output_pa, ret_slots);
	if (!err)
		choice->randomised = true;
	if (err != ERR_NO_MEMORY)
		return err;
	warn("no place to choose in %lu KiB of free memory: not moved",
		range_set_bytes(&s->memory.limited) / 1024);
	return ERR_OK;
}

static enum err pick_virtual(const struct stage1 *s, struct random_state *random,
	uint64_t *ret_places, struct choice *choice)
{
	uint64_t offset, link = s->image.pref_address;
	enum err err = kaslr_pick_virtual(s->image.mem_size, s->image.alignment, link, random,
		&offset, ret_places);

	if (err == ERR_NO_MEMORY) {
		warn("kernel too large for another virtual address");
		return ERR_OK;
	}
	if (err)
		return err;
	choice->virtual_delta = offset - link;
	choice->randomised = true;
	return ERR_OK;
}

static enum err randomise(struct stage1 *s, struct choice *choice)
{
	struct random_state random;
	uint64_t slots = 0, places = 0;
	enum err err = ERR_OK;

	entropy_collect(&random, s->bp);
	if (s->manifest.flags & MANIFEST_FLAG_MOVABLE)
		err = pick_physical(s, &random, &slots, choice);
	if (!err && (s->manifest.flags & MANIFEST_FLAG_VIRTUAL))
		err = pick_virtual(s, &random, &places, choice);
	memset(&random, 0, sizeof(random));
	say("places to choose from: %lu physical, %lu virtual", slots, places);
	return err;
}

/*
 * Without randomisation: where the boot protocol says. If that is not free, though the loader
 * should have seen to it, the lowest place that is, in case the kernel can be moved; if there is
 * none, the plan will fail and say what is in the way.
 */
static enum err start_find(const struct stage1 *s, uint64_t *ret_pa)
{
	struct kaslr_bounds bounds;
	uint64_t start, other;
	enum err err = place_start(&s->image, s->image_pa, &start);

	if (!err)
		err = bounds_make(s, &bounds);
	if (err)
		return err;
	if (s->image.movable &&
		!range_set_covers(&s->memory.free, range_make(start, bounds.size)) &&
		!kaslr_slot(&s->memory.free, &bounds, 0, &other)) {
		say("0x%lx is not free", start);
		start = other;
	}
	*ret_pa = start;
	return ERR_OK;
}

enum err choose_place(struct stage1 *s, struct choice *ret)
{
	struct choice choice = {0};
	enum err err = start_find(s, &choice.output_pa);

	if (err)
		return err;
	if (!(s->manifest.flags & (MANIFEST_FLAG_MOVABLE | MANIFEST_FLAG_VIRTUAL)))
		say("not randomised: this kernel runs at one place only");
	else if (cmdline_has(s->cmdline, "nokaslr"))
		say("not randomised: nokaslr");
	else
		err = randomise(s, &choice);
	if (!err)
		*ret = choice;
	return err;
}
