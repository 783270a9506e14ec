/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See wipe.h. Stage 2's last act but one, 64-bit mode. By the plan none of this is anybody else's: the
 * image and stage 1's work area are what the loader gave us (stage 1 has refused to go on where
 * something that must be kept lay there), the rest is free memory by the map.
 *
 * Cleared here, where an exception is still told:
 *
 *   | image as loaded | stage 1's work area |   | payload |   | kernel's memory | tail or content |
 *     ***************************************     *******                         ***************
 *
 * and, when they are gone, the memory of other processors; without what is in use, be it the same memory
 * or, if the stub has moved, another. That follows in kernel_jump, without a stack:
 *
 *   | head | stub, manifest | hand-over, stacks | page tables in use | free tables, heap |
 *            **************   *****************                        *****************
 *   stub_pa head_end          work_pa            + WORK_TABLES
 *
 * What stays is the head, with the GDT that the kernel is entered with and the instructions that clear
 * (jump.S), and the page tables in use.
 */
#include "boot/stub/wipe.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "boot/stub/paging.h"
#include "boot/stub/spread.h"

#define LEFT_MAX 16

/* The work area that stage 1 used: the page behind the image. Of a larger heap it used nothing. */
static enum err stage1_work(const struct handover *handover, struct range *ret)
{
	uint64_t work_pa;
	enum err err = align_up(handover->image_pa + handover->image_size, PLACE_PAGE, &work_pa);

	if (!err)
		*ret = range_make(work_pa, WORK_SIZE);
	return err;
}

static enum err left_find(const struct handover *handover, const struct place_image *image,
	uint64_t mem_size, struct range_set *left)
{
	const struct place_plan *plan = &handover->plan;
	struct range work;
	enum err err = stage1_work(handover, &work);

	if (!err)
		err = range_set_add(left, work);
	if (!err)
		err = range_set_add(left, (struct range){plan->output_pa + mem_size,
						  plan->output_pa + plan->extent});
	if (!err)
		err = range_set_add(left, range_make(handover->image_pa, handover->image_size));
	if (!err)
		err = range_set_add(left, range_make(plan->payload_pa, image->payload_size));
	if (!err)
		err = range_set_remove(left, range_make(plan->output_pa, mem_size));
	if (!err)
		err = range_set_remove(left, range_make(plan->stub_pa, image->head_size));
	return err ? err : range_set_remove(left, range_make(plan->work_pa, image->work_size));
}

static struct jump_wipe rest_find(const struct handover *handover, const struct place_image *image)
{
	const struct place_plan *plan = &handover->plan;

	return (struct jump_wipe){{
		{phys_addr(head_end), plan->stub_pa + image->head_size},
		{plan->work_pa, plan->work_pa + WORK_TABLES},
		{paging_pool_free(), plan->work_pa + image->work_size},
	}};
}

enum err wipe_left(const struct handover *handover, const struct place_image *image, uint64_t mem_size,
	struct crew *crew, struct jump_wipe *ret_rest)
{
	struct range ranges[LEFT_MAX];
	struct range_set left = {ranges, 0, LEFT_MAX};
	struct jump_wipe rest = {0};
	struct range others = smp_memory(&handover->smp);
	uint64_t bytes = others.end - others.start;

	if (!handover->wipe) {
		say("memory is not cleared: bzforge.wipe=off");
		*ret_rest = rest;
		return ERR_OK;
	}
	enum err err = left_find(handover, image, mem_size, &left);

	for (size_t i = 0; i < left.count && !err; i++) {
		err = paging_map(left.r[i]);
		if (!err)
			spread_clear(crew, left.r[i].start, left.r[i].end - left.r[i].start);
	}
	if (err)
		return err;
	rest = rest_find(handover, image);
	for (unsigned int i = 0; i < JUMP_WIPE_RANGES; i++)
		bytes += rest.r[i].end - rest.r[i].start;
	say("clearing 0x%lx bytes of memory", bytes + range_set_bytes(&left));
	*ret_rest = rest;
	return ERR_OK;
}

void wipe_others(const struct handover *handover)
{
	struct range others = smp_memory(&handover->smp);

	if (handover->wipe)
		memset(phys_ptr(others.start), 0, others.end - others.start);
}
