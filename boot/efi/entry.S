/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The EFI stub's entries, up to the first C function. 64-bit mode, the firmware's page tables and
 * stack, interrupts on. Neither returns: a boot that fails ends in EFI_EXIT.
 *
 * efi_enter      PE entry [UEFI 2.3.4]: %rcx = image handle, %rdx = system table
 * efi_handover   64-bit handover entry [boot.rst "EFI Handover Protocol"]: %rdi = image handle,
 *                %rsi = system table, %rdx = boot_params
 */
	.section .text.efi_entry, "ax"
	.code64
	.globl efi_enter, efi_handover
efi_enter:
	movq	%rcx, %rdi
	movq	%rdx, %rsi
	xorl	%edx, %edx
efi_handover:
	cld
	andq	$~15, %rsp
	movq	%rdi, %r12
	movq	%rsi, %r13
	movq	%rdx, %r14
	leaq	stub_start(%rip), %rbx
	call	stub_adjust
	movq	%r12, %rdi
	movq	%r13, %rsi
	movq	%r14, %rdx
	movq	%rbx, %rcx
	xorl	%r8d, %r8d
	xorl	%ebp, %ebp
	call	efi_main
	ud2

	.section .note.GNU-stack, "", @progbits
