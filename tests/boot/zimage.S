/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that is loaded low (zImage), as far as a boot loader can tell: a setup header of protocol VERSION, and a
 * setup part that says on the first serial port what it was given, in lines "ZI name value", and ends the machine
 * by isa-debug-exit. What follows it is for the test to fill: PAYLOAD bytes, of which it tells a checksum.
 * Offsets are those of the file, which are the segment's, too; %cs is 0x20 further.
 */
	.code16
	.text
start:	.org start + 0x1f1
	.byte 3				# setup_sects
	.word 0
	.long 0
	.word 0, 0, 0
	.word 0xaa55
	jmp entry
	.ascii "HdrS"
	.word VERSION
	.long 0
	.word 0x1000, 0
	.byte 0				# type_of_loader
	.byte 0				# loadflags: not LOADED_HIGH
	.word 0x8000			# setup_move_size
	.long 0x1000			# code32_start, where old setup parts move what is at 0x10000
	.long 0, 0			# ramdisk_image, ramdisk_size
	.long 0
	.word 0				# heap_end_ptr
	.word 0
	.long 0				# cmd_line_ptr
	.long 0x37ffffff		# initrd_addr_max

	.macro SAY name, value:vararg
	movw $\name, %si
	call text
	movl \value, %eax
	call hex
	.endm

entry:	cld
	movw $0x3fb, %dx		# 8 bits, no parity
	movb $3, %al
	outb %al, %dx
	xorl %eax, %eax
	movw %ss, %ax
	SAY name_ss, %eax
	movw %ds, %ax
	SAY name_ds, %eax
	movzwl %sp, %eax
	SAY name_sp, %eax
	SAY name_loader, 0x210
	SAY name_code32, 0x214
	SAY name_image, 0x218
	SAY name_size, 0x21c
	SAY name_pointer, 0x228
	SAY name_old, 0x20

	xorl %eax, %eax			# the sum: rotate, add a byte
	movl $PAYLOAD, %ecx
	movw $0x1000, %bx
1:	movw %bx, %fs
	xorw %si, %si
2:	roll $1, %eax
	movzbl %fs:(%si), %edx
	addl %edx, %eax
	incw %si
	decl %ecx
	jz 3f
	cmpw $16, %si
	jb 2b
	incw %bx
	jmp 1b
3:	SAY name_sum, %eax

	movw $name_line, %si		# the line: at its pointer, or in our segment
	call text
	movl 0x228, %eax
	testl %eax, %eax
	jnz 4f
	movw %ds, %ax
	movzwl %ax, %eax
	shll $4, %eax
	movzwl 0x22, %edx
	addl %edx, %eax
4:	shrl $4, %eax
	movw %ax, %fs
	xorw %di, %di
5:	movb %fs:(%di), %al
	incw %di
	testb %al, %al
	jz 6f
	call put
	jmp 5b
6:	movb $'\n', %al
	call put
	movw $0xf4, %dx
	movb $16, %al
	outb %al, %dx
	hlt

/* %eax in hexadecimal, and the line's end   clobbers: %ecx */
hex:	movw $8, %cx
1:	roll $4, %eax
	pushl %eax
	andb $15, %al
	addb $'0', %al
	cmpb $'9', %al
	jbe 2f
	addb $('a' - '9' - 1), %al
2:	call put
	popl %eax
	loop 1b
	pushl %eax
	movb $'\n', %al
	call put
	popl %eax
	ret

text:	pushl %eax
1:	lodsb
	testb %al, %al
	jz 2f
	call put
	jmp 1b
2:	popl %eax
	ret

put:	pushw %dx
	pushw %ax
	movw $0x3fd, %dx
1:	inb %dx, %al
	testb $0x20, %al
	jz 1b
	popw %ax
	movw $0x3f8, %dx
	outb %al, %dx
	popw %dx
	ret

name_ss:	.asciz "\nZI ss "
name_ds:	.asciz "ZI ds "
name_sp:	.asciz "ZI sp "
name_loader:	.asciz "ZI loader "
name_code32:	.asciz "ZI code32_start "
name_image:	.asciz "ZI ramdisk_image "
name_size:	.asciz "ZI ramdisk_size "
name_pointer:	.asciz "ZI cmd_line_ptr "
name_old:	.asciz "ZI old_line "
name_sum:	.asciz "ZI sum "
name_line:	.asciz "ZI line "
	.org start + 0x800
