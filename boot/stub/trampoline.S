/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From four levels of page tables to five, or back. CR4.LA57 may not change while paging is on, and
 * paging cannot be turned off in 64-bit mode [SDM3 4.1.2], so the way is
 *
 *   64-bit code -> 32-bit code, paging on -> paging off -> the other root, LA57 flipped -> paging on
 *   -> 64-bit code
 *
 * All from "32-bit code" on runs in a copy below 4 GiB (trampoline.h), where code, stack and root can
 * be reached with 32 bits and without page tables. EFER stays as it is: LME and NX hold throughout,
 * LMA goes and comes with paging [SDM3 9.8.5]. CR4 has neither PCIDE nor CET, which would not allow
 * it, nor PGE, which would keep old translations (machine_init in main.c).
 */
#include "boot/stub/layout.h"
#include "boot/stub/trampoline.h"
#include "spec/x86.h"

	.section .text.trampoline, "ax"
	.code64
	.globl trampoline_run
/* In: %rdi = the two pages, any stack. Clobbers what a C function may. */
trampoline_run:
	/* Registers keep 32 bits only on the way through 32-bit code [SDM1 3.4.1.1]. */
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	leaq	1f(%rip), %rax
	movq	%rax, TRAMPOLINE_RETURN(%rdi)
	movq	%rsp, TRAMPOLINE_RSP(%rdi)
	leaq	TRAMPOLINE_STACK_TOP(%rdi), %rsp
	leaq	TRAMPOLINE_CODE(%rdi), %rax
	pushq	$STUB_CS32
	pushq	%rax
	lretq
1:	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

	/* 32-bit code that runs in the copy only: no address of its own but those from %edi. */
	.section .rodata.trampoline, "a"
	.code32
	.globl trampoline_start, trampoline_end
trampoline_start:
	movl	%cr0, %eax
	movl	%eax, %ecx
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0		/* from here on addresses are physical */
	leal	TRAMPOLINE_ROOT(%edi), %eax
	movl	%eax, %cr3
	movl	%cr4, %eax
	xorl	$CR4_LA57, %eax
	movl	%eax, %cr4
	movl	%ecx, %cr0		/* back in long mode, with the new tables */
	leal	(TRAMPOLINE_CODE + 1f - trampoline_start)(%edi), %eax
	pushl	$BOOT_CS
	pushl	%eax
	lret

	.code64
1:	movl	%edi, %edi		/* the upper half is undefined */
	movq	TRAMPOLINE_RSP(%rdi), %rsp
	jmp	*TRAMPOLINE_RETURN(%rdi)
trampoline_end:
