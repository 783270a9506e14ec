/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the protected-mode part of an image: writes what it was entered with to the debug
 * console (port 0xe9) and ends the machine through isa-debug-exit (port 0xf4). Lets a test compare
 * what two setup parts leave, byte for byte. Entered at 0x100000 in 32-bit mode as the boot
 * protocol says; uses no stack, so that a wrong one does not matter.
 *
 * What it writes, little-endian:
 *   u32[8]  eax ebx ecx edx esi edi ebp esp
 *   u32     cr0
 *   u32     interrupt flag (0x200) or 0; read with a stack of its own
 *   u16[8]  cs ds es fs gs ss tr ldtr
 *   u8[4]   masks of the first and the second PIC, 0, 0
 *   u16 u32 u16   GDT register: limit and base; 0
 *   u8[64]  the first bytes of the GDT
 *   u8[4096] boot_params, from %esi
 */

	.code32
	.text
	.globl _start
_start:
	movl %eax, dump + 0
	movl %ebx, dump + 4
	movl %ecx, dump + 8
	movl %edx, dump + 12
	movl %esi, dump + 16
	movl %edi, dump + 20
	movl %ebp, dump + 24
	movl %esp, dump + 28
	movl %cr0, %eax
	movl %eax, dump + 32
	movl $stack_top, %esp
	pushfl
	popl %eax
	andl $0x200, %eax
	movl %eax, dump + 36
	movw %cs, dump + 40
	movw %ds, dump + 42
	movw %es, dump + 44
	movw %fs, dump + 46
	movw %gs, dump + 48
	movw %ss, dump + 50
	str dump + 52
	sldt dump + 54
	inb $0x21, %al
	movb %al, dump + 56
	inb $0xa1, %al
	movb %al, dump + 57
	sgdtl dump + 60

	movl %esi, %ebp
	cld
	movw $0xe9, %dx
	movl $dump, %esi
	movl $(dump_end - dump), %ecx
	rep outsb
	movl dump + 62, %esi
	movl $64, %ecx
	rep outsb
	movl %ebp, %esi
	movl $4096, %ecx
	rep outsb

	movw $0xf4, %dx			# QEMU ends with status 2 * 0 + 1
	xorl %eax, %eax
	outl %eax, %dx
1:	hlt
	jmp 1b

	.balign 4
dump:
	.fill 68, 1, 0
dump_end:
	.fill 16, 4, 0
stack_top:

	.section .note.GNU-stack, "", @progbits
