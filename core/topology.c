/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See madt.h. The lower bits of an APIC ID tell the processors of a package apart. How many bits, and
 * how many processors, tells leaf 0xb [SDM3 9.9.4]; before that, leaf 1 told how many IDs a package
 * takes up.
 */
#include "core/madt.h"

#define LEAF_FEATURES   1
#define FEATURE_HTT     (1u << 28) /* edx: a package has several IDs */
#define LEAF_TOPOLOGY   0xb
#define LEVELS_MAX      8
#define LEVEL_NONE      0

struct package {
	uint32_t count; /* of processors */
	unsigned int shift; /* bits of an ID that tell them apart */
};

/* Levels from threads upwards; the last one is the package. */
static struct package by_levels(cpuid_reader *read)
{
	struct package package = {0, 0};
	uint32_t r[4];

	for (uint32_t level = 0; level < LEVELS_MAX; level++) {
		read(LEAF_TOPOLOGY, level, r);
		if ((r[2] >> 8 & 0xff) == LEVEL_NONE)
			break;
		package = (struct package){r[1] & 0xffff, r[0] & 0x1f};
	}
	return package;
}

static struct package by_features(cpuid_reader *read)
{
	struct package package = {1, 0};
	uint32_t r[4];

	read(LEAF_FEATURES, 0, r);
	if (r[3] & FEATURE_HTT)
		package.count = r[1] >> 16 & 0xff;
	while (package.shift < 8 && 1u << package.shift < package.count)
		package.shift++;
	return package;
}

void topology_processors(cpuid_reader *read, struct apic_ids *ret)
{
	struct package package = {0, 0};
	uint32_t r[4];

	ret->count = 0;
	read(0, 0, r);
	if (r[0] >= LEAF_TOPOLOGY)
		package = by_levels(read);
	if (!package.count && r[0] >= LEAF_FEATURES)
		package = by_features(read);
	uint32_t first = ret->own >> package.shift << package.shift;

	for (uint32_t i = 0; i < package.count && i >> package.shift == 0; i++)
		apic_ids_add(ret, first | i);
}
