/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See timeline.h. 64-bit mode, any stage of the stub, under UEFI with boot services or behind them; on the
 * boot processor, while no other one stamps.
 */
#include "boot/stub/timeline.h"
#include "boot/lib/phys.h"
#include "boot/lib/setup_stamps.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "boot/stub/stamp.h"
#include "core/setup_data.h"
#include "spec/x86.h"

_Static_assert(sizeof(struct timeline) <= WORK_TIMELINE_SIZE, "struct timeline");
_Static_assert(SETUP_DATA_DATA + TIMELINE_DATA_MAX <= TIMELINE_NODE_SIZE, "the node's page");

/* Setup has no chunks and no other processors. What a loader may have left there is not believed. */
static void setup_stamps_take(struct boot_params *bp, struct timeline *table, uint64_t until)
{
	uint8_t *at = (uint8_t *)bp + SETUP_STAMPS_AT;
	struct setup_stamps stamps;

	memcpy(&stamps, at, sizeof(stamps));
	if (stamps.magic != SETUP_STAMPS_MAGIC)
		return;
	memset(at, 0, sizeof(stamps));
	if (stamps.count > SETUP_STAMPS_MAX || !timeline_in_order(stamps.tsc, stamps.count, until))
		return;
	for (uint32_t i = 0; i < stamps.count; i++)
		timeline_add(table, (uint8_t)(TIMELINE_SETUP + i), 0, TIMELINE_NO_CHUNK, stamps.tsc[i]);
}

void timeline_start(uint64_t work_pa, struct boot_params *bp, enum timeline_stage stage,
	uint64_t entered_tsc)
{
	struct timeline *table = phys_ptr(work_pa + WORK_TIMELINE);

	memset(table, 0, sizeof(*table));
	setup_stamps_take(bp, table, entered_tsc);
	timeline_add(table, (uint8_t)stage, 0, TIMELINE_NO_CHUNK, entered_tsc);
	stamp_into(table);
}

void timeline_move(uint64_t work_pa)
{
	if (stamp_table())
		memcpy(phys_ptr(work_pa + WORK_TIMELINE), stamp_table(), sizeof(struct timeline));
}

void timeline_go_on(uint64_t work_pa)
{
	stamp_into(phys_ptr(work_pa + WORK_TIMELINE));
}

static void record_print(struct timeline_record r)
{
	if (r.chunk == TIMELINE_NO_CHUNK)
		tell("time %13lu  cpu %u  %s", r.ticks, r.cpu, timeline_stage_text(r.stage));
	else
		tell("time %13lu  cpu %u  chunk %u  %s", r.ticks, r.cpu, r.chunk,
			timeline_stage_text(r.stage));
}

void timeline_print(void)
{
	const struct timeline *table = stamp_table();

	if (!table)
		return;
	for (size_t i = 0; i < timeline_count(table); i++)
		record_print(timeline_record_at(table, i));
	if (table->lost)
		tell("time: no room for %u stamps more", table->lost);
	stamp_boot(TIMELINE_PRINTED);
}

uint64_t timeline_hand_over(struct boot_params *bp, uint64_t node_pa)
{
	const struct timeline *table = stamp_table();
	uint8_t *node = phys_ptr(node_pa);

	if (!table || !node_pa)
		return 0;
	stamp_boot(TIMELINE_KERNEL);
	size_t len = timeline_write(table, node + SETUP_DATA_DATA);
	uint8_t *last = node + SETUP_DATA_DATA + len - TIMELINE_RECORD_SIZE;
	uint8_t *ticks = last + TIMELINE_TICKS;

	setup_data_put(node, bp->hdr.setup_data, SETUP_TIMELINE, (uint32_t)len);
	bp->hdr.setup_data = node_pa;
	if (last[TIMELINE_STAGE] != TIMELINE_KERNEL)
		return 0;
	le64_put(ticks, 0 - table->stamp[0].tsc);
	return phys_addr(ticks);
}
