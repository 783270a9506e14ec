/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate that decoder libraries are entered through. They were compiled for ordinary programs:
 * they use SSE, keep data below the stack pointer, and read a stack-protector canary at %fs:0x28.
 */
#ifndef BOOT_STUB_GATE_H
#define BOOT_STUB_GATE_H

#include <stdint.h>
#include "core/err.h"

/* A call that the gate makes; ctx carries arguments and results. */
typedef void gate_function(void *ctx);

/* canary: any number that an attacker of the decoder does not know. Once, before the first call. */
void gate_init(uint64_t work_pa, uint64_t canary);
/*
 * Call function on the decoder's stack, with SSE on and FS at the canary; everything is put back.
 * Interrupts are off meanwhile. Errors: STACK, if the stack grew beyond its end.
 */
enum err gate_enter(gate_function *function, void *ctx) MUST_CHECK;

/* The bare change of stacks (gate_call.S): function on the stack that ends at stack_top, 16-aligned. */
void gate_call(gate_function *function, void *ctx, uint64_t stack_top);

#endif /* BOOT_STUB_GATE_H */
