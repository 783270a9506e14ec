/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first instructions of a processor that smp.c has called: from real mode, where it begins at the
 * first byte of the page that SIPI named, straight to 64-bit mode [SDM3 9.4.4, 10.8.5]. Runs in a copy
 * below 1 MiB (ap_start.h); several processors may be in it at once, so nothing is written but the
 * count of those who have come.
 *
 * INIT left CR0.CD and CR0.NW set: without caches a decoder is a hundred times slower.
 */
#include "boot/stub/ap_start.h"
#include "spec/x86.h"

	.section .rodata.ap_start, "a"
	.code16
	.globl ap_start, ap_start_end, ap_start64
ap_start:
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	AP_START - AP_CODE + AP_GDTR
	movl	AP_START - AP_CODE + AP_CR4, %eax
	movl	%eax, %cr4		/* PAE, and LA57 as the boot processor has it */
	movl	AP_START - AP_CODE + AP_CR3, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	$(CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE), %eax
	movl	%eax, %cr0		/* protection, paging and with them long mode; caches on */
	ljmpl	*(AP_START - AP_CODE + AP_JUMP)

	.code64
ap_start64:
	movl	$BOOT_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	leaq	ap_start(%rip), %rbx
	addq	$(AP_START - AP_CODE), %rbx
	movl	$1, %edx
	lock xaddl %edx, AP_NEXT(%rbx)
	cmpl	AP_COUNT(%rbx), %edx
	jae	1f			/* nobody called it */
	movq	AP_TABLES(%rbx), %rax
	movq	%rax, %cr3		/* the boot processor's own tables */
	movq	AP_BLOCK_SIZE(%rbx), %rsi
	imulq	%rdx, %rsi
	addq	AP_BLOCKS(%rbx), %rsi
	movq	AP_STACK(%rbx), %rsp
	addq	%rsi, %rsp
	movq	AP_CTX(%rbx), %rdi
	xorl	%ebp, %ebp
	call	*AP_FUNCTION(%rbx)
1:	cli
	hlt
	jmp	1b
	.org	AP_START - AP_CODE, 0x90
ap_start_end:
