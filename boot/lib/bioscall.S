/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way into the BIOS. A BIOS may change every register but %cs:%ip and %ss:%sp, so all of
 * them are saved around the call, and what the BIOS left is handed back in the caller's struct.
 */
#include "boot/lib/bios.h"

#define FLAGS_IF_TF 0x0300

	.code16
#ifdef BIOSCALL_SECTION /* the loader's must be in reach of real mode */
	BIOSCALL_SECTION
#else
	.text
#endif

/*
 * void bios_int(uint32_t vector, struct bios_regs *regs)
 * An INT with a number chosen at run time: its stack frame is built by hand, and a far return to
 * the address in the vector table enters the handler with exactly that frame above the stack pointer.
 * in: %eax, %edx (-mregparm=3); *regs   out: *regs   clobbers: nothing
 * mode: 16-bit real, %ds = %es = %ss = %cs   stack: 64 bytes and what the BIOS takes
 */
	.globl bios_int
bios_int:
	pushal
	pushfl
	pushw %fs
	pushw %gs
	pushl %edx			# where the answer goes
	movl %eax, %esi
	movl %edx, %ebx

	pushw BIOS_FLAGS(%ebx)		# what the handler's iret brings back,
	pushw %cs
	pushw $1f			# and where to
	xorw %ax, %ax
	movw %ax, %fs
	pushl %fs:(,%esi,4)		# handler's %cs:%ip, for the lretw below
	movw BIOS_FLAGS(%ebx), %ax
	andw $~FLAGS_IF_TF, %ax		# an INT enters its handler with interrupts off
	pushw %ax
	pushl BIOS_EBX(%ebx)
	movl BIOS_EAX(%ebx), %eax
	movl BIOS_ECX(%ebx), %ecx
	movl BIOS_EDX(%ebx), %edx
	movl BIOS_ESI(%ebx), %esi
	movl BIOS_EDI(%ebx), %edi
	movl BIOS_EBP(%ebx), %ebp
	movw BIOS_ES(%ebx), %es
	movw BIOS_DS(%ebx), %ds		# last: %ds was ours up to here
	popl %ebx
	popfw
	lretw				# into the BIOS

1:	pushfl				# nothing but the stack can be trusted here
	pushw %ds
	pushl %ebx
	movzwl %sp, %esp		# the BIOS may have left its dirt above 16 bits
	movw %cs, %bx
	movw %bx, %ds
	movl (4 + 2 + 4)(%esp), %ebx	# regs, below the three pushed here
	popl BIOS_EBX(%ebx)
	popw BIOS_DS(%ebx)
	popl BIOS_FLAGS(%ebx)
	movl %eax, BIOS_EAX(%ebx)
	movl %ecx, BIOS_ECX(%ebx)
	movl %edx, BIOS_EDX(%ebx)
	movl %esi, BIOS_ESI(%ebx)
	movl %edi, BIOS_EDI(%ebx)
	movl %ebp, BIOS_EBP(%ebx)
	movw %es, BIOS_ES(%ebx)

	movw %ds, %ax			# C code's invariants again
	movw %ax, %es
	popl %edx
	popw %gs
	popw %fs
	popfl				# direction flag clear, interrupts as they were
	popal
	retl

	.section .note.GNU-stack, "", @progbits
