/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1: where the loader put the image. Entered from entry64.S in 64-bit mode on the main stack
 * in the work area, with interrupts off and the caller's page tables, which map the image, its
 * init_size bytes, boot_params and the command line. Reads everything that came from outside,
 * decides where everything goes, proves the plan, and hands over to stage 2. Only here, in stage2.c
 * and in exception.c is decided that a boot ends.
 *
 *   load address                                    work area
 *   | stub | kernel_info, manifest | payload | ...  | page-aligned, info.work_size  |
 */
#include "boot/lib/cpu64.h"
#include "boot/lib/phys.h"
#include "boot/stub/choose.h"
#include "boot/stub/claim.h"
#include "boot/stub/console.h"
#include "boot/stub/die.h"
#include "boot/stub/embed.h"
#include "boot/stub/exception.h"
#include "boot/stub/info.h"
#include "boot/stub/levels.h"
#include "boot/stub/libc.h"
#include "boot/stub/memory.h"
#include "boot/stub/move.h"
#include "boot/stub/paging.h"
#include "boot/stub/processors.h"
#include "boot/stub/stage1.h"
#include "boot/stub/stamp.h"
#include "boot/stub/timeline.h"
#include "core/bzimage.h"
#include "core/cmdline.h"
#include "spec/x86.h"

#define FIRST_MIB 0x100000
#define FOUR_GIB  0x100000000

static void must(enum err err, struct fault *fault)
{
	if (err)
		die(err, fault);
	*fault = (struct fault){0};
}

/* The CPU's own state: our descriptors, our page tables, no features that we do not use. */
static void machine_init(uint64_t boot_params_pa, struct range stub, uint64_t work_pa,
	struct fault *fault)
{
	exception_init(work_pa);
	paging_init(work_pa + WORK_TABLES, work_pa + WORK_TABLES_END);
	must(paging_map(stub), fault);
	must(paging_map(range_make(boot_params_pa, BP_SIZE)), fault);
	paging_activate();
	cr4_write(CR4_PAE | (cr4_read() & (CR4_LA57 | CR4_MCE)));
}

static void screen_init(const struct boot_params *bp, struct fault *fault)
{
	struct range screen;

	console_init(&bp->screen_info, 0);
	console_screen_range(&screen.start, &screen.end);
	must(paging_map(screen), fault);
}

static void options_read(const struct stage1 *s, struct handover *handover)
{
	struct span wipe;

	console_parse(s->cmdline, &handover->console);
	if (s->bp->hdr.loadflags & LOADFLAG_QUIET)
		handover->console.quiet = true;
	console_configure(&handover->console);
	handover->wipe = !(cmdline_value(s->cmdline, "bzforge.wipe", &wipe) &&
		cmdline_equal(wipe, "off"));
	handover->panic = cmdline_int(s->cmdline, "panic");
	die_set_panic(handover->panic);
}

/* The plan, with mem= and memmap= obeyed if that leaves room for what the boot itself needs. */
static enum err plan_make(const struct stage1 *s, uint64_t output_pa, struct place_plan *ret)
{
	const struct range_set *map = &s->memory.limited;
	enum err err = place_plan(&s->image, s->image_pa, output_pa, s->info.init_size, map, ret);

	if (err) {
		map = &s->memory.free;
		err = place_plan(&s->image, s->image_pa, output_pa, s->info.init_size, map, ret);
	}
	if (!err)
		err = place_check(&s->image, ret);
	return err ? err : place_check_memory(&s->image, s->image_pa, map, ret);
}

/* A kernel that can be moved finds its place taken only if there is no other one. */
static void __attribute__((noreturn)) die_of_space(enum err err, const struct stage1 *s,
	uint64_t output_pa)
{
	uint64_t extent;

	if (err == ERR_ADDRESS_TAKEN && s->image.movable)
		err = ERR_NO_MEMORY;
	if (!place_extent(&s->image, &extent))
		memory_complain(&s->memory, range_make(output_pa, extent));
	complain("payload, stub and work area need 0x%lx bytes besides",
		s->image.payload_size + s->image.head_size + s->image.work_size);
	die(err, NULL);
}

static void plan_print(const struct stage1 *s, const struct handover *handover)
{
	const struct place_plan *plan = &handover->plan;

	say("kernel to 0x%lx, 0x%lx bytes, virtual +0x%lx", plan->output_pa, plan->extent,
		handover->virtual_delta);
	say("payload at 0x%lx, 0x%lx bytes%s; stub at 0x%lx, work area at 0x%lx", plan->payload_pa,
		s->image.payload_size, plan->sequential ? ", overlapping" : "", plan->stub_pa,
		plan->work_pa);
}

