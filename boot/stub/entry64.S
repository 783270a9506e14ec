/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 64-bit entries, up to the first C function.
 *
 * enter64 is the jump target of stub_entry64, where kexec arrives, and behind its first instructions our own
 * 32-bit entry: 64-bit mode, interrupts off, %rsi = boot_params; the caller's page tables map at least [load, load +
 * init_size), boot_params and the command line to themselves [boot.rst "64-bit Boot Protocol"].
 * Paging may have four levels or five: the caller's number holds until levels.c. No stack is needed.
 * Stage 1 is told which of the two it was.
 *
 * stub_enter_at is how stage 1 goes on in a copy of the stub (struct handover tells the copy the
 * rest).
 *
 * Both make a stack in the work area, adjust the stub's own pointers and clear its bss, so that C
 * code finds a program as it was linked, wherever it lies.
 */
#include "boot/stub/layout.h"
#include "spec/elf64.h"
#include "spec/image.h"
#include "spec/x86.h"

	.section .text.entry64, "ax"
	.code64
	.globl enter64, enter64_from32
enter64:
	rdtsc
	shlq	$32, %rdx
	leaq	(%rax, %rdx), %r15
	xorl	%r8d, %r8d
	jmp	1f

/* From the 32-bit entry, when it was entered on its stack; upper halves of registers are undefined. */
enter64_from32:
	movl	%esp, %esp
	movl	%esi, %esi
	popq	%r15
	movl	$1, %r8d
1:	cld
	cli
	leaq	stub_start(%rip), %rbx
	movl	(STUB_INFO_OFFSET + STUB_INFO_IMAGE_SIZE)(%rbx), %eax
	leaq	(PAGE_4K - 1)(%rbx, %rax), %r12
	andq	$~(PAGE_4K - 1), %r12
	leaq	stage1_main(%rip), %r13
	movq	%rsi, %r14
	jmp	begin

/*
 * void stub_enter_at(uint64_t stub_pa, uint64_t work_pa): in the old stub, %rdi = the copy, %rsi =
 * its work area with a struct handover in it. Does not return.
 */
	.globl stub_enter_at
stub_enter_at:
	leaq	stub_start(%rip), %rcx
	leaq	1f(%rip), %rax
	subq	%rcx, %rax
	addq	%rdi, %rax
	jmp	*%rax
1:	movq	%rdi, %rbx		/* from here on in the copy */
	movq	%rsi, %r12
	movq	%rsi, %r14
	leaq	stage2_enter(%rip), %r13

/*
 * %rbx = stub, %r12 = work area, %r13 = C function; %r14, %r15, %r8 = its first, fourth and fifth
 * argument. Nothing down to the call touches %r8.
 */
begin:
	leaq	WORK_STACK_TOP(%r12), %rsp
	movabsq	$STACK_GUARD, %rax
	movq	%rax, WORK_STACK_BOTTOM(%r12)
	call	stub_adjust
	movq	%r14, %rdi
	movq	%rbx, %rsi
	movq	%r12, %rdx
	movq	%r15, %rcx
	xorl	%ebp, %ebp
	call	*%r13
	ud2				/* neither function returns */

/*
 * stub_adjust: make the stub's data what it was linked to be. In: %rbx = stub. 64-bit mode, any stack.
 * Clobbers %rax, %rcx, %rsi, %rdi.
 */
	.globl stub_adjust
stub_adjust:
	/*
	 * Add our address to every pointer in the stub's data. The addends lie in the table, so it
	 * does not matter how often, or where, this has been done before. The linker script refuses
	 * other kinds of relocation.
	 */
	leaq	rela_start(%rip), %rsi
	leaq	rela_end(%rip), %rcx
1:	cmpq	%rcx, %rsi
	jae	2f
	movq	R_OFFSET(%rsi), %rdi
	movq	R_ADDEND(%rsi), %rax
	addq	%rbx, %rax
	movq	%rax, (%rbx, %rdi)
	addq	$ELF64_RELA_SIZE, %rsi
	jmp	1b

2:	leaq	bss_start(%rip), %rdi
	leaq	bss_end(%rip), %rcx
	subq	%rdi, %rcx
	xorl	%eax, %eax
	rep	stosb
	ret

/*
 * void segments_load(const struct table_register *gdtr): load the GDT and all segment registers
 * from it. 64-bit mode, any stack. Clobbers %rax, %rcx.
 */
	.globl segments_load
segments_load:
	lgdt	(%rdi)
	movl	$BOOT_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	popq	%rcx
	pushq	$BOOT_CS
	pushq	%rcx
	lretq
