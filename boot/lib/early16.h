/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What code has to do before it knows that all of it is in memory: check a checksum, say a letter.
 * Assembler macros for 16-bit real mode with %ds = %es = 0, used once each by the boot sector and by the
 * loader's first sectors, which cannot call each other.
 */
#ifndef BOOT_LIB_EARLY16_H
#define BOOT_LIB_EARLY16_H

#define COM1_DATA 0x3f8
#define COM1_LSR  0x3fd
#define COM1_LSR_THRE 0x20 /* the transmitter takes a byte */

#define DAP_SIZE 16 /* disk address packet [EDD 3.0 table 2] */
#define READ_TRIES 5

/*
 * CRC-32C of %cx bytes at %si (core/crc32c.h), bit by bit.
 * out: %eax   clobbers: %bx, %cx, %si, flags
 */
.macro CRC32C
	orl $-1, %eax
.Lcrc_byte\@:
	xorb (%si), %al
	incw %si
	movb $8, %bl
.Lcrc_bit\@:
	shrl $1, %eax
	jnc .Lcrc_next\@
	xorl $0x82f63b78, %eax
.Lcrc_next\@:
	decb %bl
	jnz .Lcrc_bit\@
	loop .Lcrc_byte\@
	notl %eax
.endm

/*
 * The text at %si, ended by a 0, to the screen and, at whatever speed it has, to the first serial port.
 * clobbers: %ax, %bx, %cx, %dx, %si, %bp, flags
 */
.macro PRINT
.Lprint\@:
	lodsb
	testb %al, %al
	jz .Lprinted\@
	pushw %ax
	movb $0x0e, %ah			# int 10h AH=0eh: teletype output
	movw $0x0007, %bx
	int $0x10
	xorw %cx, %cx			# 65536 tries, then the character is lost
	movw $COM1_LSR, %dx
.Lwait\@:
	inb %dx, %al
	testb $COM1_LSR_THRE, %al
	loopz .Lwait\@
	movb $(COM1_DATA & 0xff), %dl
	popw %ax
	outb %al, %dx
	jmp .Lprint\@
.Lprinted\@:
.endm

#endif /* BOOT_LIB_EARLY16_H */
