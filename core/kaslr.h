/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel address space layout randomisation: which places there are, and which one it is. A slot is an
 * aligned start at which size bytes lie wholly inside one usable range. Slots are counted by ranges,
 * so there is no limit on their number.
 */
#ifndef CORE_KASLR_H
#define CORE_KASLR_H

#include "core/random.h"
#include "core/range.h"

#define KASLR_WINDOW 0x40000000 /* virtual window of the kernel image: 1 GiB [x86/x86_64/mm.rst] */

struct kaslr_bounds {
	uint64_t size; /* bytes the kernel needs, decoding included */
	uint64_t align; /* power of two */
	uint64_t min; /* no slot below */
	uint64_t max; /* no byte at or above; UINT64_MAX for no limit */
};

/* The slots of one range: how many, and, if any, the first one. */
uint64_t kaslr_slots_in(struct range r, const struct kaslr_bounds *bounds, uint64_t *ret_first);
/* Number of slots in usable; slot number index (counted from the lowest address), 0-based. */
uint64_t kaslr_count(const struct range_set *usable, const struct kaslr_bounds *bounds);
enum err kaslr_slot(const struct range_set *usable, const struct kaslr_bounds *bounds, uint64_t index,
	uint64_t *ret_pa) MUST_CHECK;

/* A uniformly chosen slot. ERR_NO_MEMORY when there is none. */
enum err kaslr_pick(const struct range_set *usable, const struct kaslr_bounds *bounds,
	struct random_state *random, uint64_t *ret_pa, uint64_t *ret_slots) MUST_CHECK;

/*
 * Virtual places: offsets into the 1 GiB window from min_offset (pref_address: the link address is
 * window base + pref_address) on, so that size bytes fit. ERR_NO_MEMORY when size is too large.
 */
enum err kaslr_pick_virtual(uint64_t size, uint64_t align, uint64_t min_offset,
	struct random_state *random, uint64_t *ret_offset, uint64_t *ret_slots) MUST_CHECK;

#endif /* CORE_KASLR_H */
