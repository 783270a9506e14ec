/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a boot on a CPU without 64-bit mode. 32-bit protected mode, paging off, flat segments,
 * a stack. A 16-bit loader never gets here, since boot/setup has refused before; GRUB's `linux`
 * does. Says E70 on the VGA text screen and the first serial port, waits for a key or a serial
 * byte, resets. Everything else (command line, panic=) would need code that this CPU cannot run.
 * Does not return.
 */
#define COM1          0x3f8
#define COM_LSR       (COM1 + 5)
#define LSR_DATA      0x01 /* a byte has arrived */
#define LSR_ROOM      0x20 /* room for a byte to send */
#define KBD_STATUS    0x64
#define KBD_FULL      0x01
#define KBD_PULSE     0xfe /* pulse the reset line */
#define VGA_TEXT      0xb8000
#define VGA_RED       0x0c /* bright red on black */
#define SERIAL_POLLS  100000

	.section .text.refuse32, "ax"
	.code32
	.globl refuse32
refuse32:
	call	1f			/* leaves the text's address, wherever that is */
	.asciz	"\r\nbzforge: E70 this kernel needs a 64-bit CPU; press a key to restart\r\n"
1:	popl	%esi
	movl	$VGA_TEXT, %edi
print:
	lodsb
	testb	%al, %al
	jz	wait
	movb	$VGA_RED, %ah
	cmpb	$' ', %al
	jb	1f			/* line ends are for the serial port only */
	movw	%ax, (%edi)
	addl	$2, %edi
1:	movb	%al, %bl
	movl	$SERIAL_POLLS, %ecx
	movw	$COM_LSR, %dx
2:	inb	%dx, %al
	testb	$LSR_ROOM, %al
	jnz	3f
	loop	2b
3:	movw	$COM1, %dx
	movb	%bl, %al
	outb	%al, %dx
	jmp	print

	/* 0xff is what a port without a device reads. */
wait:
	inb	$KBD_STATUS, %al
	cmpb	$0xff, %al
	je	1f
	testb	$KBD_FULL, %al
	jnz	reset
1:	movw	$COM_LSR, %dx
	inb	%dx, %al
	cmpb	$0xff, %al
	je	wait
	testb	$LSR_DATA, %al
	jz	wait

	/* Keyboard controller, then an empty IDT and an exception: shutdown, which resets a PC. */
reset:
	movb	$KBD_PULSE, %al
	outb	%al, $KBD_STATUS
	pushl	$0
	pushl	$0
	lidt	(%esp)
	int3
	jmp	reset
