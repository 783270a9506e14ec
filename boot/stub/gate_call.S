/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * void gate_call(gate_function *function, void *ctx, uint64_t stack_top): call function(ctx) on
 * another stack. In: %rdi, %rsi, %rdx (16-byte aligned). Clobbers what any C function may. 64-bit
 * mode; from gate.c, which has made the CPU ready.
 */
	.section .text.gate_call, "ax"
	.code64
	.globl gate_call
gate_call:
	pushq	%rbp
	movq	%rsp, %rbp		/* a saved register: function keeps it */
	movq	%rdx, %rsp
	movq	%rdi, %rax
	movq	%rsi, %rdi
	call	*%rax
	movq	%rbp, %rsp
	popq	%rbp
	ret
