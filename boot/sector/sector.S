/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot sector of a disk: brings the loader (boot/loader) into memory and starts it.
 *
 * Entered by the BIOS at linear address 0x7c00, in 16-bit real mode, %dl = the drive it came from;
 * nothing else can be relied on. Leaves to the loader at 0:0x7c00, %dl as it came, or says one letter and
 * hands the machine back to the BIOS (int 18h: next boot device).
 *
 *   0x0600  this sector, moved out of the way   (link address)
 *   0x0800  ...
 *           stack, down from 0x7c00
 *   0x7c00  the loader, at most 24 KiB
 *
 * Fields that a tool fills (spec/disk.h): where the loader lies, and how long it is.
 *
 *   N  nobody has filled these fields
 *   R  the drive does not read the loader, tried five times
 *   G  a drive without int 13h extensions, whose geometry does not reach the loader
 *   L  what lies there is no loader of ours
 *   C  the loader's checksum is wrong
 */
#include "boot/lib/early16.h"
#include "spec/disk.h"

#define RUNS_AT 0x0600
#define CYLINDERS_MAX 1024

/* variables, behind the sector */
#define drive (RUNS_AT + MBR_SIZE) /* u8 */
#define heads (drive + 2) /* u16 */

	.code16
	.section .sector, "ax"
	.globl sector_entry16
sector_entry16:
	cli
	xorw %ax, %ax
	movw %ax, %ss
	movw $LOADER_ADDRESS, %sp
	sti
	movw %ax, %ds
	movw %ax, %es
	cld
	movw $LOADER_ADDRESS, %si	# out of the loader's way
	movw $RUNS_AT, %di
	movw $(MBR_SIZE / 2), %cx
	rep movsw
	ljmp $0, $sector_moved		# and %cs is 0, whatever it was

sector_moved:
	movb %dl, drive
	movw loader_sects, %cx
	jcxz stop_n
	cmpw $LOADER_SECTS_MAX, %cx
	ja stop_n

	movb $0x41, %ah			# int 13h AH=41h: are there extensions?
	movw $0x55aa, %bx
	int $0x13
	jc read_chs
	cmpw $0xaa55, %bx
	jne read_chs
	testb $1, %cl			# calls 42h to 44h, 47h, 48h
	jz read_chs

/* All of it at once: within the first 64 KiB, so no DMA controller minds. */
read_lba:
	movw $READ_TRIES, %bp
1:	pushl loader_lba + 4		# a new packet each time: the BIOS writes into it
	pushl loader_lba
	pushl $LOADER_ADDRESS		# segment 0
	pushw loader_sects
	pushw $DAP_SIZE
	movw %sp, %si
	movb $0x42, %ah			# int 13h AH=42h: extended read
	call disk_call
	leaw DAP_SIZE(%si), %sp
	jnc check
	call disk_reset
	decw %bp
	jnz 1b
	jmp stop_r

/*
 * Ends. Each loads its letter; 0x3d makes the next such instruction the operand of a comparison, so that
 * what follows is skipped.
 */
stop_n:	movb $'N', %al
	.byte 0x3d
stop_r:	movb $'R', %al
	.byte 0x3d
stop_g:	movb $'G', %al
	.byte 0x3d
stop_l:	movb $'L', %al
	.byte 0x3d
stop_c:	movb $'C', %al
	movb %al, letter
	movw $words, %si
	PRINT
	int $0x18			# no boot from here: the BIOS goes on
	sti
2:	hlt
	jmp 2b

/*
 * int 13h on our drive; disk_reset: AH=00h.
 * in: as the call wants it, but %dl   out: as the call gives it, and %si, %bp, %di kept
 */
disk_reset:
	xorb %ah, %ah
disk_call:
	pushw %si
	pushw %di
	pushw %bp
	movb drive, %dl
	int $0x13
	cld
	popw %bp			# flags stay
	popw %di
	popw %si
	ret

/*
 * A drive of cylinders, heads and sectors: one sector after the other, so that none crosses the end
 * of a track.
 */
read_chs:
	pushw %es
	movb $0x08, %ah			# int 13h AH=08h: geometry
	call disk_call
	popw %es			# the call returns a table in %es:%di
	jc stop_g
	andw $0x3f, %cx
	jz stop_g
	movw %cx, %si			# sectors of a track
	movzbw %dh, %ax			# highest head
	incw %ax
	movw %ax, heads
	cmpl $0, loader_lba + 4
	jne stop_g
	movw loader_sects, %bp		# sectors still to read
next_sector:
	movl loader_lba, %eax
	xorl %edx, %edx
	movzwl %si, %ecx
	divl %ecx			# sector - 1 in %edx
	movw %dx, %bx
	xorl %edx, %edx
	movzwl heads, %ecx
	divl %ecx			# head in %edx, cylinder in %eax
	cmpl $CYLINDERS_MAX, %eax
	jae stop_g
	movb %dl, %dh			# %dh: head
	movb %al, %ch			# %ch: cylinder, low byte,
	shlb $6, %ah
	movb %ah, %cl			# %cl: its high two bits above
	incw %bx
	orb %bl, %cl			# the sector
	movw $LOADER_ADDRESS, %bx
	movw $READ_TRIES, %di
3:	movw $0x0201, %ax		# int 13h AH=02h: read one sector to %es:%bx
	call disk_call
	jnc 4f
	call disk_reset
	decw %di
	jnz 3b
	jmp stop_r
4:	movw %es, %ax
	addw $(MBR_SIZE / 16), %ax
	movw %ax, %es
	incl loader_lba
	decw %bp
	jnz next_sector

check:
	cmpl $LOADER_MAGIC, LOADER_ADDRESS + LOADER_MAGIC_AT
	jne stop_l
	cmpw $LOADER_VERSION, LOADER_ADDRESS + LOADER_VERSION_AT
	jne stop_l
	movw LOADER_ADDRESS + LOADER_SECTS, %cx
	cmpw loader_sects, %cx		# all of it?
	jne stop_l
	shlw $9, %cx
	subw $LOADER_CRC_FROM, %cx
	movw $(LOADER_ADDRESS + LOADER_CRC_FROM), %si
	CRC32C
	cmpl LOADER_ADDRESS + LOADER_CRC, %eax
	jne stop_c
	movb drive, %dl
	ljmp $0, $LOADER_ADDRESS

words:
	.ascii "bzforge: no boot: "
letter:
	.asciz "N\r\n"

	.globl sector_code_end
sector_code_end:
	.org MBR_MAGIC_AT
	.long MBR_MAGIC
	.org MBR_LOADER_SECTS
loader_sects:
	.word 0
	.org MBR_LOADER_LBA
loader_lba:
	.quad 0
	.org MBR_CODE_END
	.zero MBR_SIGNATURE_AT - MBR_CODE_END
	.word MBR_SIGNATURE
	.section .note.GNU-stack, "", @progbits
