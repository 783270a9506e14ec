/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A master boot record that starts the disk's next sector as a BIOS starts a boot sector, but with a BIOS
 * whose screen calls leave dirt in every register, and the direction flag set. Loaded at 0x7c00, runs at
 * 0x600.
 */

	.code16
	.text
	.globl _start
_start:
	cli
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $0x7c00, %sp
	cld
	movw %sp, %si
	movw $_start, %di
	movw $256, %cx
	rep movsw
	ljmp $0, $1f
1:	sti
	movl 0x10 * 4, %eax
	movl %eax, old10
	movw $hook10, 0x10 * 4
	movw %cs, 0x10 * 4 + 2
	movw $0x0201, %ax		# one sector
	movw $0x7c00, %bx
	movw $2, %cx			# cylinder 0, sector 2
	xorb %dh, %dh			# head 0; %dl is the disk, from the BIOS
	int $0x13
	ljmp $0, $0x7c00

hook10:
	pushfw
	lcallw *%cs:old10
	movw $0x0bad, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %bx
	movw %ax, %cx
	movw %ax, %dx
	movw %ax, %si
	movw %ax, %di
	movw %ax, %bp
	std
	lretw $2

	.balign 4
old10:
	.long 0

	.section .note.GNU-stack, "", @progbits
