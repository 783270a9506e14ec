/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See choose.h. Stage 1, 64-bit mode. Which places there are and which one it is, is core/kaslr's
 * business; this brings the bounds and the entropy.
 *
 *   physical  from min(512 MiB, load address), never below pref_address, to the end of what the kernel
 *             can map; our own image and work area stay out, so that nothing need be moved
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

#define MIN_CEILING      0x20000000 /* 512 MiB [kernel-parameters.txt nokaslr; Linux's own rule] */
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
static enum err bounds_make(const struct place_image *image, const struct stub_info *info,
	uint64_t image_pa, struct kaslr_bounds *ret)
{
	uint64_t low = image_pa < MIN_CEILING ? image_pa : MIN_CEILING;
	struct kaslr_bounds bounds = {
		.align = image->alignment,
		.min = low > image->pref_address ? low : image->pref_address,
		.max = max_pa(info),
	};
	enum err err = place_extent(image, &bounds.size);

	if (!err)
		*ret = bounds;
	return err;
}

static enum err pick_physical(const struct place_image *image, const struct stub_info *info,
	uint64_t image_pa, struct range work, struct memory *memory, struct random_state *random,
	uint64_t *ret_pa, uint64_t *ret_slots)
{
	struct range_set *candidates = memory_copy(memory, &memory->limited);
	struct kaslr_bounds bounds;
	enum err err = bounds_make(image, info, image_pa, &bounds);

	if (!err)
		err = range_set_remove(candidates, (struct range){image_pa, work.end});
	if (!err)
		err = kaslr_pick(candidates, &bounds, random, ret_pa, ret_slots);
	return err;
}

static enum err randomise(const struct place_image *image, const struct manifest *m,
	const struct stub_info *info, uint64_t image_pa, struct range work, const struct boot_params *bp,
	struct memory *memory, struct choice *choice)
{
	struct random_state random;
	uint64_t slots = 0, places = 0, offset;
	enum err err = ERR_OK;

	entropy_collect(&random, bp);
	if (m->flags & MANIFEST_FLAG_MOVABLE) {
		err = pick_physical(image, info, image_pa, work, memory, &random, &choice->output_pa, &slots);
		if (err == ERR_NO_MEMORY)
			warn("no place to choose in %lu KiB of free memory: not moved",
				range_set_bytes(&memory->limited) / 1024);
		else if (err)
			return err;
		else
			choice->randomised = true;
	}
	if (m->flags & MANIFEST_FLAG_VIRTUAL) {
		err = kaslr_pick_virtual(m->mem_size, image->alignment, image->pref_address, &random, &offset,
			&places);
		if (err == ERR_NO_MEMORY) {
			warn("kernel too large for another virtual address");
		} else if (err) {
			return err;
		} else {
			choice->virtual_delta = offset - image->pref_address;
			choice->randomised = true;
		}
	}
	memset(&random, 0, sizeof(random));
	say("places to choose from: %lu physical, %lu virtual", slots, places);
	return ERR_OK;
}

/*
 * Without randomisation: where the boot protocol says. If that is not free, though the loader should
 * have seen to it, the lowest place that is, in case the kernel can be moved; if there is none, the
 * plan will fail and say what is in the way.
 */
static enum err start_find(const struct place_image *image, const struct stub_info *info,
	uint64_t image_pa, const struct memory *memory, uint64_t *ret_pa)
{
	struct kaslr_bounds bounds;
	uint64_t start, other;
	enum err err = place_start(image, image_pa, &start);

	if (!err)
		err = bounds_make(image, info, image_pa, &bounds);
	if (err)
		return err;
	if (image->movable && !range_set_covers(&memory->free, range_make(start, bounds.size)) &&
		!kaslr_slot(&memory->free, &bounds, 0, &other)) {
		say("0x%lx is not free", start);
		start = other;
	}
	*ret_pa = start;
	return ERR_OK;
}

enum err choose_place(const struct place_image *image, const struct manifest *m,
	const struct stub_info *info, uint64_t image_pa, struct range work, const struct boot_params *bp,
	struct span cmdline, struct memory *memory, struct choice *ret)
{
	struct choice choice = {0};
	enum err err = start_find(image, info, image_pa, memory, &choice.output_pa);

	if (err)
		return err;
	if (!(m->flags & (MANIFEST_FLAG_MOVABLE | MANIFEST_FLAG_VIRTUAL)))
		say("not randomised: this kernel runs at one place only");
	else if (cmdline_has(cmdline, "nokaslr"))
		say("not randomised: nokaslr");
	else
		err = randomise(image, m, info, image_pa, work, bp, memory, &choice);
	if (err)
		return err;
	*ret = choice;
	return ERR_OK;
}
