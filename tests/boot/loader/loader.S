/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tests' own boot loader: a firmware image (qemu -bios) that enters a kernel image at its 32-bit
 * or its 64-bit entry, exactly as a test describes it. QEMU has already put everything into memory
 * (-device loader): image, boot_params, command line, initrd, page tables, and at LOADER_PARAMS the
 * description that tests/support/loader.py writes:
 *
 *   +0x00 u32 magic       +0x04 u32 32 or 64     +0x08 u64 entry       +0x10 u64 boot_params
 *   +0x18 u64 CR3         +0x20 u32 CR4          +0x24 u32 number of fills
 *   +0x28 fills: {u32 start, u32 bytes}: memory made dirty first, since QEMU's is all zeros
 *   +0xf0 GDT pointer: u16 limit, u32 base       the GDT itself lies in low memory
 *
 * The CPU starts in 16-bit mode at 0xfffffff0, this image's last paragraph. The 32-bit part copies
 * itself to LOADER_LOW, which every page table of the tests maps, so that it can turn paging on.
 * Registers that the boot protocol leaves open hold 0xdeadbeef or -1 at the entry; no stack is given.
 */
#include "spec/x86.h"

#define LOADER_PARAMS 0x7000
#define LOADER_MAGIC  0x506c7a62 /* "bzlP" */
#define LOADER_LOW    0x8000
#define DIRT          0xa5a5a5a5
#define EXIT_PORT     0xf4 /* isa-debug-exit: QEMU ends with 2 * value + 1 */

#define PARAMS_MODE        (LOADER_PARAMS + 0x04)
#define PARAMS_ENTRY       (LOADER_PARAMS + 0x08)
#define PARAMS_BOOT_PARAMS (LOADER_PARAMS + 0x10)
#define PARAMS_CR3         (LOADER_PARAMS + 0x18)
#define PARAMS_CR4         (LOADER_PARAMS + 0x20)
#define PARAMS_FILLS       (LOADER_PARAMS + 0x24)
#define PARAMS_FILL        (LOADER_PARAMS + 0x28)
#define PARAMS_GDTR        (LOADER_PARAMS + 0xf0)

	.text
rom: /* linked at 0xffff0000, where the firmware's 64 KiB end at 4 GiB */
	.org 0xf000
rom_gdt:
	.quad 0, 0
	.quad 0x00cf9a000000ffff /* BOOT_CS: flat 32-bit code */
	.quad 0x00cf92000000ffff /* BOOT_DS: flat data */
rom_gdt_end:
rom_gdtr:
	.word rom_gdt_end - rom_gdt - 1
	.long rom_gdt

	/* 16-bit mode, CS base 0xffff0000 */
	.code16
start16:
	cli
	cld
	data32 lgdt %cs:rom_gdtr - rom
	movl %cr0, %eax
	orl $CR0_PE, %eax
	movl %eax, %cr0
	ljmpl $BOOT_CS, $start32

	/* 32-bit mode, still running from ROM */
	.code32
start32:
	movl $BOOT_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl $low, %esi
	movl $LOADER_LOW, %edi
	movl $low_end - low, %ecx
	rep movsb
	movl $LOADER_LOW, %eax
	jmp *%eax

	/* 32-bit mode, running at LOADER_LOW: what follows must not refer to itself absolutely */
low:
	cmpl $LOADER_MAGIC, LOADER_PARAMS
	jne bad_params

	movl PARAMS_FILLS, %ebx
	movl $PARAMS_FILL, %edx
fill:
	testl %ebx, %ebx
	jz filled
	movl (%edx), %edi
	movl 4(%edx), %ecx
	shrl $2, %ecx
	movl $DIRT, %eax
	rep stosl
	addl $8, %edx
	decl %ebx
	jmp fill
filled:
	cmpl $64, PARAMS_MODE
	je enter64

	/* 32-bit entry [boot.rst "32-bit Boot Protocol"]: esi, and ebp = edi = ebx = 0 */
	lgdt PARAMS_GDTR
	ljmp $BOOT_CS, $enter32 - low + LOADER_LOW
enter32:
	movl $BOOT_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl $0xdeadbeef, %eax
	movl %eax, %ecx
	movl %eax, %edx
	movl $0, %esp /* not promised: whoever pushes before having a stack writes to the top of 4 GiB */
	movl PARAMS_BOOT_PARAMS, %esi
	xorl %ebp, %ebp
	xorl %edi, %edi
	xorl %ebx, %ebx
	jmp *PARAMS_ENTRY

enter64:
	movl PARAMS_CR4, %eax
	movl %eax, %cr4
	movl PARAMS_CR3, %eax
	movl %eax, %cr3
	movl $MSR_EFER, %ecx
	rdmsr
	orl $EFER_LME, %eax
	wrmsr
	movl %cr0, %eax
	orl $CR0_PG, %eax
	movl %eax, %cr0
	lgdt PARAMS_GDTR
	ljmp $BOOT_CS, $long64 - low + LOADER_LOW

	/* 64-bit entry [boot.rst "64-bit Boot Protocol"]: rsi; CS 0x10, data segments 0x18 */
	.code64
long64:
	movl $BOOT_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl $0xdeadbeef, %eax
	movl %eax, %ebx
	movl %eax, %ecx
	movl %eax, %edx
	movl %eax, %edi
	movq $-1, %rbp
	xorl %esp, %esp
	movq PARAMS_BOOT_PARAMS, %rsi
	jmp *PARAMS_ENTRY

	.code32
bad_params:
	movb $0x7f, %al
	outb %al, $EXIT_PORT
	hlt
low_end:

	.org 0xfff0
	.code16
	jmp start16
	.org 0x10000
