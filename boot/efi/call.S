/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uint64_t efi_call64(uint64_t function, const uint64_t *args, size_t count): call 64-bit firmware.
 * In: %rdi, %rsi, %rdx; out: %rax, its status. 64-bit mode, the caller's stack.
 *
 * Its convention [UEFI 2.3.4.1]: four arguments in registers, all of them with a slot on the stack
 * (at least four), the stack aligned to 16 at the call. It keeps more registers than ours does.
 */
	.section .text.efi_call, "ax"
	.code64
	.globl efi_call64
efi_call64:
	pushq	%rbp
	movq	%rsp, %rbp
	movq	%rdi, %rax
	movq	%rdx, %rcx		/* slots: as many as arguments, but at least four */
	cmpq	$4, %rcx
	jae	1f
	movl	$4, %ecx
1:	shlq	$3, %rcx
	subq	%rcx, %rsp
	andq	$~15, %rsp
	movq	%rsp, %rdi
	movq	%rdx, %rcx
	cld
	rep	movsq
	movq	(%rsp), %rcx
	movq	8(%rsp), %rdx
	movq	16(%rsp), %r8
	movq	24(%rsp), %r9
	call	*%rax
	leave
	ret

	.section .note.GNU-stack, "", @progbits
