/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The EFI stub, in order. The kernel is decoded while boot services still run, into memory that the
 * firmware gave for it, so that whatever goes wrong is said on the firmware's console and the next
 * boot option gets its turn. Only then are boot services left.
 *
 *   firmware ---PE entry---.
 *   loader --handover-------+-> efi_main: command line, initrd, screen, tables
 *                               place -> check and decode chunks -> relocate
 *                               ExitBootServices -> memory map -> page tables -> kernel
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/efi/main.h"
#include "boot/efi/measure.h"
#include "boot/efi/processors.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/die.h"
#include "boot/stub/entropy.h"
#include "boot/stub/exception.h"
#include "boot/stub/gate.h"
#include "boot/stub/info.h"
#include "boot/stub/kernel.h"
#include "boot/stub/levels.h"
#include "boot/stub/libc.h"
#include "boot/stub/paging.h"
#include "boot/stub/setup_list.h"
#include "boot/stub/stamp.h"
#include "boot/stub/timeline.h"
#include "boot/stub/trampoline.h"
#include "core/bzimage.h"
#include "core/cmdline.h"
#include "core/kaslr.h"
#include "spec/x86.h"

#define LOADER_TYPE_UNKNOWN 0xff
#define LOADER_TYPE_EFI     0x21 /* [boot.rst type_of_loader: 2, version 1] */
#define FIRMWARE_FAILED_S   3 /* how long words stay on the screen before the next boot option */

static struct efi_boot boot;

static void must(enum err err, struct fault *fault)
{
	if (err)
		die(err, fault);
	*fault = (struct fault){0};
}

/* die()'s second half while boot services run: back, with all memory returned. */
static void give_up(enum err err)
{
	uint64_t status = err == ERR_NO_MEMORY || err == ERR_ADDRESS_TAKEN
		? EFI_OUT_OF_RESOURCES : EFI_LOAD_ERROR;

	if (!efi_alive())
		return;
	efi_boot(EFI_STALL, FIRMWARE_FAILED_S * 1000000);
	efi_processors_settle();
	efi_memory_release();
	efi_exit(status);
}

static void put(char c)
{
	uint64_t out = efi_word(efi_system_table(), EFI_ST_CON_OUT);
	uint16_t text[3] = {'\r', '\n', 0};

	if (c != '\n') {
		text[0] = (uint8_t)c;
		text[1] = 0;
	}
	if (out)
		efi_method(out, 0, EFI_TEXT_OUTPUT_STRING, efi_ptr(text));
}

/* boot_params of our own, with what the image's setup header says. */
static void params_make(struct efi_boot *b, struct fault *fault)
{
	uint64_t base = efi_word(b->loaded_image, EFI_IMAGE_BASE), pa;

	must(efi_memory_below(BP_SIZE, UINT32_MAX, EFI_LOADER_DATA, &pa), fault);
	b->bp = phys_ptr(pa);
	memcpy(&b->bp->hdr, phys_ptr(base + HDR_START), sizeof(b->bp->hdr));
	b->bp->hdr.type_of_loader = LOADER_TYPE_EFI;
	b->bp->hdr.vid_mode = VID_MODE_NORMAL;
	b->bp->hdr.code32_start = (uint32_t)b->stub_pa;
}

/* Returns whether the timeline is wanted. */
static bool options_read(struct efi_boot *b)
{
	struct console_params params;
	struct span wipe;

	console_parse(b->cmdline, &params);
	if (b->bp->hdr.loadflags & LOADFLAG_QUIET)
		params.quiet = true;
	console_configure(&params);
	die_set_panic(cmdline_int(b->cmdline, "panic"));
	b->wipe = !(cmdline_value(b->cmdline, "bzforge.wipe", &wipe) && cmdline_equal(wipe, "off"));
	return params.timeline;
}

static void image_read(struct efi_boot *b, struct fault *fault)
{
	b->info = stub_info_read(b->stub_pa);
	must(stub_manifest_read(b->stub_pa, b->info.manifest_off, b->info.manifest_size,
		b->info.image_size, &b->manifest, fault), fault);
	b->image = place_image_make(&b->info, &b->manifest);
	must(efi_memory_below(b->image.work_size, UINT64_MAX, EFI_LOADER_DATA, &b->work_pa), fault);
	must(efi_memory_below(TRAMPOLINE_SIZE, UINT32_MAX, EFI_LOADER_DATA, &b->trampoline_pa),
		fault);
	say("image at 0x%lx, 0x%lx bytes, work area at 0x%lx, boot_params at 0x%lx", b->stub_pa,
		b->info.image_size, b->work_pa, phys_addr(b->bp));
}

