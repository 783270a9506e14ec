/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An EFI application around one C file (app.h), with its PE header written out, since a Linux toolchain has none
 * to give [Microsoft "PE Format"; UEFI 2.10 2.1.1]. The image has one section, which may be read, written and
 * executed; it runs wherever firmware loads it and so has no relocations.
 * Entered with the image's handle in %rcx and the system table in %rdx, which app_main gets in the same registers.
 */
	.section .head, "ax"
	.code64
	.globl app_entry
head:	.ascii "MZ"
	.org head + 0x3c
	.long pe - head
pe:	.ascii "PE\0\0"
	.word 0x8664			# x86-64
	.word 1				# section
	.long 0, 0, 0			# time, symbols
	.word sections - optional
	.word 0x22			# executable, addresses above 2 GiB
optional:
	.word 0x20b			# PE32+
	.byte 0, 0			# linker's version
	.long app_end - app_entry	# size of code
	.long 0, 0			# size of data
	.long app_entry - head
	.long app_entry - head		# base of code
	.quad 0				# image base
	.long 0x1000, 0x1000		# alignment in memory, in the file
	.word 0, 0, 0, 0, 0, 0		# versions of system, image, subsystem
	.long 0
	.long app_end - head		# size in memory
	.long app_entry - head		# size of headers
	.long 0				# checksum
	.word 10			# EFI application
	.word 0				# flags
	.quad 0, 0, 0, 0		# stack, heap
	.long 0
	.long 6				# data directories, all empty; five are the fewest that say "relocatable"
	.quad 0, 0, 0, 0, 0, 0
sections:
	.ascii ".text\0\0\0"
	.long app_end - app_entry, app_entry - head	# in memory
	.long app_end - app_entry, app_entry - head	# in the file
	.long 0, 0
	.word 0, 0
	.long 0xe0000020		# code; execute, read, write
	.org head + 0x1000
app_entry:
	subq $0x28, %rsp		# room for four arguments, and the stack at a multiple of 16
	call app_main
	addq $0x28, %rsp
	ret

	.section .note.GNU-stack, "", @progbits
