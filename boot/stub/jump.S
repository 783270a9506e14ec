/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stub's last instructions. They lie in the head, as does the GDT that the kernel finds: all behind
 * it is cleared, the stack, too, so what is needed until the jump is in registers.
 *
 * void kernel_jump(uint64_t entry_pa, uint64_t boot_params_pa, uint64_t cr4, const struct jump_wipe *,
 * uint64_t ticks_pa): leave the machine as the 64-bit boot protocol describes it, and [start, end) of three
 * ranges, which are mapped, cleared. Then the timeline's last stamp: the time is added to the 64 bits at
 * ticks_pa, mapped, too, unless that is 0. In: segments are BOOT_CS and BOOT_DS, the kernel is mapped to
 * itself. After it: no IDT, so that no exception comes back into memory that the kernel may reuse.
 */
#include "boot/stub/layout.h"
#include "spec/x86.h"

	.section .head.jump, "ax"
	.code64
	.globl kernel_jump
kernel_jump:
	cli
	cld
	pushq	$0
	pushq	$0
	lidt	(%rsp)
	leaq	boot_gdt(%rip), %rax
	pushq	%rax
	pushw	$(BOOT_GDT_SIZE - 1)
	lgdt	(%rsp)
	movq	%rdx, %cr4
	movl	$(CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE), %eax
	movq	%rax, %cr0
	movq	%rdi, %rbx
	movq	%r8, %r12
	movq	0x00(%rcx), %rdi
	movq	0x08(%rcx), %rdx
	movq	0x10(%rcx), %r8
	movq	0x18(%rcx), %r9
	movq	0x20(%rcx), %r10
	movq	0x28(%rcx), %r11
	xorl	%eax, %eax
	movq	%rdx, %rcx		/* stub, but for its head, and manifest */
	subq	%rdi, %rcx
	rep	stosb
	movq	%r8, %rdi		/* hand-over and stacks */
	movq	%r9, %rcx
	subq	%rdi, %rcx
	rep	stosb
	movq	%r10, %rdi		/* heap */
	movq	%r11, %rcx
	subq	%rdi, %rcx
	rep	stosb
	testq	%r12, %r12
	jz	1f
	rdtsc
	shlq	$32, %rdx
	orq	%rdx, %rax
	addq	%rax, (%r12)
1:	movq	%rbx, %rax
	xorl	%ebx, %ebx
	xorl	%edx, %edx
	xorl	%edi, %edi
	xorl	%ebp, %ebp
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	xorl	%r12d, %r12d
	xorl	%r13d, %r13d
	xorl	%r14d, %r14d
	xorl	%r15d, %r15d
	jmp	*%rax
