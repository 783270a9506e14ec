/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between 32-bit protected mode, in which the loader's C code runs, and 16-bit real mode, in which the BIOS
 * does. What real mode has to do with lies in the loader's first part, below 64 KiB. In both modes it has
 * the same addresses: in real mode %cs = %ds = %es = %ss = 0, in protected mode segments are flat. One stack,
 * below 64 KiB, serves both. Interrupts are on in real mode only: there are no handlers but the BIOS's.
 */
#include "boot/loader/layout.h"
#include "spec/bootparam.h"
#include "spec/x86.h"

/* The BIOS call in real mode is the setup part's; here it is not the one that C code calls. */
#define bios_int bios_int16
#define BIOSCALL_SECTION .section .first, "ax"
#include "boot/lib/bioscall.S"
#undef bios_int

	.code16
	.section .first, "ax"
/*
 * enter32: called in real mode by a 16-bit call, returns in protected mode.
 * in: %cs = %ds = %ss = 0   out: flat segments, interrupts off   clobbers: %eax, %edx, flags
 */
	.globl enter32
enter32:
	popw %dx
	movzwl %dx, %edx
	cli
	lgdtl gdt_limit
	movl %cr0, %eax
	orb $CR0_PE, %al
	movl %eax, %cr0
	ljmpl $LOADER_CS32, $1f
	.code32
1:	orl paging, %eax
	movl %eax, %cr0
	movl $LOADER_DS32, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %fs
	movl %eax, %gs
	movl %eax, %ss
	cld
	jmp *%edx

/*
 * enter16: called in protected mode by a 32-bit call, returns in real mode.
 * in: nothing   out: segments 0, interrupts on   clobbers: %eax, %edx, flags
 */
	.globl enter16
enter16:
	popl %edx
	movl %cr0, %eax
	andl $~CR0_PG, %eax
	movl %eax, %cr0
	lidtl idt_bios
	ljmpl $LOADER_CS16, $1f
	.code16
1:	movw $LOADER_DS16, %ax		# limits of 64 KiB again
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %fs
	movw %ax, %gs
	movw %ax, %ss
	movl %cr0, %eax
	andb $~CR0_PE, %al
	movl %eax, %cr0
	ljmp $0, $2f
2:	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %fs
	movw %ax, %gs
	movw %ax, %ss
	sti
	jmp *%dx

/*
 * void bios_int(uint32_t vector, struct bios_regs *regs): for C code in protected mode.
 * in: %eax, %edx (-mregparm=3)   clobbers: %eax, %ecx, %edx   stack: 100 bytes and what the BIOS takes
 */
	.code32
	.globl bios_int
bios_int:
	pushl %ebx
	pushl %esi
	pushl %edi
	movl %eax, %esi
	movl %edx, %edi
	call enter16
	.code16
	movl %esi, %eax
	movl %edi, %edx
	calll bios_int16
	call enter32
	.code32
	popl %edi
	popl %esi
	popl %ebx
	ret

/*
 * _Noreturn void linux_jump(uint16_t setup_segment, uint16_t sp, uint32_t low): the kernel's 16-bit entry [boot.rst
 * "Running the Kernel"]: all segments at the setup part, %cs 0x20 further, interrupts off. low: where a zImage
 * lies until now, or 0; it comes down over all of the loader but what runs here.
 */
	.globl linux_jump
linux_jump:
	movl %eax, %ebp
	movl %edx, %ebx
	jecxz 1f
	movl %ecx, %esi
	movl $ZIMAGE_PA, %edi
	movl $(ZIMAGE_SIZE_MAX / 4), %ecx
	rep movsl
1:	movl %ebp, %esi
	movl %ebx, %edi
	call enter16
	.code16
	cli
	movw %si, %ds
	movw %si, %es
	movw %si, %fs
	movw %si, %gs
	movw %si, %ss
	movzwl %di, %esp
	addw $0x20, %si
	xorl %eax, %eax
	xorl %ebx, %ebx
	xorl %ecx, %ecx
	xorl %edx, %edx
	xorl %edi, %edi
	xorl %ebp, %ebp
	pushw %si
	pushw $0
	lretw

/* _Noreturn void bios_boot_next(void): int 18h; a BIOS that comes back from it is reset. */
	.code32
	.globl bios_boot_next
bios_boot_next:
	call enter16
	.code16
	int $0x18
	ljmp $0xffff, $0

/* _Noreturn void bios_reset(void): the reset vector. */
	.code32
	.globl bios_reset
bios_reset:
	call enter16
	.code16
	ljmp $0xffff, $0

	.balign 8
gdt:
	.quad 0
	.quad 0
	.quad 0x00cf9b000000ffff	# LOADER_CS32: flat code
	.quad 0x00cf93000000ffff	# LOADER_DS32: flat data
	.quad 0x00009b000000ffff	# LOADER_CS16: as real mode has it
	.quad 0x000093000000ffff	# LOADER_DS16
gdt_end:
	.word 0
gdt_limit:
	.word gdt_end - gdt - 1
	.long gdt
	.word 0
paging:
	.long 0				# CR0_PG when it is on in protected mode
idt_bios:
	.word 0x3ff			# the BIOS's vectors
	.long 0

/*
 * void paging_on(uint32_t pdpt): pages by these tables of PAE's, whenever protected mode is on. All of the loader, and
 * what it uses, must be mapped to itself.
 */
	.code32
	.text
	.globl paging_on
paging_on:
	movl %eax, %cr3
	movl %cr4, %eax
	orl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $CR0_PG, paging
	movl %cr0, %eax
	orl $CR0_PG, %eax
	movl %eax, %cr0
	ret

/* void paging_off(void): an address is an address again. */
	.globl paging_off
paging_off:
	movl $0, paging
	movl %cr0, %eax
	andl $~CR0_PG, %eax
	movl %eax, %cr0
	movl %cr4, %eax
	andl $~CR4_PAE, %eax
	movl %eax, %cr4
	ret

/*
 * _Noreturn void linux_jump32(uint32_t entry, void *boot_params): the kernel's 32-bit entry [boot.rst "32-bit Boot
 * Protocol"]: our segments have the numbers it wants.
 */
	.globl linux_jump32
linux_jump32:
	movl %edx, %esi
	xorl %ebx, %ebx
	xorl %edi, %edi
	xorl %ebp, %ebp
	jmp *%eax

	.section .note.GNU-stack, "", @progbits