/* A boot does not fail for want of it. */
static void timeline_place(struct efi_boot *b)
{
	if (efi_memory_below(TIMELINE_NODE_SIZE, UINT64_MAX, EFI_LOADER_DATA, &b->timeline_pa))
		warn("no memory for the timeline: it is not handed over");
}

static void measure_chunk(void *ctx, const struct manifest *m, uint32_t i, struct span out)
{
	kernel_measure_chunk(ctx, m, i, out);
}

static void decode(struct efi_boot *b, struct elf_plan *ret_elf, struct fault *fault)
{
	struct crew crew;
	const struct worker worker = {b->work_pa + WORK_GATE, phys_ptr(b->work_pa + WORK_HEAP),
		b->image.work_size - WORK_HEAP, 0};
	struct kernel_measure measure;

	must(kernel_measure_init(b, &measure), fault);
	const struct decode d = {&b->manifest, &b->image, &b->plan,
		measure.wanted ? phys_ptr(measure.gap_pa) : NULL};

	crew_init(&crew, &worker);
	/* A digest is made in order: one processor decodes. */
	if (!measure.wanted)
		efi_processors_start(b, &crew);
	enum err err = kernel_decode(
		&d, &crew, measure.wanted ? measure_chunk : NULL, &measure, ret_elf, fault);
	enum err stopped = efi_processors_stop(err ? NULL : fault); /* before anything can end the boot */

	must(err ? err : stopped, fault);
	must(kernel_measure_finish(&measure, b, fault), fault);
}

/* As boot/stub/wipe.c does: payload and what lay behind the kernel, before the firmware is gone ... */
static void wipe_left(const struct efi_boot *b, uint64_t mem_size)
{
	if (!b->wipe)
		return;
	memset(phys_ptr(b->plan.payload_pa), 0, b->image.payload_size);
	memset(phys_ptr(b->plan.output_pa + mem_size), 0, b->plan.extent - mem_size);
}

/* ... and what we stand on, in the last instructions. */
static struct jump_wipe wipe_rest(const struct efi_boot *b)
{
	if (!b->wipe)
		return (struct jump_wipe){0};
	return (struct jump_wipe){{
		{phys_addr(head_end), b->stub_pa + b->image.head_size},
		{b->work_pa, b->work_pa + WORK_TABLES},
		{paging_pool_free(), b->work_pa + b->image.work_size},
	}};
}

/* The walk itself maps a node. */
static enum err node_mapped(const struct setup_data_node *node, void *ctx, struct fault *fault)
{
	(void)node, (void)ctx, (void)fault;
	return ERR_OK;
}

struct entry {
	struct efi_boot *boot;
	uint64_t mem_size, entry_pa;
};

/*
 * The CPU as the boot protocol wants it; services are gone, so nobody minds. On a stack in the work
 * area: the firmware's is not in our page tables.
 */
static void enter(void *ctx)
{
	const struct entry *e = ctx;
	const struct efi_boot *b = e->boot;
	uint64_t mem_size = e->mem_size, entry_pa = e->entry_pa;
	struct fault fault_here = {0}, *fault = &fault_here;

	exception_init(b->work_pa);
	paging_init(b->work_pa + WORK_TABLES, b->work_pa + WORK_TABLES_END);
	must(paging_map(range_make(b->stub_pa, b->image.head_size)), fault);
	must(paging_map(range_make(b->work_pa, b->image.work_size)), fault);
	must(paging_map(range_make(phys_addr(b->bp), BP_SIZE)), fault);
	must(paging_map(range_make(phys_addr(b->cmdline.ptr), b->cmdline.len + 1)), fault);
	must(paging_map(range_make(b->plan.output_pa, mem_size)), fault);
	/* Linux looks through the list (for a CC blob) before it has page tables of its own. */
	must(setup_list_walk(b->bp->hdr.setup_data, node_mapped, NULL, fault), fault);
	must(paging_map(range_make(b->timeline_pa, b->timeline_pa ? TIMELINE_NODE_SIZE : 0)), fault);
	must(paging_map_page0(), fault);
	paging_activate();
	cr4_write(CR4_PAE | (cr4_read() & (CR4_LA57 | CR4_MCE)));
	if (levels_wanted_five(b->info.xloadflags, b->cmdline) != paging_five_levels()) {
		must(levels_change(b->trampoline_pa), fault);
		memset(phys_ptr(b->trampoline_pa), 0, TRAMPOLINE_SIZE);
	}
	/* not before: a fifth level takes a page more */
	const struct jump_wipe rest = wipe_rest(b);

	const uint64_t ticks_pa = timeline_hand_over(b->bp, b->timeline_pa);

	kernel_jump(entry_pa, phys_addr(b->bp), cr4_read(), &rest, ticks_pa);
}

