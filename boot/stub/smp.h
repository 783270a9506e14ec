/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other processors under BIOS: called at the beginning of stage 2, sent back to where they were, waiting
 * for SIPI, before the kernel is entered. In between they are a crew (crew.h).
 */
#ifndef BOOT_STUB_SMP_H
#define BOOT_STUB_SMP_H

#include "boot/stub/crew.h"
#include "core/range.h"

/*
 * Memory of each one, a multiple of 4 KiB:
 *
 *   0x0000  GDT and TSS (exception.h)
 *   0x1000  interrupt stacks 1 and 2, growing down    4 KiB each
 *   0x3000  main stack, growing down                  8 KiB
 *   0x5000  gate (gate.h)                            32 KiB
 *   0xd000  heap, as large as the decoder's workspace
 */
#define SMP_IST1_TOP   0x2000
#define SMP_IST2_TOP   0x3000
#define SMP_STACK      0x3000
#define SMP_STACK_TOP  0x5000
#define SMP_GATE       0x5000
#define SMP_HEAP       0xd000
/* In front of the first one's: what was in the two pages below 1 MiB (ap_start.h). */
#define SMP_SAVE_SIZE  0x2000

/* Stage 1's decision (processors.h); lies in struct handover. */
struct smp_plan {
	uint32_t count; /* to be called; 0: none, and nothing else here means anything */
	bool slow; /* 10 ms between INIT and SIPI */
	uint32_t apic_id[CREW_MAX - 1];
	uint64_t room_pa; /* AP_ROOM_SIZE bytes below 1 MiB, to be put back */
	uint64_t memory_pa; /* SMP_SAVE_SIZE bytes, then a block for each */
	uint64_t block_size;
};

struct smp {
	const struct smp_plan *plan;
	struct crew *crew;
	_Atomic uint32_t arrived;
	bool timer; /* there is one, and it counts */
	uint64_t called_tsc;
};

struct range smp_memory(const struct smp_plan *plan);

/* crew has the boot processor only. It is not waited for anybody. Errors: those of paging_map, nobody
 * having been called then. */
enum err smp_call(struct smp *smp, const struct smp_plan *plan, struct crew *crew) MUST_CHECK;
/* After the last crew_run: all are gone, and what they needed below 1 MiB is as it was. */
void smp_dismiss(struct smp *smp);

#endif /* BOOT_STUB_SMP_H */
