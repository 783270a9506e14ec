/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an E820 memory map to the memory that the kernel and the stub may use.
 * Entries come from firmware and loaders in any order, overlapping, of size zero or running over the
 * end of the address space. Where entries overlap, what is not RAM wins.
 */
#ifndef CORE_E820_H
#define CORE_E820_H

#include "core/range.h"
#include "core/span.h"
#include "spec/bootparam.h"

/*
 * Add the entries in table (20 bytes each, little-endian) to ram and to reserved (every other type).
 * Both sets may hold ranges from an earlier call (SETUP_E820_EXT). Errors: BAD_MEMORY_MAP when the
 * table's length is no multiple of 20, NO_SPACE.
 */
enum err e820_split(struct span table, struct range_set *ram, struct range_set *reserved,
	struct fault *fault) MUST_CHECK;

/* ram less reserved, into usable. */
enum err e820_usable(const struct range_set *ram, const struct range_set *reserved,
	struct range_set *usable) MUST_CHECK;

/*
 * Put memory maps of two BIOS calls together when the call 15h AX=E820h is missing: ext_kb is KiB
 * above 1 MiB (88h), or, with ext16_64kb not 0, E801h's pair. Writes entries to ret_table.
 */
enum err e820_from_sizes(uint32_t low_kb, uint32_t ext_kb, uint32_t ext16_64kb,
	struct e820_entry *ret_table, size_t cap, size_t *ret_count) MUST_CHECK;

#endif /* CORE_E820_H */
