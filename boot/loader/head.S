/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loader's first sectors: header, and the code that makes sure that all of the loader is in memory,
 * and unpacks it.
 *
 * Entered at linear address 0x7c00 in 16-bit real mode, any %cs, %dl = drive, interrupts in any state: by
 * boot/sector with all of the loader in memory, or by a BIOS from a CD, with at least LOADER_EARLY_SIZE
 * bytes of it. Who reads what of the header: spec/disk.h. Leaves to loader_main (main.c), which runs in
 * 32-bit protected mode with interrupts off, or says one letter and hands back to the BIOS:
 *
 *   T  a part of the loader is missing or damaged, and the boot information table of a CD is not filled
 *   R  the CD does not read the rest
 *   C  the loader's checksum is wrong even so
 */
#include "boot/lib/early16.h"
#include "boot/loader/layout.h"
#include "spec/disk.h"
#include "spec/x86.h"

#define CD_SECTOR 0x800

	.code16
	.section .head, "ax"
	.globl loader_header
loader_header:
	jmp entry16
	.org LOADER_INFO_TABLE
	.zero LOADER_INFO_END - LOADER_INFO_TABLE
	.org LOADER_MAGIC_AT
	.long LOADER_MAGIC
	.org LOADER_VERSION_AT
	.word LOADER_VERSION
	.org LOADER_SECTS
	.word 0				# finish.py
	.org LOADER_CRC
	.long 0				# finish.py
	.org LOADER_RESERVED
	.long 0
	.org LOADER_CRC_FROM

entry16:
	cli
	xorw %ax, %ax
	movw %ax, %ss
	movl $LOADER_STACK_TOP, %esp
	sti
	movw %ax, %ds
	movw %ax, %es
	cld
	ljmp $0, $1f			# a CD is started with %cs = 0x7c0
1:	movb %dl, boot_drive
	call check_crc
	je start

	movb $'T', why
	movl loader_header + LOADER_INFO_LBA, %eax
	testl %eax, %eax
	jz stop
	incl %eax			# behind the first 2048 bytes, which we are
	movb $'R', why
	movw $READ_TRIES, %bp
2:	movl %eax, %edi
	pushl $0
	pushl %eax
	pushl $(LOADER_ADDRESS + CD_SECTOR)
	movw loader_header + LOADER_SECTS, %ax
	shrw $2, %ax
	decw %ax
	pushw %ax
	pushw $DAP_SIZE
	movw %sp, %si
	movb $0x42, %ah			# int 13h AH=42h: extended read, in sectors of the CD
	movb boot_drive, %dl
	pushl %edi
	pushw %bp
	int $0x13
	cld
	popw %bp
	popl %eax
	movl $LOADER_STACK_TOP, %esp
	jnc 3f
	decw %bp
	jnz 2b
	jmp stop
3:	movb $'C', why
	call check_crc
	je start

stop:
	movb why, %al			# only now: the text is a part of what has a checksum
	movb %al, letter
	movw $words, %si
	PRINT
	int $0x18			# no boot from here: the BIOS goes on
	sti
4:	hlt
	jmp 4b

/* Is the loader whole? out: ZF set if it is   clobbers: general registers but %bp, %di */
check_crc:
	movw $(LOADER_ADDRESS + LOADER_CRC_FROM), %si
	movw loader_header + LOADER_SECTS, %cx
	shlw $9, %cx
	subw $LOADER_CRC_FROM, %cx
	CRC32C
	cmpl loader_header + LOADER_CRC, %eax
	ret

words:
	.ascii "bzforge: no loader: "
letter:
	.asciz "T\r\n"
	.section .low, "aw", @nobits
	.globl boot_drive
boot_drive:
	.byte 0
why:					# the letter
	.byte 0

	.section .head
start:
	call enter32
	.code32
	movl $LOADER_BODY, %eax
	movl $(LOADER_ADDRESS + LOADER_EARLY_SIZE), %edx
	movl $LOADER_BOUNCE, %ecx	# nothing is there yet
	call unpack
	movl $loader_bss, %edi		# bss is zero
	movl $loader_bss_end, %ecx
	subl %edi, %ecx
	shrl $2, %ecx			# both ends are multiples of 16
	xorl %eax, %eax
	rep stosl
	movl $loader_main, %eax
	jmp *%eax			# does not come back

	.section .note.GNU-stack, "", @progbits
