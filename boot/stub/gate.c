/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See gate.h. 64-bit mode, interrupts off. What a library changes of the CPU's state is put back
 * afterwards: control registers, FS base, MXCSR.
 */
#include "boot/stub/gate.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/phys.h"
#include "boot/stub/layout.h"
#include "spec/x86.h"

#define CANARY_AT     0x28 /* %fs:0x28 [x86-64 psABI, thread control block of glibc] */
#define MXCSR_DEFAULT 0x1f80 /* all exceptions masked [SDM1 10.2.3] */

_Static_assert(WORK_GATE + CANARY_AT + 8 <= WORK_GATE_BOTTOM, "canary and guard word");

static uint64_t gate_pa; /* work area */

static uint64_t *guard(void)
{
	return phys_ptr(gate_pa + WORK_GATE_BOTTOM);
}

void gate_init(uint64_t work_pa, uint64_t canary)
{
	gate_pa = work_pa;
	*(uint64_t *)phys_ptr(work_pa + WORK_GATE + CANARY_AT) = canary;
	*guard() = STACK_GUARD;
}

enum err gate_enter(gate_function *function, void *ctx)
{
	/* The state below is nobody's that an interrupt handler of firmware expects. */
	uint64_t flags = interrupts_off();
	uint64_t cr0 = cr0_read(), cr4 = cr4_read(), fs_base = msr_read(MSR_FS_BASE);

	cr0_write((cr0 & ~(uint64_t)(CR0_EM | CR0_TS)) | CR0_MP);
	cr4_write(cr4 | CR4_OSFXSR | CR4_OSXMMEXCPT);
	uint32_t mxcsr = mxcsr_store();

	mxcsr_load(MXCSR_DEFAULT);
	msr_write(MSR_FS_BASE, gate_pa + WORK_GATE);
	gate_call(function, ctx, gate_pa + WORK_GATE_TOP);
	msr_write(MSR_FS_BASE, fs_base);
	mxcsr_load(mxcsr);
	cr4_write(cr4);
	cr0_write(cr0);
	interrupts_restore(flags);
	return *guard() == STACK_GUARD ? ERR_OK : ERR_STACK;
}
