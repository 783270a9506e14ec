/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `bzforge kaslr` computes: the stub's view of a machine's memory and of one of our images, and
 * what the stub would do with them. The computing is core's (memory, slots, kaslr), the same code
 * that the stub runs; here it is fed from a file, and every step's effect is noted.
 */
#ifndef HOST_KASLR_MODEL_H
#define HOST_KASLR_MODEL_H

#include "core/slots.h"
#include "host/chi_square.h"
#include "host/kernel.h"
#include "host/map_text.h"

#define KASLR_RANGES_MAX (4 * MEMORY_RANGES_MAX)

/* RAM that no part of the kernel may be put on, and why. */
struct kaslr_avoided {
	struct range range;
	const char *reason;
};

struct kaslr_area {
	struct range range;
	uint64_t first; /* lowest slot */
	uint64_t slots;
	uint64_t before; /* slots in lower areas */
};

struct kaslr_model {
	const char *image_name, *map_name;
	struct span cmdline;
	bool nokaslr;
	uint64_t init_size;
	struct slots_image slots_image;
	struct kaslr_bounds bounds;
	struct memory memory; /* as slots_find left it: candidates in work */
	struct slots_found found;
	struct kaslr_area area[2 * MEMORY_RANGES_MAX];
	size_t area_count;
	uint64_t virtual_count;
	struct kaslr_avoided avoided[KASLR_RANGES_MAX];
	size_t avoided_count;
	size_t avoided_dropped; /* too many to list */
	uint64_t default_pa; /* where it goes without randomisation */
	bool default_free;
};

/* load_pa: where the loader puts the image, unless a trace in map says so. Prints what is wrong. */
enum status kaslr_model_make(const struct kernel *k, const struct map_text *map, uint64_t load_pa,
	struct kaslr_model *ret);

struct kaslr_axis {
	struct chi_square test;
	size_t bins; /* places are counted in so many groups */
	uint64_t lowest, highest; /* drawn; bins 0: none */
};

struct kaslr_simulation {
	uint64_t boots, seed;
	struct kaslr_axis physical, window;
	double correlation, correlation_p; /* of the two */
	uint64_t wrong; /* draws that are no place at all: 0, or something is broken */
};

/* The same seed gives the same boots. Prints what is wrong: memory. */
enum status kaslr_simulate(
	const struct kaslr_model *m, uint64_t boots, uint64_t seed, struct kaslr_simulation *ret);

/* What stands at an address, for pictures; in order of importance. */
enum kaslr_cell {
	CELL_NOTHING, /* no RAM */
	CELL_AVOIDED,
	CELL_TOO_SMALL, /* may be used, but no place fits in */
	CELL_SLOTS, /* part of at least one place */
	CELL_KINDS
};
enum kaslr_cell kaslr_cell_at(const struct kaslr_model *m, struct range cell);

void kaslr_print_text(const struct kaslr_model *m, const struct kaslr_simulation *s);
enum status kaslr_print_json(const struct kaslr_model *m, const struct kaslr_simulation *s);
enum status kaslr_write_svg(const struct kaslr_model *m, const char *path);

#endif /* HOST_KASLR_MODEL_H */