void efi_main(uint64_t image_handle, uint64_t system_table, uint64_t boot_params_pa, uint64_t stub_pa,
	bool narrow)
{
	struct efi_guid loaded_image = EFI_LOADED_IMAGE_GUID;
	struct efi_boot *b = &boot;
	struct fault fault = {0};
	struct elf_plan elf;
	uint64_t entry_pa, virtual_delta, entered_tsc = rdtsc();
	bool wants_timeline;

	efi_init(image_handle, system_table, narrow);
	console_firmware(put);
	die_set_exit(give_up);
	/* Loading may take longer than the five minutes that a boot option is given [UEFI 3.1.2]. */
	efi_boot(EFI_SET_WATCHDOG_TIMER, 0, 0, 0, 0, 0);
	b->stub_pa = stub_pa;
	b->loaded_image = efi_protocol(image_handle, &loaded_image);
	if (boot_params_pa) {
		b->bp = phys_ptr(boot_params_pa);
		efi_options_given(b);
	} else {
		if (!b->loaded_image)
			die(ERR_FIRMWARE, &(struct fault){"no EFI_LOADED_IMAGE_PROTOCOL", 0, 0});
		params_make(b, &fault);
		must(efi_options(b), &fault);
	}
	options_read(b);
	must(efi_given_check(b->bp, &fault), &fault);
	must(efi_guest_check(&fault), &fault);
	image_read(b, &fault);
	efi_uki_open(b);
	if (!boot_params_pa && !b->is_uki)
		efi_measure_options(b->loaded_image);
	efi_configuration(b->bp);
	must(efi_embedded_options(b, &fault), &fault);
	efi_uki_line(b);
	wants_timeline = options_read(b);
	if (wants_timeline)
		timeline_start(b->work_pa, b->bp, TIMELINE_EFI, entered_tsc);
	stamp_boot(TIMELINE_OPTIONS);
	must(efi_initrd(b, &fault), &fault);
	efi_uki_extra(b);
	must(efi_embedded_initrd(b, &fault), &fault);
	boot_params_name_loader(b->bp);
	efi_uki_linux(b);
	stamp_boot(TIMELINE_INITRD);
	efi_screen(b->bp);
	must(efi_place(b, &virtual_delta, &fault), &fault);
	stamp_boot(TIMELINE_PLACE);
	/* not before: these may find no memory, the kernel must */
	efi_pci_roms(b->bp);
	efi_apple(b->bp);
	if (wants_timeline)
		timeline_place(b);
	decode(b, &elf, &fault);
	must(kernel_finish(NULL, &b->manifest, &b->plan, &elf, virtual_delta, &entry_pa, &fault),
		&fault);
	stamp_boot(TIMELINE_RELOCATED);
	wipe_left(b, elf.mem_size);
	stamp_boot(TIMELINE_WIPED);
	say("entering the kernel at 0x%lx", entry_pa);
	/* while there is a console for it: the last two stamps are in what is handed over only */
	timeline_print();
	efi_event_log();
	efi_processors_settle();
	must(efi_leave(b, &fault), &fault);
	stamp_boot(TIMELINE_EXIT);
	interrupts_off();
	console_firmware(NULL);
	must(efi_leave_map(b, &fault), &fault);
	gate_call(enter, &(struct entry){b, elf.mem_size, entry_pa}, b->work_pa + WORK_STACK_TOP);
	__builtin_unreachable();
}
