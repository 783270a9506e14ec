/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A BIOS that destroys everything that it may: a program for the room for PE headers, entered and left
 * as bios_fault.S is. It hooks each interrupt that the setup part calls. A call goes through to the real
 * BIOS; of its answer only the registers are left that the call is documented to return, the rest is
 * dirt: upper halves, index and segment registers, all flags, with the direction flag set, interrupts
 * off, and %esp above 16 bits.
 *
 * Calls that others make (the BIOS itself in its interrupt handlers) are left alone; they are known by
 * the code segment they return to. A call that is not in the table ends the machine with status
 * 2 * UNKNOWN_CALL + 1: setup asks the BIOS for nothing else, no MCA tables and no APM among them.
 */

#define ENTRY 0x838
#define HERE  0x270
#define UNKNOWN_CALL 0x42
#define EXIT_PORT    0xf4

/* what an answer consists of */
#define AX    0x0001
#define BX    0x0002
#define CX    0x0004
#define DX    0x0008
#define DI    0x0010
#define WIDE  0x0100 /* 32 bits of each of these */
#define FLAGS 0x0200 /* carry and zero flag */
#define ES    0x0400
#define AL    0x0801 /* only that of AX */
#define AL_BIT 0x08
#define ANY   0xff

#define DIRTY_FLAGS 0x4cd5 /* NT, OF, DF, SF, ZF, AF, PF, CF; not IF */
#define ANSWER_FLAGS 0x0041 /* ZF, CF */

	.macro HOOK vector
	movl %es:(\vector * 4), %eax
	movl %eax, HERE + old_\vector
	movw $(HERE + hook_\vector), %es:(\vector * 4)
	movw %ds, %es:(\vector * 4 + 2)
	.endm

	.macro HANDLER vector
hook_\vector:
	pushw %ax			# the function
	pushw $\vector
	pushfw
	lcallw *%cs:(HERE + old_\vector)
	jmp answer
old_\vector:
	.long 0
	.endm

	.macro CALL vector, ah, al, returns
	.byte \vector, \ah, \al
	.word \returns
	.endm

	.code16
	.text
	.globl _start
_start:
	pushw %ds			# the hooks want %cs = %ds
	pushw $(HERE + 1f)
	lretw
1:	xorw %ax, %ax
	movw %ax, %es
	HOOK 0x10
	HOOK 0x12
	HOOK 0x13
	HOOK 0x15
	HOOK 0x16
#ifdef TRASH_KEYS
	movb $0x70, %es:0x417		# caps lock, num lock, scroll lock
#endif
	movw %ds, %ax
	movw %ax, %es
	jmp . + ENTRY - (HERE + (. - _start))

	HANDLER 0x10
	HANDLER 0x12
	HANDLER 0x13
	HANDLER 0x15
	HANDLER 0x16

/*
 * Behind a call: stack, from the top, is vector, function, and the caller's frame: %ip, %cs, flags.
 */
answer:
	pushfw
	pushw %bp
	movw %sp, %bp			# 0 %bp, 2 flags, 4 vector, 6 function, 8 %ip, 10 %cs
	pushw %ax
	movw %cs, %ax
	cmpw %ax, 10(%bp)
	popw %ax
	je 1f
	popw %bp			# not setup's call
	popfw
	leaw 4(%esp), %sp
	lretw $2

1:	cli
	movl %eax, %cs:(HERE + answers)
	movl %ebx, %cs:(HERE + answers + 4)
	movl %ecx, %cs:(HERE + answers + 8)
	movl %edx, %cs:(HERE + answers + 12)
	movl %edi, %cs:(HERE + answers + 16)
	movw %es, %cs:(HERE + answers + 20)
	movw %cs, %ax
	movw %ax, %ds
	cld

	movb 4(%bp), %cl		# which line of the table is it?
	movw 6(%bp), %bx
	movw $(HERE + table), %si
2:	cmpb $0, (%si)
	je unknown
	cmpb (%si), %cl
	jne 3f
	cmpb 1(%si), %bh
	jne 3f
	cmpb $ANY, 2(%si)
	je 4f
	cmpb 2(%si), %bl
	je 4f
3:	addw $5, %si
	jmp 2b
