/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See smp.h. Stage 2, 64-bit mode, on the boot processor, but for others_main. The others were left idle
 * by firmware or boot loader; what the kernel does to start them, INIT and SIPI, is done here, too, and
 * INIT once more makes them wait for the kernel's:
 *
 *   boot processor   INIT, SIPI, SIPI -> decodes ---------------> crew_dismiss, wait, INIT, put back
 *   each other       ap_start.S -> others_main -> crew_serve ---------> halted ------> waits for SIPI
 *
 * What may come at the wrong time:
 * - A processor comes while the boot processor decodes: it takes part, or finds nothing to do.
 * - It comes while or after crew_dismiss: either that sees it present, and waits, or it sees that it is
 *   dismissed (all accesses are sequentially consistent), and halts without touching anything but its
 *   own block.
 * - It has not come by then: it gets until 10 ms after it was called. INIT then ends it wherever it is.
 *   It holds no lock and no chunk, since whoever does is present, and is waited for.
 * - It was slow to see even the first INIT: both are pending then. A CPU, and KVM, forget the SIPI with
 *   the second INIT; QEMU's TCG does not, and would start it after that, in memory that has been put
 *   back. That takes a host that does not run a thread during all of decoding and 10 ms.
 * - It takes an exception while it has no chunk, so that nobody waits for it: the boot processor stops
 *   rather than dismiss it (die_check), and the boot ends as by an exception of its own.
 * - NMI: before the IDT is there, real mode's goes to the BIOS, one in the few instructions from there
 *   to others_main resets the machine, as it would while the kernel starts processors. Later ones are
 *   ignored (exception.c); one that wakes a halted processor finds it halting again.
 * - Blocks and the two pages are written again when INIT has been delivered and 100 us have passed, so
 *   no processor still executes or pushes there.
 */
#include "boot/stub/smp.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/lib/phys.h"
#include "boot/lib/pit.h"
#include "boot/stub/ap_start.h"
#include "boot/stub/apic.h"
#include "boot/stub/console.h"
#include "boot/stub/die.h"
#include "boot/stub/exception.h"
#include "boot/stub/gate.h"
#include "boot/stub/layout.h"
#include "boot/stub/libc.h"
#include "boot/stub/paging.h"
#include "boot/stub/stamp.h"
#include "spec/x86.h"

#define PORT_DELAY      0x80 /* a write takes about a microsecond */
#define COME_MS         10
/* Without a timer: 5 ms of a fast CPU, 16 of a slow one. */
#define COME_TICKS      (1u << 24)
/* A timer that does not run: reading it takes half a microsecond at least. */
#define COME_POLLS      (COME_MS * 4000)
#define INIT_MS         10
/* Between startup messages, and before memory is taken away from whoever got INIT. */
#define STARTUP_US      10
#define STARTUP_SLOW_US 200
#define GONE_US         100

_Static_assert(SMP_HEAP == SMP_GATE + GATE_SIZE, "the gate fits");
#define OFFSET_IS(field, value) \
	_Static_assert(offsetof(struct ap_start, field) == (value), "what ap_start.h says")
OFFSET_IS(gdt_limit, AP_GDTR);
OFFSET_IS(jump_offset, AP_JUMP);
OFFSET_IS(root, AP_CR3);
OFFSET_IS(cr4, AP_CR4);
OFFSET_IS(next, AP_NEXT);
OFFSET_IS(count, AP_COUNT);
OFFSET_IS(tables, AP_TABLES);
OFFSET_IS(blocks_pa, AP_BLOCKS);
OFFSET_IS(block_size, AP_BLOCK_SIZE);
OFFSET_IS(stack, AP_STACK);
OFFSET_IS(function, AP_FUNCTION);
OFFSET_IS(ctx, AP_CTX);
OFFSET_IS(gdt, AP_GDT);

extern const uint64_t boot_gdt[];

struct range smp_memory(const struct smp_plan *plan)
{
	return range_make(plan->memory_pa, plan->count ? SMP_SAVE_SIZE + plan->count * plan->block_size : 0);
}

static void delay_us(unsigned int us)
{
	while (us-- > 0)
		outb(PORT_DELAY, 0);
}

/* On another processor, which nobody else calls by this number. */
static void others_main(void *ctx, uint64_t block_pa, uint32_t number)
{
	struct smp *smp = ctx;

	exception_join(block_pa, block_pa + SMP_IST1_TOP, block_pa + SMP_IST2_TOP);
	gate_init(block_pa + SMP_GATE, rdtsc());
	smp->arrived++;
	stamp(TIMELINE_WAKE, number + 1, TIMELINE_NO_CHUNK);
	crew_serve(smp->crew, number + 1);
}

