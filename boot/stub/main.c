/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1: where the loader put the image. Entered from entry64.S in 64-bit mode on the main stack in
 * the work area, with interrupts off and the caller's page tables, which map the image, its init_size
 * bytes, boot_params and the command line. Reads everything that came from outside, decides where
 * everything goes, proves the plan, and hands over to stage 2. Only here, in stage2.c and in
 * exception.c is decided that a boot ends.
 *
 *   load address                                    work area
 *   | stub | kernel_info, manifest | payload | ...  | page-aligned, WORK_SIZE bytes |
 */
#include "boot/lib/cpu64.h"
#include "boot/lib/phys.h"
#include "boot/stub/choose.h"
#include "boot/stub/console.h"
#include "boot/stub/die.h"
#include "boot/stub/embed.h"
#include "boot/stub/exception.h"
#include "boot/stub/info.h"
#include "boot/stub/libc.h"
#include "boot/stub/memory.h"
#include "boot/stub/move.h"
#include "boot/stub/paging.h"
#include "core/bzimage.h"
#include "core/cmdline.h"
#include "core/memparam.h"
#include "spec/x86.h"

/* Everything large; the decoder's heap, until stage 2 takes it. */
struct stage1 {
	struct manifest manifest;
	struct memory memory;
	uint8_t cmdline[CMDLINE_MAX + 1];
};
_Static_assert(sizeof(struct stage1) <= WORK_HEAP_SIZE, "struct stage1");

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

/* panic=N as the kernel reads it: a number that may be negative; 0 if it is none. */
static int32_t panic_parse(struct span cmdline)
{
	struct span value;
	uint64_t n;
	size_t used;

	if (!cmdline_value(cmdline, "panic", &value) || value.len == 0)
		return 0;
	bool negative = value.ptr[0] == '-';

	if (negative)
		value = (struct span){value.ptr + 1, value.len - 1};
	if (memparam_number(value, &n, &used) || n > INT32_MAX)
		return 0;
	return negative ? -(int32_t)n : (int32_t)n;
}

static void options_read(struct span cmdline, struct handover *handover)
{
	console_parse(cmdline, &handover->console);
	console_configure(&handover->console);
	handover->panic = panic_parse(cmdline);
	die_set_panic(handover->panic);
}

/* The plan, with mem= and memmap= obeyed if that leaves room for what the boot itself needs. */
static enum err plan_make(const struct place_image *image, uint64_t image_pa, uint64_t output_pa,
	uint64_t init_size, const struct memory *memory, struct place_plan *ret)
{
	const struct range_set *map = &memory->limited;
	enum err err = place_plan(image, image_pa, output_pa, init_size, map, ret);

	if (err) {
		map = &memory->free;
		err = place_plan(image, image_pa, output_pa, init_size, map, ret);
	}
	if (!err)
		err = place_check(image, ret);
	return err ? err : place_check_memory(image, image_pa, map, ret);
}

/* A kernel that can be moved finds its place taken only if there is no other one. */
static void __attribute__((noreturn)) die_of_space(enum err err, const struct place_image *image,
	uint64_t output_pa, const struct memory *memory)
{
	uint64_t extent;

	if (err == ERR_ADDRESS_TAKEN && image->movable)
		err = ERR_NO_MEMORY;
	if (!place_extent(image, &extent))
		memory_complain(memory, range_make(output_pa, extent));
	complain("payload, stub and work area need 0x%lx bytes besides",
		image->payload_size + image->head_size + image->work_size);
	die(err, NULL);
}

static void plan_print(const struct place_image *image, const struct handover *handover)
{
	const struct place_plan *plan = &handover->plan;

	say("kernel to 0x%lx, 0x%lx bytes, virtual +0x%lx", plan->output_pa, plan->extent,
		handover->virtual_delta);
	say("payload at 0x%lx, 0x%lx bytes%s; stub at 0x%lx, work area at 0x%lx", plan->payload_pa,
		image->payload_size, plan->sequential ? ", overlapping" : "", plan->stub_pa, plan->work_pa);
}

void stage1_main(uint64_t boot_params_pa, uint64_t stub_pa, uint64_t work_pa)
{
	struct fault fault = {0};
	struct boot_params *bp = phys_ptr(boot_params_pa);
	struct handover *handover = phys_ptr(work_pa + WORK_HANDOVER);
	struct stage1 *state = phys_ptr(work_pa + WORK_HEAP);
	struct stub_info info = stub_info_read(stub_pa);
	struct range in_use = {stub_pa, work_pa + WORK_SIZE};
	struct choice choice;
	struct span cmdline;

	machine_init(boot_params_pa, in_use, work_pa, &fault);
	memset(handover, 0, sizeof(*handover));
	screen_init(bp, &fault);
	if (bp->sentinel)
		boot_params_sanitise(bp);

	/* The loader's options alone decide how a damaged manifest is told. */
	must(embed_loader_cmdline(bp, &cmdline, &fault), &fault);
	options_read(cmdline, handover);
	must(stub_manifest_read(stub_pa, info.manifest_off, info.manifest_size, info.image_size,
		&state->manifest, &fault), &fault);
	if (state->manifest.cmdline_off) {
		must(embed_join_cmdline(&state->manifest, stub_pa, bp, state->cmdline, &cmdline, &fault),
			&fault);
		options_read(cmdline, handover);
	}
	say("image at 0x%lx, 0x%lx bytes, work area at 0x%lx, boot_params at 0x%lx", stub_pa,
		info.image_size, work_pa, boot_params_pa);
	if ((cr4_read() & CR4_LA57) && !(info.xloadflags & XLF_5LEVEL_ENABLED))
		die(ERR_CPU_5LEVEL, NULL);

	struct place_image image = place_image_make(&info, &state->manifest);

	memory_init(&state->memory, handover->kept);
	must(memory_read_map(&state->memory, bp, cmdline, &fault), &fault);
	paging_allow_ram(&state->memory.ram);
	must(memory_keep_boot_params(&state->memory, bp, cmdline, &fault), &fault);
	say("memory: %lu KiB of RAM in %lu ranges, %lu KiB free", range_set_bytes(&state->memory.ram) / 1024,
		state->memory.ram.count, range_set_bytes(&state->memory.limited) / 1024);
	must(embed_place(&state->manifest, &image, stub_pa, bp, cmdline, &state->memory, &fault), &fault);
	memory_print(&state->memory);

	must(choose_place(&image, &state->manifest, &info, stub_pa, in_use, bp, cmdline, &state->memory,
		&choice), &fault);
	enum err err = plan_make(&image, stub_pa, choice.output_pa, info.init_size, &state->memory,
		&handover->plan);

	if (err)
		die_of_space(err, &image, choice.output_pa, &state->memory);

	bp->hdr.loadflags = (uint8_t)((bp->hdr.loadflags & ~LOADFLAG_KASLR) |
		(choice.randomised ? LOADFLAG_KASLR : 0));
	handover->manifest_off = info.manifest_off;
	handover->manifest_size = info.manifest_size;
	handover->image_size = info.image_size;
	handover->boot_params_pa = boot_params_pa;
	handover->virtual_delta = choice.virtual_delta;
	handover->kept_count = state->memory.kept.count;
	plan_print(&image, handover);
	must(move_and_enter(handover, &image, stub_pa, work_pa, &fault), &fault);
	__builtin_unreachable();
}
