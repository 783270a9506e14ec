/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware and loaders that misbehave, for tests of the setup part (a BIOS that
 * only leaves dirt: bios_trash.S). A test puts this program into
 * the room for PE headers (offset 0x270 of the image) and lets the jump at 0x26c lead here; it
 * spoils what FAULT says and goes on at the 16-bit entry, 0x838. Faults of the BIOS are hooks on
 * int 15h and others that stay in memory behind the loaded header.
 *
 * Entered in 16-bit real mode with %ds = load segment. Saves what it changes, unless changing it is
 * the fault.
 */

#define ENTRY 0x838
#define HERE  0x270

#define HDR_TYPE_OF_LOADER 0x210
#define HDR_LOADFLAGS      0x211
#define HDR_REALMODE_SWTCH 0x208
#define HDR_CODE32_START   0x214
#define HDR_HEAP_END_PTR   0x224
#define HDR_CMD_LINE_PTR   0x228

	.code16
	.text
	.globl _start
_start:
	pushw %ds			# any %cs will do up to here; the hooks want %cs = %ds
	pushw $(HERE + 1f)
	lretw
1:
	xorw %ax, %ax
	movw %ax, %es

/* --- one fault each --- */

#ifdef A20_CLOSED			/* gate closed; every way of opening it works */
	call close_a20
#endif
#ifdef A20_NO_BIOS			/* gate closed; the BIOS call fails */
	call close_a20
	call hook15
#endif
#ifdef E820_MISSING			/* carry, nothing else */
	call hook15
#endif
#ifdef E820_E801_MISSING
	call hook15
#endif
#ifdef E820_STUCK			/* the continuation value stays at 1, with the same entry */
	call hook15
#endif
#ifdef E820_ENDLESS			/* a new entry each time, never the end */
	call hook15
#endif
#ifdef E820_NO_SMAP			/* the third call forgets "SMAP" */
	call hook15
#endif
#ifdef E820_24_BYTES			/* writes 24 bytes whatever it is asked for */
	call hook15
#endif
#ifdef STACK_ELSEWHERE			/* %ss is not %ds, heap_end_ptr is good */
	movw $0x8000, %ax
	movw %ax, %ss
	movl $0xdead1000, %esp
#endif
#ifdef STACK_NONE			/* %ss is not %ds, no CAN_USE_HEAP */
	andb $0x7f, HDR_LOADFLAGS
	movw $0x8000, %ax
	movw %ax, %ss
	movl $0xdead1000, %esp
#endif
#ifdef STACK_ZERO			/* %sp = 0: 64 KiB */
	movw %ds, %ax
	movw %ax, %ss
	xorl %esp, %esp
#endif
#ifdef HEAP_WRAPS			/* heap_end_ptr + 0x200 is beyond 64 KiB */
	movw $0xfff0, HDR_HEAP_END_PTR
	movw $0x8000, %ax
	movw %ax, %ss
	movw $0x1000, %sp
#endif
#ifdef HEAP_END				/* the heap ends there */
	movw $(HEAP_END - 0x200), HDR_HEAP_END_PTR
#endif
#ifdef NAMELESS				/* the loader fills in the initrd and no type */
	movb $0, HDR_TYPE_OF_LOADER
#endif
#ifdef LOADFLAGS			/* the loader sets more flags */
	orb $LOADFLAGS, HDR_LOADFLAGS
#endif
#ifdef OLD_CMDLINE			/* protocol 2.00 and 2.01: at 0x90000 + offset */
	cld
	pushw %ds
	movl HDR_CMD_LINE_PTR, %eax
	shrl $4, %eax
	movw $0x9000, %dx
	movw %dx, %es
	movw $0x9000, %di
	movw HDR_CMD_LINE_PTR, %si
	andw $15, %si
	movw %ax, %ds
	movw $256, %cx
	rep movsb
	popw %ds
	movw $0xa33f, 0x20
	movw $0x9000, 0x22
	movl $0, HDR_CMD_LINE_PTR
#endif
#ifdef CODE32_HOOK			/* the loader's own code comes between setup and stub */
	movl $(HERE + hook32), %eax
	xorl %edx, %edx
	movw %ds, %dx
	shll $4, %edx
	addl %edx, %eax
	movl %eax, HDR_CODE32_START
#endif
#ifdef HOOK				/* the loader has a hook, which closes A20 */
	movw $(HERE + loader_hook), HDR_REALMODE_SWTCH
	movw %ds, HDR_REALMODE_SWTCH + 2
#endif

	movw %ds, %ax
	movw %ax, %es
	pushw $0x0020			# and off with another %cs than %ds
	popw %ax
	movw %ds, %dx
	addw %ax, %dx
	pushw %dx
	pushw $(ENTRY - 0x200)
	lretw

close_a20:
	inb $0x92, %al
	andb $0xfc, %al
	outb %al, $0x92
	ret

/* hook15: int 15h goes through fault15 from now on. */
hook15:
	movl %es:(0x15 * 4), %eax
	movl %eax, HERE + old15
	movw $(HERE + fault15), %es:(0x15 * 4)
	movw %ds, %es:(0x15 * 4 + 2)
	ret

	.balign 4
old15:	.long 0
calls:	.long 0

/* fail: back to the caller of the interrupt with carry set. */
fail:
	stc
	lretw $2

succeed:
	clc
	lretw $2

fault15:
#if defined(A20_NO_BIOS)
	cmpw $0x2401, %ax
	je fail
#endif
#if defined(E820_MISSING) || defined(E820_E801_MISSING)
	cmpw $0xe820, %ax
	je fail
#endif
#if defined(E820_E801_MISSING)
	cmpw $0xe801, %ax
	je fail
#endif
#if defined(E820_NO_SMAP)
	cmpw $0xe820, %ax
	jne 1f
	incl %cs:(HERE + calls)
	cmpl $3, %cs:(HERE + calls)
	jne 1f
	xorl %eax, %eax
	jmp succeed
1:
#endif
#if defined(E820_STUCK) || defined(E820_ENDLESS)
	cmpw $0xe820, %ax
	jne 1f
	pushl %ecx
	movl %ebx, %ecx			# entry n: 4 KiB at (n + 1) * 1 MiB
	incl %ecx
	shll $20, %ecx
	movl %ecx, %es:(%di)
	popl %ecx
	movl $0, %es:4(%di)
	movl $0x1000, %es:8(%di)
	movl $0, %es:12(%di)
	movl $1, %es:16(%di)
	movl $0x534d4150, %eax
	movl $20, %ecx
#ifdef E820_STUCK
	movl $1, %ebx
#else
	incl %ebx
#endif
	jmp succeed
1:
#endif
#if defined(E820_24_BYTES)
	cmpw $0xe820, %ax
	jne 1f
	pushfw
	lcallw *%cs:(HERE + old15)
	movl $0xbad0bad0, %es:20(%di)	# the attributes of ACPI 3, and they are wrong
	movl $24, %ecx
	lretw $2
1:
#endif
	ljmpw *%cs:(HERE + old15)
	.org 0x3c0

/* loader_hook: what a DOS memory manager may do. */
loader_hook:
	pushw %ax
	call close_a20
	popw %ax
	movl $0xbad0bad0, %ebp
	movl $0xbad1bad1, %ecx
	cli
	std
	lretw

#ifdef CODE32_HOOK
	.code32
hook32:					/* boot.rst: flat code segment, and on to where code32_start was */
	movl $0x64636f68, %edi
	movl $0x100000, %eax
	jmpl *%eax
	.code16
#endif
	.org 0x4c0

	.section .note.GNU-stack, "", @progbits
