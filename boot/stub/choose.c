/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See choose.h. Stage 1, 64-bit mode. Which places there are and which one it is, is core/slots'
 * business, which `bzforge kaslr` runs, too; this brings memory and entropy, and says what was done.
 */
#include "boot/stub/choose.h"
#include "boot/lib/cpu64.h"
#include "boot/stub/console.h"
#include "boot/stub/efi_tables.h"
#include "boot/stub/entropy.h"
#include "boot/stub/libc.h"
#include "core/cmdline.h"
#include "core/slots.h"
#include "spec/x86.h"

static enum err image_make(const struct stage1 *s, struct slots_image *ret)
{
	struct slots_image image = {
		.image_pa = s->image_pa,
		.in_use = s->in_use,
		.mem_size = s->image.mem_size,
		.align = s->image.alignment,
		.pref_address = s->image.pref_address,
		.max_pa = slots_max_pa(s->info.xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G,
			cr4_read() & CR4_LA57),
		.movable = s->manifest.flags & MANIFEST_FLAG_MOVABLE,
		.window = s->manifest.flags & MANIFEST_FLAG_VIRTUAL,
	};
	enum err err = place_extent(&s->image, &image.extent);

	if (!err)
		*ret = image;
	return err;
}

static void found_print(const struct stage1 *s, const struct slots_image *image,
	const struct slots_found *found)
{
	struct kaslr_bounds bounds = slots_bounds(image);

	for (size_t i = 0; i < s->memory.work.count; i++) {
		struct range r = s->memory.work.r[i];
		uint64_t first, count = kaslr_slots_in(r, &bounds, &first);

		if (count)
			say_debug("  slots      0x%012lx - 0x%012lx %lu", r.start, r.end, count);
	}
	if (s->memory.efi == EFI_MAP_USED)
		say("memory that EFI calls free%s", found->mirrored ? " and mirrored" : "");
	if (found->immovable)
		say("memory that can be unplugged is left alone");
	if (s->memory.gib_pages)
		say("pages of 1 GiB kept whole: %lu of %lu", found->gib_pages, s->memory.gib_pages);
}

/* No place among what may be chosen: say why, and which memory is left. */
static void none_warn(const struct stage1 *s, const struct slots_image *image, uint64_t stays_pa)
{
	struct kaslr_bounds bounds = slots_bounds(image);
	uint64_t largest = 0;

	for (size_t i = 0; i < s->memory.work.count; i++) {
		struct range r = s->memory.work.r[i];

		r.start = r.start < bounds.min ? bounds.min : r.start;
		r.end = r.end > bounds.max ? bounds.max : r.end;
		if (!range_empty(r) && r.end - r.start > largest)
			largest = r.end - r.start;
	}
	warn("no other place for the kernel's %lu KiB: largest free piece %lu KiB, stays at 0x%lx",
		image->extent / 1024, largest / 1024, stays_pa);
}

static enum err randomise(struct stage1 *s, const struct slots_image *image, struct choice *choice)
{
	struct random_state random;
	struct slots_found found;
	struct slots_choice drawn;
	enum err err = slots_find(&s->memory, image, &found);

	if (err)
		return err;
	entropy_collect(&random, s->bp, efi_tables_read(s->bp, &s->memory).seed);
	err = slots_draw(&s->memory, image, &random, &drawn);
	memset(&random, 0, sizeof(random));
	if (err)
		return err;
	found_print(s, image, &found);
	say("places to choose from: %lu physical, %lu virtual", drawn.physical_count,
		drawn.virtual_count);
	if (drawn.physical_count)
		choice->output_pa = drawn.physical;
	else if (image->movable)
		none_warn(s, image, choice->output_pa);
	if (drawn.virtual_count)
		choice->virtual_delta = drawn.virtual_offset - image->pref_address;
	else if (image->window)
		warn("kernel too large for another virtual address");
	choice->randomised = drawn.physical_count || drawn.virtual_count;
	return ERR_OK;
}

/*
 * Without randomisation: where the boot protocol says. If that is not free, though the loader
 * should have seen to it, the lowest place that may be chosen, or at least written, in case the
 * kernel can be moved; if there is none, the plan will fail and say what is in the way.
 */
static enum err start_find(const struct stage1 *s, const struct slots_image *image,
	uint64_t *ret_pa)
{
	struct kaslr_bounds bounds = slots_bounds(image);
	uint64_t start, other;
	enum err err = place_start(&s->image, s->image_pa, &start);

	if (err)
		return err;
	if (s->image.movable &&
		!range_set_covers(&s->memory.free, range_make(start, bounds.size)) &&
		(!kaslr_slot(&s->memory.limited, &bounds, 0, &other) ||
			!kaslr_slot(&s->memory.free, &bounds, 0, &other))) {
		say("0x%lx is not free", start);
		start = other;
	}
	*ret_pa = start;
	return ERR_OK;
}

enum err choose_place(struct stage1 *s, struct choice *ret)
{
	struct choice choice = {0};
	struct slots_image image;
	enum err err = image_make(s, &image);

	if (!err)
		err = start_find(s, &image, &choice.output_pa);
	if (err)
		return err;
	if (!(s->manifest.flags & (MANIFEST_FLAG_MOVABLE | MANIFEST_FLAG_VIRTUAL)))
		say("not randomised: this kernel runs at one place only");
	else if (cmdline_has(s->cmdline, "nokaslr"))
		say("not randomised: nokaslr");
	else
		err = randomise(s, &image, &choice);
	if (!err)
		*ret = choice;
	return err;
}
