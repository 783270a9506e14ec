/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first 0x200 bytes of the protected-mode part and the 32-bit entry.
 *
 * stub_entry32 is where boot/setup, GRUB's `linux` and other loaders arrive: 32-bit protected mode,
 * paging off, flat segments, interrupts off, %esi = boot_params, anywhere below 4 GiB [boot.rst
 * "32-bit Boot Protocol"]. It goes to 64-bit mode with every address below 4 GiB mapped to itself,
 * and joins what stub_entry64 does.
 *
 * Memory touched: 4 bytes of boot_params.scratch, and the work area behind the image (layout.h).
 *
 * Registers:  %esi boot_params   %ebp where the stub lies   %edi work area
 */
#include "boot/stub/layout.h"
#include "spec/bootparam.h"
#include "spec/image.h"
#include "spec/x86.h"

#if WORK_HEAP_SIZE != STUB_HEAP_SIZE
#error "the host tool and layout.h do not agree on the heap"
#endif

	.section .head, "ax"
	.code32
	.globl stub_start, stub_entry32
stub_start:
stub_entry32:
	jmp	enter32

	.org	STUB_HANDOVER
	.globl stub_handover32
stub_handover32:
	jmp	efi_handover32

	.org	STUB_INFO_OFFSET
	.globl stub_info
stub_info:
	.long	STUB_INFO_MAGIC
	.word	STUB_INFO_CURRENT
	.byte	STUB_CODEC
	.byte	0
	.long	stub_end - stub_start	/* all of it, bss included: see stub.ld */
	.long	WORK_SIZE
	.long	0			/* the rest is the host tool's: image_size */
	.long	0			/* manifest_off */
	.long	0			/* manifest_size */
	.long	0			/* init_size */
	.quad	0			/* pref_address */
	.long	0			/* alignment */
	.word	0			/* xloadflags */
	.word	0
	.long	stub_data - stub_start
	.long	0, 0, 0
	.org	STUB_INFO_OFFSET + STUB_INFO_SIZE

enter32:
	cld
	cli
	/* There is no stack yet; boot_params has four bytes for a return address. */
	leal	(BP_SCRATCH + 4)(%esi), %esp
	call	1f
1:	popl	%ebp
	subl	$(1b - stub_start), %ebp

	/* Work area: the first page behind the image. */
	movl	(STUB_INFO_OFFSET + STUB_INFO_IMAGE_SIZE)(%ebp), %edi
	leal	(PAGE_4K - 1)(%ebp, %edi), %edi
	andl	$~(PAGE_4K - 1), %edi
	leal	WORK_STACK_TOP(%edi), %esp

	/* Our own GDT; the segment registers then no longer depend on the loader's. */
	leal	(boot_gdt - stub_start)(%ebp), %eax
	pushl	%eax
	pushw	$(boot_gdt_end - boot_gdt - 1)
	lgdt	(%esp)
	addl	$6, %esp
	movl	$BOOT_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss

	/* A CPU without CPUID cannot flip EFLAGS.ID; one without long mode lacks EDX bit 29. */
	pushfl
	popl	%eax
	movl	%eax, %ecx
	xorl	$EFLAGS_ID, %eax
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	cmpl	%ecx, %eax
	je	refuse32
	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	refuse32
	movl	$0x80000001, %eax
	cpuid
	btl	$29, %edx
	jnc	refuse32

	/* When was that? Not before: a CPU too old may lack this instruction. */
	rdtsc
	pushl	%edx
	pushl	%eax

	/*
	 * Page tables for the first 4 GiB in 2 MiB pages, in the heap, which nobody uses yet: root,
	 * one page of pointers to four directories, 2048 entries.
	 */
	pushl	%edi
	addl	$WORK_HEAP, %edi
	movl	%edi, %ebx
	xorl	%eax, %eax
	movl	$(6 * PAGE_4K / 4), %ecx
	rep	stosl
	leal	(PAGE_4K + PTE_PRESENT + PTE_WRITE)(%ebx), %eax
	movl	%eax, (%ebx)
	movl	$4, %ecx
	leal	PAGE_4K(%ebx), %edx
1:	addl	$PAGE_4K, %eax
	movl	%eax, (%edx)
	addl	$8, %edx
	loop	1b
	leal	(2 * PAGE_4K)(%ebx), %edi
	movl	$(PTE_PRESENT + PTE_WRITE + PTE_LARGE), %eax
1:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$PAGE_2M, %eax
	jnc	1b			/* up to 4 GiB */
	popl	%edi

	/* Long mode: PAE, the tables, EFER.LME, then paging. */
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	%ebx, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	$(CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE), %eax
	movl	%eax, %cr0

	/* The segment is still a 32-bit one; a far return to ours makes the code 64-bit. */
	pushl	$BOOT_CS
	leal	(enter64_from32 - stub_start)(%ebp), %eax
	pushl	%eax
	lret

	.org	STUB_ENTRY64
	.code64
	.globl stub_entry64
stub_entry64:
	jmp	enter64

	.org	STUB_HANDOVER64
	.globl stub_handover64
stub_handover64:
	jmp	efi_handover

	.org	STUB_ENTRY_EFI
	.globl stub_entry_efi
stub_entry_efi:
	jmp	efi_enter

	.org	STUB_ENTRY_EFI32
	.code32
	jmp	efi_enter32

	.code64

	/* Flat segments at the selectors that the boot protocol names. */
	.balign	8
	.globl boot_gdt
boot_gdt:
	.quad	0
	.quad	0
	.quad	0x00af9b000000ffff	/* BOOT_CS: code, long mode */
	.quad	0x00cf93000000ffff	/* BOOT_DS: data, 4 GiB */
boot_gdt_end:
	.if	boot_gdt_end - boot_gdt - BOOT_GDT_SIZE
	.error	"boot_gdt is not as large as layout.h says"
	.endif
	.if	boot_gdt + BOOT_CS - (boot_gdt_end - 2 * 8)
	.error	"BOOT_CS is not where boot_gdt has it"
	.endif
