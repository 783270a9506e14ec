/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stub's timeline, of either way of booting: a table in the work area that exists only under
 * bzforge.debug. Without it a stamp (stamp.h) is a look at one variable, and nothing is handed over.
 */
#ifndef BOOT_STUB_TIMELINE_H
#define BOOT_STUB_TIMELINE_H

#include "boot/stub/stub.h"
#include "core/timeline.h"

#define TIMELINE_NODE_SIZE PAGE_4K /* the node, with a page of its own */

/*
 * The options ask for it: make a table, with what setup has left in boot_params, which is cleared there,
 * and with stage at the time entered_tsc.
 */
void timeline_start(uint64_t work_pa, struct boot_params *bp, enum timeline_stage stage,
	uint64_t entered_tsc);
/* The stub goes on in a copy of itself: the table to its work area; there, go on with it. */
void timeline_move(uint64_t work_pa);
void timeline_go_on(uint64_t work_pa);

/* The table to the consoles, and the time that this took. */
void timeline_print(void);

/*
 * Make the setup_data node in the page at node_pa, which is mapped (0: there is none), and put it in front
 * of the list of bp, with TIMELINE_KERNEL last. Returns where its ticks stand, to which kernel_jump adds the
 * time of the jump; 0 if there is nothing to be added.
 */
uint64_t timeline_hand_over(struct boot_params *bp, uint64_t node_pa);

#endif /* BOOT_STUB_TIMELINE_H */
