/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 2: decode, relocate, jump. 64-bit mode, interrupts off, everything where the plan in struct
 * handover says. Entered from stage 1 directly, or, when the stub had to make room for the kernel,
 * through entry64.S in a copy of the stub whose variables are as linked.
 */
#include "boot/lib/cpu64.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/die.h"
#include "boot/stub/exception.h"
#include "boot/stub/info.h"
#include "boot/stub/kernel.h"
#include "boot/stub/libc.h"
#include "boot/stub/paging.h"
#include "boot/stub/stamp.h"
#include "boot/stub/timeline.h"
#include "boot/stub/wipe.h"
#include "spec/x86.h"

static void must(enum err err, struct fault *fault)
{
	if (err)
		die(err, fault);
	*fault = (struct fault){0};
}

/* In a copy of the stub: what stage 1's machine_init and options_read did. */
void stage2_enter(uint64_t handover_pa, uint64_t stub_pa, uint64_t work_pa)
{
	struct handover *handover = phys_ptr(handover_pa);
	const struct boot_params *bp = phys_ptr(handover->boot_params_pa);
	struct fault fault = {0};
	struct range screen;

	exception_init(work_pa);
	paging_init(work_pa + WORK_TABLES, work_pa + WORK_TABLES_END);
	must(paging_map(range_make(stub_pa, handover->manifest_off + handover->manifest_size)),
		&fault);
	must(paging_map(range_make(work_pa, handover->work_size)), &fault);
	must(paging_map(range_make(handover->boot_params_pa, BP_SIZE)), &fault);
	paging_activate();
	console_init(&bp->screen_info, handover->vga_position);
	console_configure(&handover->console);
	die_set_panic(handover->panic);
	console_screen_range(&screen.start, &screen.end);
	must(paging_map(screen), &fault);
	if (handover->console.timeline)
		timeline_go_on(work_pa);
	stage2_main(handover);
}

/* From where the loader put it to where the plan wants it: elsewhere, or a bit further up or down.
 */
static void fetch_payload(
	const struct handover *handover, const struct place_image *image, struct fault *fault)
{
	uint64_t from = handover->image_pa + image->payload_off, to = handover->plan.payload_pa;

	must(paging_allow(range_make(to, image->payload_size)), fault);
	if (to == from)
		return;
	must(paging_allow(range_make(from, image->payload_size)), fault);
	memmove(phys_ptr(to), phys_ptr(from), image->payload_size);
}

/* Others come while the payload is fetched and its first chunk decoded. */
static void call_others(struct handover *handover, struct crew *crew, struct smp *smp)
{
	const uint64_t work_pa = handover->plan.work_pa;
	const struct worker boot = {work_pa + WORK_GATE, phys_ptr(work_pa + WORK_HEAP),
		handover->work_size - WORK_HEAP, 0};

	crew_init(crew, &boot);
	enum err err = smp_call(smp, &handover->smp, crew);

	if (err) {
		handover->smp.count = 0;
		say("one processor works: %s", err_text(err));
	}
}

static void decode(const struct manifest *m, const struct place_image *image,
	const struct place_plan *plan, struct crew *crew, struct elf_plan *ret_elf, struct fault *fault)
{
	const struct decode d = {m, image, plan, NULL};

	must(paging_allow(range_make(plan->output_pa, plan->extent)), fault);
	must(kernel_decode(&d, crew, NULL, NULL, ret_elf, fault), fault);
}

/* What the boot protocol promises the kernel to be mapped, besides what is in use here. */
static enum err map_for_kernel(const struct handover *handover, uint64_t mem_size)
{
	enum err err = paging_map(range_make(handover->plan.output_pa, mem_size));

	for (size_t i = 0; i < handover->kept_count && !err; i++)
		err = paging_map(handover->kept[i]);
	/* In that set, too, unless that was full. */
	if (!err && handover->timeline_pa)
		err = paging_map(range_make(handover->timeline_pa, TIMELINE_NODE_SIZE));
	return err ? err : paging_map_page0();
}

void stage2_main(struct handover *handover)
{
	const struct place_plan *plan = &handover->plan;
	struct fault fault = {0};
	struct stub_info info;
	struct manifest manifest;
	struct place_image image;
	struct elf_plan elf;
	struct crew crew; /* crew, smp: others reach them, too */
	struct smp smp;
	struct jump_wipe rest;
	uint64_t entry_pa, ticks_pa;

	stamp_boot(TIMELINE_MOVE);
	must(stub_manifest_read(plan->stub_pa, handover->manifest_off, handover->manifest_size,
		     handover->image_size, &manifest, &fault),
		&fault);
	info = stub_info_read(plan->stub_pa);
	image = place_image_make(&info, &manifest);
	call_others(handover, &crew, &smp);
	fetch_payload(handover, &image, &fault);
	stamp_boot(TIMELINE_PAYLOAD);
	decode(&manifest, &image, plan, &crew, &elf, &fault);
	must(kernel_finish(&crew, &manifest, plan, &elf, handover->virtual_delta, &entry_pa, &fault),
		&fault);
	stamp_boot(TIMELINE_RELOCATED);
	must(map_for_kernel(handover, elf.mem_size), &fault);
	must(wipe_left(handover, &image, elf.mem_size, &crew, &rest), &fault);
	smp_dismiss(&smp);
	wipe_others(handover);
	stamp_boot(TIMELINE_WIPED);
	say("entering the kernel at 0x%lx", entry_pa);
	timeline_print();
	ticks_pa = timeline_hand_over(phys_ptr(handover->boot_params_pa), handover->timeline_pa);
	kernel_jump(entry_pa, handover->boot_params_pa, cr4_read(), &rest, ticks_pa);
}
