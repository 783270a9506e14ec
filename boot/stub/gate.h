/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate that decoder libraries are entered through. They were compiled for ordinary programs:
 * they use SSE, keep data below the stack pointer, and read a stack-protector canary at %fs:0x28. Each
 * processor has a gate of its own, GATE_SIZE bytes at a multiple of 64:
 *
 *   0x0000  FS block: canary, and what this processor's malloc knows
 *   0x0080  guard word
 *   0x0088  stack, growing down from GATE_SIZE
 */
#ifndef BOOT_STUB_GATE_H
#define BOOT_STUB_GATE_H

#include <stdint.h>
#include "core/err.h"

#define GATE_SIZE 0x8000

/* A call that the gate makes; ctx carries arguments and results. */
typedef void gate_function(void *ctx);

/* canary: any number that an attacker of the decoder does not know. Once, before the first call. */
void gate_init(uint64_t gate_pa, uint64_t canary);
/*
 * Call function on the gate's stack, with SSE on and FS at the canary; everything is put back.
 * Interrupts are off meanwhile. Errors: STACK, if the stack grew beyond its end or a library found
 * its canary gone; what gate_leave was told.
 */
enum err gate_enter(uint64_t gate_pa, gate_function *function, void *ctx) MUST_CHECK;
/* Inside a call: leave it at once; gate_enter returns err. */
void gate_leave(enum err err) __attribute__((noreturn));

/* The bare change of stacks (gate_call.S): function on the stack that ends at stack_top, 16-aligned. */
void gate_call(gate_function *function, void *ctx, uint64_t stack_top);

#endif /* BOOT_STUB_GATE_H */