4:	movw 3(%si), %dx

	testw $FLAGS, %dx
	jz 5f
	andw $ANSWER_FLAGS, 2(%bp)
	orw $(DIRTY_FLAGS & ~ANSWER_FLAGS), 2(%bp)
	jmp 6f
5:	movw $DIRTY_FLAGS, 2(%bp)
6:	testw $ES, %dx
	jnz 7f
	movw $0x0bad, HERE + answers + 20
7:	testb $AL_BIT, %dh
	jz 8f
	movb $0xba, HERE + answers + 1
8:	movw $(HERE + answers), %di
	movw $5, %cx
9:	testb $1, %dl
	jz 10f
	testw $WIDE, %dx
	jnz 11f
	movw $0xdead, 2(%di)
	jmp 11f
10:	movl $0xbad0bad0, (%di)
11:	addw $4, %di
	shrb %dl
	loop 9b

	movw HERE + answers + 20, %es
	movl HERE + answers, %eax
	movl HERE + answers + 4, %ebx
	movl HERE + answers + 8, %ecx
	movl HERE + answers + 12, %edx
	movl HERE + answers + 16, %edi
	movl $0xbad1bad1, %esi
	pushw $0x0bad
	popw %fs
	pushw $0x0bad
	popw %gs
	pushw $0x0bad
	popw %ds
	popw %bp
	orl $0xbad20000, %esp
	popfw
	leaw 4(%esp), %sp
	movl $0xbad3bad3, %ebp
	lretw $2

unknown:
	movb $UNKNOWN_CALL, %al
	outb %al, $EXIT_PORT
	jmp .

	.balign 4
answers:
	.fill 6, 4, 0			# eax ebx ecx edx edi es

table:
	CALL 0x10, 0x00, ANY, 0		/* set mode */
	CALL 0x10, 0x01, ANY, 0		/* cursor's shape */
	CALL 0x10, 0x02, ANY, 0		/* its place */
	CALL 0x10, 0x03, ANY, CX | DX	/* both */
	CALL 0x10, 0x0e, ANY, 0		/* teletype */
	CALL 0x10, 0x0f, ANY, AX | BX	/* mode and page */
	CALL 0x10, 0x11, ANY, 0		/* fonts */
	CALL 0x10, 0x12, ANY, AL | BX | CX /* EGA: information and settings */
	CALL 0x10, 0x1a, 0x00, AL | BX	/* display combination */
	CALL 0x10, 0x4f, 0x00, AX	/* VBE: controller */
	CALL 0x10, 0x4f, 0x01, AX	/* mode information */
	CALL 0x10, 0x4f, 0x02, AX	/* set mode */
	CALL 0x10, 0x4f, 0x08, AX | BX	/* palette's width */
	CALL 0x10, 0x4f, 0x0a, AX | CX | DI | ES /* protected-mode interface */
	CALL 0x10, 0x4f, 0x15, AX | BX | CX /* EDID */
	CALL 0x12, 0x00, ANY, AX	/* base memory */
	CALL 0x13, 0x02, ANY, AX | FLAGS /* read */
	CALL 0x13, 0x08, ANY, AX | BX | CX | DX | DI | ES | FLAGS /* geometry */
	CALL 0x13, 0x41, ANY, AX | BX | CX | DX | FLAGS /* extensions */
	CALL 0x13, 0x48, ANY, AX | FLAGS /* drive parameters */
	CALL 0x15, 0x24, 0x01, AX | FLAGS /* A20 */
	CALL 0x15, 0x88, ANY, AX | FLAGS /* memory */
	CALL 0x15, 0xe8, 0x01, AX | BX | CX | DX | FLAGS
	CALL 0x15, 0xe8, 0x20, AX | BX | CX | WIDE | FLAGS
	CALL 0x15, 0xe9, 0x80, AX | BX | CX | DX | WIDE | FLAGS /* SpeedStep */
	CALL 0x15, 0xec, 0x00, FLAGS	/* CPU mode */
	CALL 0x16, 0x00, ANY, AX	/* key */
	CALL 0x16, 0x01, ANY, AX | FLAGS /* is there one? */
	CALL 0x16, 0x02, ANY, AL	/* shift state */
	CALL 0x16, 0x03, 0x05, 0	/* repeat rate */
	.byte 0

	.section .note.GNU-stack, "", @progbits
