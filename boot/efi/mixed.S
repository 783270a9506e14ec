/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mixed mode: 64-bit code under 32-bit firmware. The entries leave the firmware's world for 64-bit
 * mode, keeping all that is needed to go back; efi_call32 goes back for the time of one call.
 *
 *   efi_enter32      entry of the .compat section: cdecl (image handle, system table)
 *   efi_handover32   32-bit handover entry: cdecl (image handle, system table, boot_params)
 *                    [boot.rst "EFI Handover Protocol"]
 *
 *   firmware                              here
 *   32-bit, its GDT, IDT, CR0/3/4   <-->  64-bit, our GDT, page tables for 4 GiB, no IDT
 *   interrupts on                         interrupts off
 *
 * Page tables lie on the firmware's stack, of which UEFI promises 128 KiB; nobody returns over them.
 */
#include "spec/x86.h"

#define CODE32   0x20 /* in mixed_gdt, behind BOOT_CS and BOOT_DS */
#define TABLES   6 /* root, pointers, four directories */

/* offsets in mixed_state */
#define FW_GDT   0 /* limit and base */
#define FW_IDT   6
#define FW_CS    12
#define FW_DS    14 /* and es, ss, fs, gs: firmware's are flat and one */
#define FW_CR0   16
#define FW_CR3   20
#define FW_CR4   24
#define OUR_GDT  28
#define OUR_CR3  36
#define STATE_SIZE 40

	.section .data.efi_mixed, "aw"
	.balign	8
mixed_state:
	.zero	STATE_SIZE
	.balign	8
mixed_gdt:
	.quad	0
	.quad	0
	.quad	0x00af9b000000ffff	/* BOOT_CS: code, 64 bits */
	.quad	0x00cf93000000ffff	/* BOOT_DS: data */
	.quad	0x00cf9b000000ffff	/* CODE32: code, 32 bits */
mixed_gdt_end:

	.section .text.efi_mixed, "ax"
	.code32
	.globl efi_enter32, efi_handover32
efi_enter32:
	xorl	%esi, %esi
	jmp	1f
efi_handover32:
	movl	12(%esp), %esi
1:	movl	4(%esp), %ecx
	movl	8(%esp), %edx
	cli
	cld
	call	2f
2:	popl	%ebp
	leal	(mixed_state - 2b)(%ebp), %ebx
	sgdt	FW_GDT(%ebx)
	sidt	FW_IDT(%ebx)
	movw	%cs, FW_CS(%ebx)
	movw	%ds, FW_DS(%ebx)
	movl	%cr0, %eax
	movl	%eax, FW_CR0(%ebx)
	movl	%cr3, %eax
	movl	%eax, FW_CR3(%ebx)
	movl	%cr4, %eax
	movl	%eax, FW_CR4(%ebx)
	movw	$(mixed_gdt_end - mixed_gdt - 1), OUR_GDT(%ebx)
	leal	(mixed_gdt - mixed_state)(%ebx), %eax
	movl	%eax, (OUR_GDT + 2)(%ebx)

	/* Page tables: the first 4 GiB, to themselves, in pages of 2 MiB. */
	subl	$(TABLES * PAGE_4K), %esp
	andl	$~(PAGE_4K - 1), %esp
	movl	%esp, OUR_CR3(%ebx)
	pushl	%ecx
	movl	OUR_CR3(%ebx), %edi
	xorl	%eax, %eax
	movl	$(2 * PAGE_4K / 4), %ecx
	rep	stosl
	movl	OUR_CR3(%ebx), %edi
	leal	(PAGE_4K + PTE_PRESENT + PTE_WRITE)(%edi), %eax
	movl	%eax, (%edi)
	movl	$4, %ecx
3:	addl	$PAGE_4K, %eax
	movl	%eax, PAGE_4K(%edi)
	addl	$8, %edi
	loop	3b
	movl	OUR_CR3(%ebx), %edi
	addl	$(2 * PAGE_4K), %edi
	movl	$(PTE_PRESENT + PTE_WRITE + PTE_LARGE), %eax
	movl	$2048, %ecx
4:	movl	%eax, (%edi)
	movl	$0, 4(%edi)
	addl	$8, %edi
	addl	$PAGE_2M, %eax
	loop	4b
	popl	%ecx

	pushl	%ecx
	pushl	%edx
	leal	(efi_mixed64 - 2b)(%ebp), %edi
	jmp	long_mode

/* 64-bit mode; on the stack system table and image handle of 32 bits each, %esi = boot_params. */
	.code64
efi_mixed64:
	movl	(%rsp), %r13d
	movl	4(%rsp), %r12d
	movl	%esi, %r14d
	andq	$~15, %rsp
	leaq	stub_start(%rip), %rbx
	call	stub_adjust
	movq	%r12, %rdi
	movq	%r13, %rsi
	movq	%r14, %rdx
	movq	%rbx, %rcx
	movl	$1, %r8d
	xorl	%ebp, %ebp
	call	efi_main
	ud2

/*
 * Into 64-bit mode at %edi, out of the firmware's world. In: %ebx = mixed_state, interrupts off, any
 * 32-bit mode. Keeps %esi, %edi, %ebp, %esp; clobbers %eax, %ecx, %edx.
 */
	.code32
long_mode:
	lgdt	OUR_GDT(%ebx)
	movl	$BOOT_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	OUR_CR3(%ebx), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG, %eax
	movl	%eax, %cr0
	pushl	$BOOT_CS
	pushl	%edi
	lret

/*
 * uint64_t efi_call32(uint64_t function, const uint64_t *args, size_t count): call.h. In: %rdi, %rsi,
 * %rdx; out: %rax. 64-bit mode, a stack below 4 GiB.
 */
	.code64
	.globl efi_call32
efi_call32:
	pushq	%rbx
	pushq	%rbp
	movq	%rsp, %rbp
	leaq	15(, %rdx, 4), %rax
	andq	$~15, %rax
	subq	%rax, %rsp
	andq	$~15, %rsp
	xorl	%ecx, %ecx
1:	cmpq	%rdx, %rcx
	jae	2f
	movl	(%rsi, %rcx, 8), %eax
	movl	%eax, (%rsp, %rcx, 4)
	incq	%rcx
	jmp	1b
2:	movl	%edi, %esi
	leaq	mixed_state(%rip), %rbx
	leaq	3f(%rip), %rax
	pushq	$CODE32
	pushq	%rax
	lretq

	.code32
3:	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	movl	$MSR_EFER, %ecx
	rdmsr
	andl	$~EFER_LME, %eax
	wrmsr
	movl	FW_CR3(%ebx), %eax
	movl	%eax, %cr3
	movl	FW_CR4(%ebx), %eax
	movl	%eax, %cr4
	movl	FW_CR0(%ebx), %eax
	movl	%eax, %cr0
	lgdt	FW_GDT(%ebx)
	lidt	FW_IDT(%ebx)
	movzwl	FW_DS(%ebx), %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	call	4f
4:	popl	%edi
	movzwl	FW_CS(%ebx), %eax
	leal	(5f - 4b)(%edi), %edx
	pushl	%eax
	pushl	%edx
	lret
5:	sti
	call	*%esi
	cli
	movl	%eax, %esi
	call	6f
6:	popl	%edi
	leal	(7f - 6b)(%edi), %edi
	jmp	long_mode

	.code64
7:	movl	%esi, %eax
	movq	%rbp, %rsp		/* a saved register: firmware kept it, and its upper half was 0 */
	popq	%rbp
	popq	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
