/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as whoever places a kernel sees it: what there is, what is not to be used, and why. The
 * stub fills it from boot_params, `bzforge kaslr` from a file; the same code computes with it.
 *
 *   E820 table    RAM ................ | reserved | RAM ............ | ACPI | RAM |
 *   free          RAM less reserved, less what must be kept: may be written
 *   limited       free, less what mem=, memmap=, crashkernel= and the EFI map say: may be chosen
 *
 * All arrays are in the structure, which in the stub lies in the work area's heap: the decoder takes
 * that over in stage 2.
 */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include "core/efi_map.h"
#include "core/range.h"
#include "core/span.h"

#define MEMORY_RANGES_MAX 1024
#define MEMORY_NAMED_MAX  256
#define MEMORY_NODES_MAX  256 /* ranges of immovable memory */

/* Why memory must be kept as it is. */
#define KEEP_LIST(X)                                   \
	X(FIRST_MIB, "first MiB")                      \
	X(BOOT_PARAMS, "boot_params")                  \
	X(CMDLINE, "command line")                     \
	X(INITRD, "initrd")                            \
	X(SETUP_DATA, "setup_data")                    \
	X(SETUP_INDIRECT, "setup_data, indirect")      \
	X(EFI_MAP, "EFI memory map")                   \
	X(EFI_SYSTEM_TABLE, "EFI system table")        \
	X(EFI_TABLES, "EFI configuration tables")      \
	X(EFI_SEED, "EFI random seed")                 \
	X(ACPI, "ACPI tables")                         \
	X(JOINED_CMDLINE, "joined command line")       \
	X(JOINED_INITRD, "joined initrd")              \
	X(TIMELINE, "timeline")                        \
	X(CRASHKERNEL, "crashkernel=")                 \
	X(IMAGE, "image and work area")                \
	X(OTHER, "kept")

enum keep {
#define KEEP_ENUM(name, text) KEEP_##name,
	KEEP_LIST(KEEP_ENUM)
#undef KEEP_ENUM
	KEEP_COUNT
};

const char *keep_text(enum keep reason);

struct kept_range {
	struct range range;
	enum keep reason;
	bool soft; /* not to be chosen, though it may be written if there is no other way */
};

enum efi_map_state {
	EFI_MAP_NONE,
	EFI_MAP_USED,
	EFI_MAP_BAD, /* damaged: the E820 table alone has to do */
};

struct memory {
	struct range_set ram; /* RAM by the map */
	struct range_set reserved; /* everything else in it */
	struct range_set free; /* RAM less reserved and what must be kept; our image still in it */
	struct range_set limited; /* the part that may be chosen; our image still in it */
	struct range_set mirrored; /* preferred, if there is any */
	struct range_set immovable; /* cannot be unplugged; empty: nobody cares */
	struct range_set work; /* for one computation at a time */
	enum efi_map_state efi;
	uint64_t gib_pages; /* pages of 1 GiB that the kernel wants to find */
	struct kept_range named[MEMORY_NAMED_MAX];
	size_t named_count;
	struct range ram_ranges[MEMORY_RANGES_MAX];
	struct range reserved_ranges[MEMORY_RANGES_MAX];
	struct range mirrored_ranges[MEMORY_RANGES_MAX];
	struct range immovable_ranges[MEMORY_NODES_MAX];
	struct range free_ranges[2 * MEMORY_RANGES_MAX];
	struct range limited_ranges[2 * MEMORY_RANGES_MAX];
	struct range work_ranges[2 * MEMORY_RANGES_MAX];
};

/* Only the sets; the arrays need no values. */
void memory_init(struct memory *m);

struct memory_input {
	const struct efi_map *efi; /* NULL: there is none */
	struct range own; /* what the loader gave us: ours, though EFI calls it taken */
	struct span cmdline;
};

/*
 * ram and reserved are complete: compute free and limited. A damaged EFI map is left out (m->efi,
 * and *fault). Errors: NO_SPACE.
 */
enum err memory_settle(struct memory *m, const struct memory_input *in, struct fault *fault) MUST_CHECK;

/* Nothing may be put on r. Errors: NO_SPACE. */
enum err memory_keep(struct memory *m, struct range r, enum keep reason) MUST_CHECK;
/* Nothing shall be put on r that may as well lie elsewhere. Errors: NO_SPACE. */
enum err memory_shun(struct memory *m, struct range r, enum keep reason) MUST_CHECK;
/* Copy from's ranges into m->work, which is then the caller's to change. */
struct range_set *memory_copy(struct memory *m, const struct range_set *from);
/*
 * The highest pages for size bytes below max that may be chosen and touch none of the count ranges of busy.
 * Errors: NO_MEMORY, NO_SPACE.
 */
enum err memory_find_clear(struct memory *m, const struct range *busy, size_t count, uint64_t size,
	uint64_t max, uint64_t *ret_pa) MUST_CHECK;
/* What must be kept but touches r, from address on; NULL if there is nothing. */
const struct kept_range *memory_find_kept(
	const struct memory *m, struct range r, uint64_t address);

#endif /* CORE_MEMORY_H */
