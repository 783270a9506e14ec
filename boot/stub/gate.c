/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See gate.h. 64-bit mode, interrupts off. What a library changes of the CPU's state is put back
 * afterwards: control registers, FS base, x87 and SSE. Inside, FS finds what is this processor's own.
 */
#include "boot/stub/gate.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/phys.h"
#include "boot/stub/layout.h"
#include "boot/stub/libc.h"
#include "spec/x86.h"

#define MXCSR_DEFAULT 0x1f80 /* all exceptions masked [SDM1 10.2.3] */

struct gate {
	uint64_t self; /* FS points here, and only memory tells a program where FS points */
	uint64_t not_used[4];
	uint64_t canary; /* %fs:0x28 [x86-64 psABI, thread control block of glibc] */
	struct heap heap;
	void *way_out[5]; /* for __builtin_longjmp */
	enum err left_for;
	uint64_t more[2];
	uint64_t guard;
};
_Static_assert(offsetof(struct gate, canary) == 0x28, "where compilers look for the canary");
_Static_assert(offsetof(struct gate, guard) == 0x80, "what gate.h says");
_Static_assert(GATE_SIZE == WORK_TABLES - WORK_GATE, "what layout.h says");

static struct gate *gate_mine(void)
{
	return phys_ptr(fs_read64(offsetof(struct gate, self)));
}

struct heap *heap_mine(void)
{
	return &gate_mine()->heap;
}

void gate_init(uint64_t gate_pa, uint64_t canary)
{
	struct gate *gate = phys_ptr(gate_pa);

	*gate = (struct gate){.self = gate_pa, .canary = canary, .guard = STACK_GUARD};
}

void gate_leave(enum err err)
{
	gate_mine()->left_for = err;
	__builtin_longjmp(gate_mine()->way_out, 1);
}

/* Apart, because nothing but memory survives the way out. */
static bool __attribute__((noinline)) call_returns(struct gate *gate, gate_function *function, void *ctx)
{
	if (__builtin_setjmp(gate->way_out))
		return false;
	gate_call(function, ctx, phys_addr(gate) + GATE_SIZE);
	return true;
}

enum err gate_enter(uint64_t gate_pa, gate_function *function, void *ctx)
{
	struct gate *gate = phys_ptr(gate_pa);
	/* The state below is nobody's that an interrupt handler of firmware expects. */
	uint64_t flags = interrupts_off();
	uint64_t cr0 = cr0_read(), cr4 = cr4_read(), fs_base = msr_read(MSR_FS_BASE);

	cr0_write((cr0 & ~(uint64_t)(CR0_EM | CR0_TS)) | CR0_MP);
	cr4_write(cr4 | CR4_OSFXSR | CR4_OSXMMEXCPT);
	_Alignas(16) struct fx_area fx; /* of vector registers, an EFI caller wants some kept, too */

	fx_save(&fx);
	mxcsr_load(MXCSR_DEFAULT);
	msr_write(MSR_FS_BASE, gate_pa);
	bool returned = call_returns(gate, function, ctx);

	msr_write(MSR_FS_BASE, fs_base);
	fx_restore(&fx);
	cr4_write(cr4);
	cr0_write(cr0);
	interrupts_restore(flags);
	if (!returned)
		return gate->left_for;
	return gate->guard == STACK_GUARD ? ERR_OK : ERR_STACK;
}