/* Who are we, and what are we asked to do? The loader's options alone tell a damaged manifest. */
static void image_read(struct stage1 *s, struct handover *handover, struct fault *fault)
{
	const struct stub_info *info = &s->info;

	must(embed_loader_cmdline(s->bp, &s->cmdline, fault), fault);
	options_read(s, handover);
	must(stub_manifest_read(s->image_pa, info->manifest_off, info->manifest_size,
		info->image_size, &s->manifest, fault), fault);
	if (s->manifest.cmdline_off) {
		must(embed_join_cmdline(s, fault), fault);
		options_read(s, handover);
	}
	s->image = place_image_make(info, &s->manifest);
	say("image at 0x%lx, 0x%lx bytes, work area at 0x%lx, boot_params at 0x%lx", s->image_pa,
		info->image_size, s->in_use.end - info->work_size, phys_addr(s->bp));
}

/* A page for the timeline; a boot does not fail for want of it. */
static void timeline_place(struct stage1 *s, struct handover *handover)
{
	uint64_t pa;

	if (!handover->console.timeline)
		return;
	enum err err = claim_apart(s, TIMELINE_NODE_SIZE, FOUR_GIB, KEEP_TIMELINE, &pa);

	if (!err)
		err = memory_map_later(s, range_make(pa, TIMELINE_NODE_SIZE));
	if (err)
		warn("no memory for the timeline: it is not handed over");
	else
		handover->timeline_pa = pa;
}

/* What memory is there, and what must stay as it is? */
static void memory_take(struct stage1 *s, struct handover *handover, struct fault *fault)
{
	struct memory *m = &s->memory;

	s->mapped = (struct range_set){handover->kept, 0, KEPT_MAX};
	must(memory_read_map(s, fault), fault);
	paging_allow_ram(&m->ram);
	must(memory_keep_boot_params(s, fault), fault);
	/* A larger heap is not touched before the plan, which goes elsewhere if it is not free. */
	struct range touched = {s->in_use.start, s->in_use.end - (s->info.work_size - WORK_SIZE)};
	const struct kept_range *hit = memory_find_kept(m, touched, FIRST_MIB);

	/* By the time we can tell, we have written there. */
	if (hit) {
		complain("%s at 0x%lx - 0x%lx lies on the image or right behind it",
			keep_text(hit->reason),
			hit->range.start, hit->range.end);
		die(ERR_ADDRESS_TAKEN, NULL);
	}
	say("memory: %lu KiB of RAM in %lu ranges, %lu KiB free", range_set_bytes(&m->ram) / 1024,
		m->ram.count, range_set_bytes(&m->limited) / 1024);
	must(memory_read_nodes(s), fault);
	must(embed_place(s, fault), fault);
	timeline_place(s, handover);
	memory_print(m);
}

void stage1_main(uint64_t boot_params_pa, uint64_t stub_pa, uint64_t work_pa, uint64_t entered_tsc,
	bool entered_32)
{
	struct fault fault = {0};
	struct handover *handover = phys_ptr(work_pa + WORK_HANDOVER);
	struct stage1 *s = phys_ptr(work_pa + WORK_HEAP);
	struct choice choice;
	struct stub_info info = stub_info_read(stub_pa);
	struct range in_use = {stub_pa, work_pa + info.work_size};

	/* Until then *s must not be written: entry32's page tables lie there. */
	machine_init(boot_params_pa, in_use, work_pa, &fault);
	memset(handover, 0, sizeof(*handover));
	s->info = info;
	s->image_pa = stub_pa;
	s->in_use = in_use;
	s->bp = phys_ptr(boot_params_pa);
	screen_init(s->bp, &fault);
	if (s->bp->sentinel)
		boot_params_sanitise(s->bp);

	image_read(s, handover, &fault);
	if (handover->console.timeline)
		timeline_start(work_pa, s->bp, TIMELINE_STUB, entered_tsc);
	memory_take(s, handover, &fault);
	stamp_boot(TIMELINE_MAP);
	must(levels_settle(s, &fault), &fault);
	must(choose_place(s, &choice), &fault);
	enum err err = plan_make(s, choice.output_pa, &handover->plan);

	if (err)
		die_of_space(err, s, choice.output_pa);
	boot_params_name_loader(s->bp);
	s->bp->hdr.loadflags = (uint8_t)((s->bp->hdr.loadflags & ~LOADFLAG_KASLR) |
		(choice.randomised ? LOADFLAG_KASLR : 0));
	handover->manifest_off = s->info.manifest_off;
	handover->manifest_size = s->info.manifest_size;
	handover->image_size = s->info.image_size;
	handover->work_size = s->info.work_size;
	handover->image_pa = s->image_pa;
	handover->boot_params_pa = boot_params_pa;
	handover->virtual_delta = choice.virtual_delta;
	handover->kept_count = s->mapped.count;
	plan_print(s, handover);
	processors_plan(s, entered_32, handover);
	stamp_boot(TIMELINE_PLACE);
	must(move_and_enter(handover, &s->image, stub_pa, work_pa, &fault), &fault);
	__builtin_unreachable();
}
