/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as stage 1 sees it: what there is, and what is not ours to write. All arrays lie in the
 * work area's heap (struct stage1), and the decoder takes that over in stage 2.
 */
#ifndef BOOT_STUB_MEMORY_H
#define BOOT_STUB_MEMORY_H

#include "core/range.h"
#include "core/span.h"
#include "boot/stub/stub.h"

#define MEMORY_RANGES_MAX 1024
#define MEMORY_NAMED_MAX  256

/* Why memory is kept, for bzforge.debug. */
struct named_range {
	struct range range;
	const char *name;
};

struct memory {
	struct range_set ram; /* RAM by the map */
	struct range_set reserved; /* everything else in it */
	struct range_set free; /* RAM less reserved and what must be kept; our image still in it */
	struct range_set limited; /* the same, with mem= and memmap= obeyed */
	struct range_set work; /* for one computation at a time */
	struct range_set kept; /* what the kernel gets mapped besides itself */
	struct named_range named[MEMORY_NAMED_MAX];
	size_t named_count;
	struct range ram_ranges[MEMORY_RANGES_MAX];
	struct range reserved_ranges[MEMORY_RANGES_MAX];
	struct range free_ranges[2 * MEMORY_RANGES_MAX];
	struct range limited_ranges[2 * MEMORY_RANGES_MAX];
	struct range work_ranges[2 * MEMORY_RANGES_MAX];
};

/* kept: the caller's array of KEPT_MAX. */
void memory_init(struct memory *m, struct range *kept);
/*
 * Read boot_params' memory map with its extension in setup_data, and apply the command line's mem=
 * and memmap= to limited. Errors: NO_MEMORY_MAP, BAD_MEMORY_MAP, BAD_SETUP_DATA, NO_SPACE.
 */
enum err memory_read_map(struct memory *m, const struct boot_params *bp, struct span cmdline,
	struct fault *fault) MUST_CHECK;
/* Nothing may be put on r. */
enum err memory_keep(struct memory *m, struct range r, const char *name) MUST_CHECK;
/*
 * Have the kernel find r mapped. More scattered pieces than KEPT_MAX stay unmapped: a kernel maps
 * by itself what boot_params points at, and only the command line is promised to it.
 */
enum err memory_map_later(struct memory *m, struct range r) MUST_CHECK;
/* Keep what boot_params and all that hangs on it need, and have the kernel find it mapped. */
enum err memory_keep_boot_params(struct memory *m, const struct boot_params *bp,
	struct span cmdline, struct fault *fault) MUST_CHECK;
/* Copy from's ranges into m->work, which is then the caller's to change. */
struct range_set *memory_copy(struct memory *m, const struct range_set *from);
/* All of it, under bzforge.debug. */
void memory_print(const struct memory *m);
/* What must be kept but touches r, above the first MiB; NULL if there is nothing. */
const struct named_range *memory_find_kept(const struct memory *m, struct range r);
/* On every console: what keeps wanted from being free. */
void memory_complain(const struct memory *m, struct range wanted);

/* Size of the initrd, its place, in 64 bits. */
struct range boot_params_initrd(const struct boot_params *bp);
uint64_t boot_params_cmdline_pa(const struct boot_params *bp);

#endif /* BOOT_STUB_MEMORY_H */
