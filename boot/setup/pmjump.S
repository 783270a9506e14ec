/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From 16-bit real mode to the protected-mode part, in the state that boot.rst "32-bit Boot
 * Protocol" asks for. Entered from pm.c with interrupts off at the CPU, at the PICs and at the NMI
 * gate, and with A20 open.
 */
#include "spec/x86.h"

#define BOOT_TSS 0x20

	.code16
	.text

/*
 * void pm_call_hook(uint32_t far_pointer): the loader's realmode_swtch [boot.rst "Advanced Boot
 * Loader Hooks"]
 * in: %eax, offset in the low half, segment in the high half   clobbers: flags
 * mode: 16-bit real, %ds = %es = %cs; interrupts off after it
 * stack: 44 bytes and what the hook takes
 */
	.globl pm_call_hook
pm_call_hook:
	pushal
	pushl %eax
	movw %sp, %bp
	lcallw *(%bp)			# comes back by lretw
	cli				# it should have done that
	cld
	movzwl %sp, %esp
	movw %cs, %ax			# C code's invariants again
	movw %ax, %ds
	movw %ax, %es
	popl %eax
	popal
	retl

/*
 * _Noreturn void pm_jump(uint32_t entry_pa, uint32_t boot_params_pa)
 * in: %eax, %edx   out: %esi = boot_params_pa, the other general registers 0 but %eax and %esp
 * mode: in 16-bit real, %ds = %cs; at entry_pa 32-bit, flat segments   does not return
 */
	.globl pm_jump
pm_jump:
	movl %edx, %esi

	xorl %ebx, %ebx			# linear address of our segment
	movw %cs, %bx
	shll $4, %ebx
	addl %ebx, gdt_base
	addl %ebx, pm_target

	lidtl idt_none			# an exception from here on resets the machine
	lgdtl gdt_limit
	movl %cr0, %edx
	orb $CR0_PE, %dl
	movl %edx, %cr0
	ljmpl *pm_target		# loads the flat code segment and drops prefetched code

	.code32
pm_flat:
	movl $BOOT_DS, %ecx		# flat data segments
	movl %ecx, %ds
	movl %ecx, %es
	movl %ecx, %fs
	movl %ecx, %gs
	movl %ecx, %ss
	addl %ebx, %esp			# still our stack, now by its linear address
	movl $BOOT_TSS, %ecx		# Intel VT wants TR and LDTR to be valid [SDM3 26.3.1.2]
	ltr %cx
	xorl %ecx, %ecx
	lldt %cx
	xorl %edx, %edx			# boot.rst: ebp, edi, ebx are 0; so is the rest, for later
	xorl %ebx, %ebx
	xorl %ebp, %ebp
	xorl %edi, %edi
	jmpl *%eax

	.data
	.balign 16			# some machines want the table itself aligned
gdt:
	.quad 0
	.quad 0
	.org gdt + BOOT_CS
	.quad 0x00cf9b000000ffff	# code: base 0, 4 GiB, 32-bit, readable, accessed
	.org gdt + BOOT_DS
	.quad 0x00cf93000000ffff	# data: base 0, 4 GiB, 32-bit, writable, accessed
	.org gdt + BOOT_TSS
	.quad 0x0000890000000067	# 32-bit TSS of 104 bytes; never used for a task switch
gdt_end:

	.balign 4
	.word 0				# keeps gdt_base aligned
gdt_limit:
	.word gdt_end - gdt - 1
gdt_base:
	.long gdt
pm_target:
	.long pm_flat
	.word BOOT_CS
idt_none:
	.word 0
	.long 0

	.section .note.GNU-stack, "", @progbits
