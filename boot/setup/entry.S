/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 16-bit entry: makes segments, stack and bss what C code expects, or says that it cannot.
 * Entered from the jump at 0x200, which a boot loader called. Lies wholly in the first sectors,
 * which every loader reads, since its job is to notice that the others are missing.
 */
#include "boot/setup/layout.h"
#include "spec/bootparam.h"

#define COM1_DATA 0x3f8
#define COM1_LSR  0x3fd

	.code16
	.section .entry, "ax"

/*
 * setup_entry16
 * in: %ds = load segment (so is %es; %ss may be), %cs:%ip here by any %cs, interrupts off
 * mode: 16-bit real   stack: the loader's, until ours is chosen   does not return
 */
	.globl setup_entry16
setup_entry16:
	cld
	movw %ds, %ax
	movw %ax, %es

	/*
	 * Which stack? [boot.rst "Memory Layout", heap_end_ptr, loadflags]
	 * 1. %ss = %ds and %sp leaves us room: the loader made one.
	 */
	movw %ss, %dx
	cmpw %ax, %dx
	movw %sp, %dx
	je 2f
	/* 2. CAN_USE_HEAP: it ends at heap_end_ptr + 0x200. */
	testb $LOADFLAG_CAN_USE_HEAP, HDR_LOADFLAGS
	jz 4f
	movw HDR_HEAP_END_PTR, %dx
	addw $0x200, %dx
	jnc 2f
	movw $SETUP_STACK_TOP, %dx	# cut at the segment's end instead of wrapping
2:	andw $~3, %dx
	jnz 3f
	movw $SETUP_STACK_TOP, %dx	# 0 means 64 KiB
3:	cmpw $(setup_end + SETUP_STACK_SIZE), %dx
	jae 5f
	/* 3. Neither, or it would run into our own data: right behind our bss. */
4:	movw $(setup_end + SETUP_STACK_SIZE), %dx
5:	movw %ax, %ss
	movzwl %dx, %esp		# 32-bit addressing needs a clean upper half
	sti

	pushw %ax			# %cs = %ds from here on
	pushw $6f
	lretw
6:	cmpl $SETUP_SIGNATURE, setup_signature
	jne setup_incomplete

	movw $setup_bss, %di		# bss is zero, boot_params included
	movw $setup_end, %cx
	subw %di, %cx
	shrw $2, %cx			# both ends are multiples of 16
	xorl %eax, %eax
	rep stosl

	calll setup_main		# does not come back

/*
 * setup_incomplete: the end of the setup part is not in memory. Tell on the screen and, at whatever
 * speed it has, the first serial port; wait for a key or a serial byte; reset.
 * mode: 16-bit real, %cs = %ds   stack: ours   does not return
 * Behind a BIOS call nothing but %cs and the stack is what it was.
 */
setup_incomplete:
	movw $incomplete_text, %si
1:	movw %cs, %ax
	movw %ax, %ds
	cld
	lodsb
	testb %al, %al
	jz 3f
	pushaw
	movb $0x0e, %ah			# int 10h AH=0eh: teletype output
	movw $0x0007, %bx
	int $0x10
	popaw
	xorw %cx, %cx			# 65536 tries, then the character is lost
	pushw %ax
	movw $COM1_LSR, %dx
2:	inb %dx, %al
	testb $0x20, %al		# transmitter empty?
	loopz 2b
	popw %ax
	movw $COM1_DATA, %dx
	outb %al, %dx
	jmp 1b
3:	sti				# the keyboard's
	movb $0x01, %ah			# int 16h AH=01h: is there a key?
	cmpb %al, %al			# ZF: a BIOS without this call says no
	int $0x16
	jnz 4f
	movw $COM1_LSR, %dx
	inb %dx, %al
	cmpb $0xff, %al			# nobody there
	je 3b
	testb $0x01, %al		# has a byte arrived?
	jz 3b
4:	calll bios_reset

/*
 * _Noreturn void bios_reset(void): the reset vector, in real mode.
 * in: nothing   mode: 16-bit real   stack: none   does not return
 */
	.globl bios_reset
bios_reset:
	ljmp $0xffff, $0

incomplete_text:
	.ascii "bzforge: "
	.ascii SETUP_BAD_CODE
	.ascii " "
	.ascii SETUP_BAD_TEXT
	.asciz "\r\nbzforge: press a key to restart\r\n"

	.section .note.GNU-stack, "", @progbits