static void workers_make(const struct smp_plan *plan, uint64_t blocks_pa, struct crew *crew)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		uint64_t block_pa = blocks_pa + i * plan->block_size;

		crew->worker[i + 1] = (struct worker){block_pa + SMP_GATE, phys_ptr(block_pa + SMP_HEAP),
			plan->block_size - SMP_HEAP, i + 1};
	}
}

/* Instructions, tables and what they need to know, below 1 MiB. */
static void room_fill(struct smp *smp, uint64_t blocks_pa)
{
	const struct smp_plan *plan = smp->plan;
	uint64_t code_pa = plan->room_pa + AP_CODE;
	struct ap_start *start = phys_ptr(plan->room_pa + AP_START);
	uint32_t gdt_pa = (uint32_t)phys_addr(start->gdt);

	memcpy(phys_ptr(plan->room_pa + AP_ROOT), phys_ptr(paging_root()), PAGE_4K);
	memcpy(phys_ptr(code_pa), ap_start, (size_t)(ap_start_end - ap_start));
	*start = (struct ap_start){
		.gdt_limit = BOOT_GDT_SIZE - 1,
		.gdt_base = {(uint16_t)gdt_pa, (uint16_t)(gdt_pa >> 16)},
		.jump_offset = (uint32_t)code_pa + (uint32_t)(ap_start64 - ap_start),
		.jump_selector = BOOT_CS,
		.root = (uint32_t)(plan->room_pa + AP_ROOT),
		.cr4 = (uint32_t)cr4_read(),
		.count = plan->count,
		.tables = paging_root(),
		.blocks_pa = blocks_pa,
		.block_size = plan->block_size,
		.stack = SMP_STACK_TOP,
		.function = (uint64_t)(uintptr_t)others_main,
		.ctx = phys_addr(smp),
	};
	memcpy(start->gdt, boot_gdt, sizeof(start->gdt));
}

/* [SDM3 9.4.4.1]; the pauses are those that the kernel's own start-up makes. */
static void call_all(const struct smp_plan *plan)
{
	for (uint32_t i = 0; i < plan->count; i++)
		apic_send_init(plan->apic_id[i]);
	if (plan->slow)
		pit_wait_ms(INIT_MS);
	for (int times = 0; times < 2; times++) {
		delay_us(plan->slow ? STARTUP_SLOW_US : STARTUP_US);
		for (uint32_t i = 0; i < plan->count; i++)
			apic_send_startup(plan->apic_id[i], plan->room_pa + AP_CODE);
	}
}

enum err smp_call(struct smp *smp, const struct smp_plan *plan, struct crew *crew)
{
	struct range memory = smp_memory(plan);
	uint64_t blocks_pa = memory.start + SMP_SAVE_SIZE;

	smp->plan = NULL;
	smp->crew = crew;
	smp->arrived = 0;
	if (!plan->count)
		return ERR_OK;
	/* Theirs from the first instruction on: a page fault would come too early. */
	enum err err = paging_map(memory);

	if (!err)
		err = paging_map(range_make(plan->room_pa, AP_ROOM_SIZE));
	if (!err)
		err = apic_init();
	if (err)
		return err;
	smp->plan = plan;
	memcpy(phys_ptr(memory.start), phys_ptr(plan->room_pa), AP_ROOM_SIZE);
	workers_make(plan, blocks_pa, crew);
	room_fill(smp, blocks_pa);
	stamp_boot(TIMELINE_WAKE);
	call_all(plan);
	pit_start_ms(COME_MS);
	smp->timer = !pit_is_over();
	smp->called_tsc = rdtsc();
	return ERR_OK;
}

static bool may_still_come(const struct smp *smp)
{
	return smp->timer ? !pit_is_over() : rdtsc() - smp->called_tsc < COME_TICKS;
}

void smp_dismiss(struct smp *smp)
{
	const struct smp_plan *plan = smp->plan;

	if (!plan)
		return;
	crew_dismiss(smp->crew);
	die_check(); /* INIT would end it in the middle of a word */
	for (int i = 0; i < COME_POLLS && smp->arrived < plan->count && may_still_come(smp); i++)
		cpu_pause();
	for (uint32_t i = 0; i < plan->count; i++)
		apic_send_init(plan->apic_id[i]);
	delay_us(GONE_US);
	memcpy(phys_ptr(plan->room_pa), phys_ptr(plan->memory_pa), AP_ROOM_SIZE);
	say("%u of %u other processors took part", smp->arrived, plan->count);
}
