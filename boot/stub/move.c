/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See move.h. Stage 1's last act, 64-bit mode.
 *
 *   image_pa                                     work_pa
 *   | head (running) | payload | embedded files | stack, tables in use |
 *
 * The head is copied, and the hand-over to the new work area; neither may fall on what is there.
 * The payload is fetched by stage 2 (stage2.c), which may write over all of it.
 */
#include "boot/stub/move.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "boot/stub/paging.h"
#include "boot/stub/timeline.h"

enum err move_and_enter(struct handover *handover, const struct place_image *image,
	uint64_t image_pa, uint64_t work_pa, struct fault *fault)
{
	const struct place_plan *plan = &handover->plan;
	const struct range in_use = {image_pa, work_pa + image->work_size};
	const struct range to[] = {
		range_make(plan->stub_pa, image->head_size),
		range_make(plan->work_pa, image->work_size),
	};

	if (!plan->moved) {
		/* The memory map lies in the heap, which is the decoder's now. */
		paging_allow_ram(NULL);
		stage2_main(handover);
	}
	for (unsigned int i = 0; i < 2; i++) {
		if (range_overlap(to[i], in_use))
			return fault_set(fault, ERR_NO_MEMORY, "no room to move the stub", image_pa,
				to[i].start);
		enum err err = paging_map(to[i]);

		if (err)
			return err;
	}
	say("moving stub to 0x%lx, payload to 0x%lx", plan->stub_pa, plan->payload_pa);
	handover->vga_position = console_vga_position();
	memcpy(phys_ptr(plan->stub_pa), phys_ptr(image_pa), image->head_size);
	memcpy(phys_ptr(plan->work_pa + WORK_HANDOVER), handover, sizeof(*handover));
	timeline_move(plan->work_pa);
	stub_enter_at(plan->stub_pa, plan->work_pa);
}
