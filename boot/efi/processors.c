/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See processors.h. What a processor has for itself is one block of memory:
 *
 *   0x0000  guard word, then its stack, growing down from 0x4000
 *   0x4000  gate (boot/stub/gate.h)
 *   0xc000  decoder's workspace, as large as the boot processor's
 */
#include "boot/efi/processors.h"
#include "boot/efi/firmware.h"
#include "boot/lib/io.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/gate.h"
#include "boot/stub/libc.h"
#include "boot/stub/queue.h"
#include "boot/stub/stamp.h"
#include "codec/speed.h"
#include "core/wake.h"

#define STACK_SIZE 0x4000
#define BLOCK_GATE STACK_SIZE
#define BLOCK_HEAP (BLOCK_GATE + GATE_SIZE)

/*
 * On one core it must take so long before others are asked: starting them costs 10 ms where firmware has
 * them halted, ending up to 100 ms where it looks after them only so often (decision 43).
 */
#define WORTH_US   250000
#define SETTLE_US  1000000 /* how long firmware may take to notice that they are back */
#define STEP_US    100
#define NOTHING_US 100000 /* for all of them to do nothing */

_Static_assert(offsetof(struct processors_call, inside) == 0, "processors.S");
_Static_assert(offsetof(struct processors_call, next) == 4, "processors.S");
_Static_assert(offsetof(struct processors_call, count) == 8, "processors.S");
_Static_assert(offsetof(struct processors_call, stack_top) == 16, "processors.S");

static struct {
	struct processors_call call;
	uint64_t protocol, event;
	uint64_t block_pa[CREW_MAX - 1];
	unsigned int count; /* of blocks */
	bool serving; /* they may be in our code */
	bool away; /* firmware has not said that it has them back */
} processors;

void processors_serve(struct processors_call *call, unsigned int number)
{
	const struct worker *worker = &call->crew->worker[number + 1];

	stamp(TIMELINE_WAKE, number + 1, TIMELINE_NO_CHUNK);
	crew_serve(call->crew, number + 1);
	if (call->wipe) {
		memset(worker->heap, 0, worker->heap_size);
		memset(phys_ptr(worker->gate_pa), 0, GATE_SIZE);
	}
}

/* How many others may serve, if they can be had. */
static unsigned int wanted(const struct efi_boot *b)
{
	const struct manifest *m = &b->manifest;
	unsigned int most = wake_useful(b->cmdline, m->chunk_count);
	uint64_t alone_us = (uint64_t)m->content_size * codec_us_per_mib(m->codec) >> 20;

	if (!queue_divides(m) || (wake_wanted(b->cmdline) == UINT32_MAX && alone_us < WORTH_US))
		return 0;
	return most < CREW_MAX - 1 ? most : CREW_MAX - 1;
}

/* Memory for at most that many; as much as there is. */
static void blocks_take(const struct efi_boot *b, struct crew *crew, unsigned int most)
{
	size_t heap_size = b->image.work_size - WORK_HEAP;

	for (unsigned int i = 0; i < most; i++) {
		uint64_t pa;

		if (efi_memory_unset(BLOCK_HEAP + heap_size, EFI_LOADER_DATA, &pa))
			return;
		*(uint64_t *)phys_ptr(pa) = STACK_GUARD;
		gate_init(pa + BLOCK_GATE, rdtsc());
		crew->worker[i + 1] = (struct worker){pa + BLOCK_GATE, phys_ptr(pa + BLOCK_HEAP),
			heap_size, i + 1};
		processors.call.stack_top[i] = pa + STACK_SIZE;
		processors.block_pa[i] = pa;
		processors.count = i + 1;
	}
}

/* All memory back; were all guard words there? */
static bool blocks_give_back(void)
{
	bool whole = true;

	for (unsigned int i = 0; i < processors.count; i++) {
		void *stack = phys_ptr(processors.block_pa[i]);

		whole &= *(uint64_t *)stack == STACK_GUARD;
		memset(stack, 0, STACK_SIZE);
		efi_memory_free(processors.block_pa[i]);
	}
	processors.count = 0;
	return whole;
}

/* Non-blocking: they come while this returns. A status. */
static uint64_t startup(void)
{
	uint64_t status = efi_boot(EFI_CREATE_EVENT, 0, 0, 0, 0, efi_ptr(&processors.event));

	if (status)
		return status;
	stamp_boot(TIMELINE_WAKE);
	status = efi_method(processors.protocol, 0, EFI_MP_STARTUP_ALL, (uintptr_t)processors_enter, 0,
		processors.event, 0, efi_ptr(&processors.call), 0);
	if (status)
		efi_boot(EFI_CLOSE_EVENT, processors.event);
	return status;
}

void efi_processors_start(const struct efi_boot *b, struct crew *crew)
{
	struct efi_guid guid = EFI_MP_SERVICES_GUID;
	uint64_t all = 0, enabled = 0, status;
	unsigned int most = efi_narrow() ? 0 : wanted(b);

	if (!most)
		return;
	processors.protocol = efi_protocol_any(&guid);
	if (!processors.protocol)
		return;
	status = efi_method(processors.protocol, 0, EFI_MP_COUNT, efi_ptr(&all), efi_ptr(&enabled));
	if (status || enabled < 2)
		return;
	blocks_take(b, crew, enabled - 1 < most ? (unsigned int)enabled - 1 : most);
	if (!processors.count)
		return;
	processors.call.next = 0;
	processors.call.crew = crew;
	processors.call.wipe = b->wipe;
	processors.call.count = processors.count;
	status = startup();
	if (!status) {
		processors.serving = processors.away = true;
		say_debug("firmware lends %u of %lu other processors", processors.count, enabled - 1);
		return;
	}
	say_debug("firmware lends no processors: 0x%lx", status);
	(void)blocks_give_back(); /* nobody was there */
}

enum err efi_processors_stop(struct fault *fault)
{
	if (!processors.serving)
		return ERR_OK;
	crew_dismiss(processors.call.crew);
	/* Who comes now finds no place, and who found one is counted. */
	processors.call.count = 0;
	while (processors.call.inside)
		__builtin_ia32_pause();
	processors.serving = false;
	return blocks_give_back() ? ERR_OK
				  : fault_set(fault, ERR_STACK, "another processor's stack", 0, 0);
}

/*
 * Does the firmware have all of them back? EDK2 looks by itself only every 100 ms, but also whenever
 * somebody starts them; then it starts them only if all are back, and, as there is no event, returns
 * when they have done what they were started for.
 */
static bool all_back(void)
{
	return !efi_boot(EFI_CHECK_EVENT, processors.event) ||
		!efi_method(processors.protocol, 0, EFI_MP_STARTUP_ALL, (uintptr_t)processors_nothing,
			0, 0, NOTHING_US, 0, 0);
}

void efi_processors_settle(void)
{
	if (!processors.away)
		return;
	processors.away = false;
	for (uint32_t us = 0; us < SETTLE_US; us += STEP_US) {
		if (all_back()) {
			efi_boot(EFI_CLOSE_EVENT, processors.event);
			say_debug("processors are back after %u us", us);
			return;
		}
		efi_boot(EFI_STALL, STEP_US);
	}
	/* The event stays: firmware may still signal it. */
	warn("firmware does not see that its processors are back");
}
