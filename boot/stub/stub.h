/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the two stages of the stub share. Stage 1 (main.c) runs where the loader put the image: it
 * reads everything that came from outside and decides. Stage 2 (stage2.c) runs where the plan says:
 * it decodes, relocates and jumps. All that passes between them is struct handover, plain values,
 * because the stub's own variables start anew in a copy.
 */
#ifndef BOOT_STUB_STUB_H
#define BOOT_STUB_STUB_H

#include "boot/stub/layout.h"
#include "boot/stub/smp.h"
#include "core/console.h"
#include "core/kaslr.h"
#include "core/range.h"
#include "core/stub_info.h"
#include "spec/bootparam.h"

#define KEPT_MAX 64
#define NORETURN __attribute__((noreturn))

struct handover {
	struct place_plan plan;
	uint64_t manifest_off; /* stub offsets: they hold in the copy, too */
	uint64_t manifest_size;
	uint64_t image_size;
	uint64_t work_size;
	uint64_t image_pa; /* where the loader put it */
	uint64_t boot_params_pa;
	uint64_t virtual_delta; /* new virtual base less that at link time */
	uint64_t timeline_pa; /* a page for the timeline's node, 0: none */
	struct console_params console;
	int32_t panic; /* panic=N */
	bool wipe; /* clear what the stub leaves */
	uint32_t vga_position;
	struct range kept[KEPT_MAX]; /* what the kernel gets mapped besides itself, a sorted set */
	size_t kept_count;
	struct smp_plan smp;
};
_Static_assert(sizeof(struct handover) <= WORK_HANDOVER_SIZE, "struct handover");

/* Entered from entry64.S; none of the three returns. */
void NORETURN stage1_main(uint64_t boot_params_pa, uint64_t stub_pa, uint64_t work_pa,
	uint64_t entered_tsc, bool entered_32);
void NORETURN stage2_enter(uint64_t handover_pa, uint64_t stub_pa, uint64_t work_pa);
void NORETURN stage2_main(struct handover *handover);

/* In head.S and stub.ld: the part of the stub that is still needed when the kernel is entered. */
extern uint8_t stub_start[], head_end[];

/* In entry64.S. */
void NORETURN stub_enter_at(uint64_t stub_pa, uint64_t work_pa);

/*
 * In jump.S: clear these, none of which is the head or page tables in use, add the time to the 64 bits at
 * ticks_pa if that is not 0, and go.
 */
#define JUMP_WIPE_RANGES 3
struct jump_wipe {
	struct range r[JUMP_WIPE_RANGES];
};
void NORETURN kernel_jump(uint64_t entry_pa, uint64_t boot_params_pa, uint64_t cr4,
	const struct jump_wipe *wipe, uint64_t ticks_pa);

#endif /* BOOT_STUB_STUB_H */
