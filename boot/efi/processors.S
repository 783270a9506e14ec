/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where other processors come in from 64-bit firmware, all at once, with its stacks, page tables and
 * descriptors, interrupts off or on as it likes. Both are EFI_AP_PROCEDUREs [PI 1.8 II-13.4.3].
 *
 * processors_enter    in: %rcx = struct processors_call; keeps what its convention says [UEFI 2.3.4.1],
 *                     vector registers because gate.c does. The last thing it does in memory of ours is
 *                     to count itself out; the stack is the firmware's again by then.
 * processors_nothing  returns
 */
#define CALL_INSIDE    0
#define CALL_NEXT      4
#define CALL_COUNT     8
#define CALL_STACK_TOP 16

	.section .text.processors, "ax"
	.code64
	.globl processors_enter, processors_nothing
processors_enter:
	lock incl CALL_INSIDE(%rcx)	/* before count is read: stop clears that, then looks here */
	movl	$1, %eax
	lock xaddl %eax, CALL_NEXT(%rcx) /* our number */
	cmpl	CALL_COUNT(%rcx), %eax
	jae	1f			/* no place for us */
	pushq	%rbp
	pushq	%rdi
	pushq	%rsi
	pushq	%rcx
	movq	%rsp, %rbp		/* a saved register: C keeps it */
	movq	CALL_STACK_TOP(%rcx,%rax,8), %rsp
	movq	%rcx, %rdi
	movl	%eax, %esi
	cld
	call	processors_serve
	movq	%rbp, %rsp
	popq	%rcx
	popq	%rsi
	popq	%rdi
	popq	%rbp
1:	lock decl CALL_INSIDE(%rcx)
processors_nothing:
	ret

	.section .note.GNU-stack, "", @progbits
