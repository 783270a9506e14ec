/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exception entries, 16 bytes each, one a vector. 64-bit mode, on an interrupt stack (IST),
 * interrupts off. They bring every exception into one form, struct frame of exception.c, and come
 * back from it with all registers as they were.
 */
#include "spec/x86.h"

/* Vectors for which the CPU pushes an error code [SDM3 table 6-1]: 8, 10 to 14, 17, 21, 29, 30. */
#define HAS_ERROR_CODE ((1 << 8) | (0x1f << 10) | (1 << 17) | (1 << 21) | (3 << 29))

	.section .text.isr, "ax"
	.code64
	.balign	16
	.globl isr_table
isr_table:
	.set	vector, 0
	.rept	32
	.balign	16
	.if	!((HAS_ERROR_CODE >> vector) & 1)
	pushq	$0
	.endif
	pushq	$vector
	jmp	isr_common
	.set	vector, vector + 1
	.endr

isr_common:
	pushq	%rax
	pushq	%rbx
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%rbp
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	cld
	movq	%rsp, %rdi
	movq	%rsp, %rbp
	andq	$-16, %rsp
	call	exception_handle
	movq	%rbp, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rbp
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rbx
	popq	%rax
	addq	$16, %rsp		/* vector and error code */
	iretq
