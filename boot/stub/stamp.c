/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See stamp.h. 64-bit mode, any stage of the stub, any processor. */
#include "boot/stub/stamp.h"
#include "boot/lib/io.h"

static struct timeline *current;

void stamp_into(struct timeline *table)
{
	current = table;
}

struct timeline *stamp_table(void)
{
	return current;
}

void stamp(enum timeline_stage stage, unsigned int cpu, uint32_t chunk)
{
	if (current)
		timeline_add(current, (uint8_t)stage, (uint8_t)cpu, (uint16_t)chunk, rdtsc());
}

void stamp_boot(enum timeline_stage stage)
{
	stamp(stage, 0, TIMELINE_NO_CHUNK);
}
