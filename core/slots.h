/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a memory map to a random place for a kernel: which part of memory may be chosen from, and the
 * choice. The stub and `bzforge kaslr` run the very same steps:
 *
 *   limited memory (core/memory.h)
 *   less the image and work area, which are still read
 *   less what can be unplugged, if the kernel shall keep off it (movable_node)
 *   less the lowest whole GiB that it wants as pages (hugepages=)
 *   only what is mirrored, if there is a place in that
 *   -> slots of core/kaslr.h, of which one is drawn uniformly
 */
#ifndef CORE_SLOTS_H
#define CORE_SLOTS_H

#include "core/kaslr.h"
#include "core/memory.h"

struct slots_image {
	uint64_t image_pa; /* where the loader put it */
	struct range in_use; /* the image and its work area */
	uint64_t extent; /* bytes from the place on that decoding and running write */
	uint64_t mem_size; /* bytes of the running kernel */
	uint64_t align;
	uint64_t pref_address;
	uint64_t max_pa; /* what the kernel can reach; slots_max_pa */
	bool movable; /* physically */
	bool window; /* virtually, in the 1 GiB window */
};

/* above_4g: XLF_CAN_BE_LOADED_ABOVE_4G; la57: 5 levels of page tables. */
uint64_t slots_max_pa(bool above_4g, bool la57);
/* From min(512 MiB, load address), never below pref_address, to max_pa. */
struct kaslr_bounds slots_bounds(const struct slots_image *image);

/* What the candidates are. */
struct slots_found {
	uint64_t slots; /* 0: none */
	uint64_t gib_pages; /* so many were kept */
	bool mirrored; /* all of them are in mirrored memory */
	bool immovable; /* memory that can be unplugged was left out */
};

/* Into m->work: the memory to choose from. Errors: NO_SPACE. */
enum err slots_find(struct memory *m, const struct slots_image *image, struct slots_found *ret) MUST_CHECK;

struct slots_choice {
	uint64_t physical; /* valid if physical_count */
	uint64_t physical_count; /* of slots */
	uint64_t virtual_offset; /* into the window, valid if virtual_count */
	uint64_t virtual_count;
};

/* One draw from m->work, as slots_find left it. Errors: those of kaslr_slot, which cannot happen. */
enum err slots_draw(const struct memory *m, const struct slots_image *image,
	struct random_state *random, struct slots_choice *ret) MUST_CHECK;

#endif /* CORE_SLOTS_H */
