/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first 0x838 bytes of an image: boot sector, setup header, room for PE headers and the version
 * string. Who reads what:
 *
 *   0x000  a BIOS that boots the image as if it were a disk: runs sector_entry16 at any segment
 *   0x020  loaders of protocol 2.00 and 2.01 write the old command line's address here
 *   0x03c  UEFI, once bytes 0 and 1 are "MZ": offset of the PE header
 *   0x1ef  nobody: 0xff, so that a loader that copies too much into boot_params shows as one
 *   0x1f1  loaders read and fill the setup header [boot.rst]; the host tool patches its defaults
 *   0x200  16-bit entry: loaders jump to load segment + 0x20, offset 0
 *   0x270  host tool: PE headers, then the kernel's version string
 *
 * Every field of the setup header is pinned to its offset by its own .org.
 */
#include "boot/setup/layout.h"
#include "spec/bootparam.h"
#include "spec/image.h"

#define PROTOCOL_VERSION 0x020f /* 2.15 */
#define START_SYS_SEG    0x1000 /* where zImages used to go; nobody reads it any more */
#define MOVE_SIZE        0x8000 /* what loaders of 2.01 and before move to 0x90000 */
#define CODE32_START     0x100000
#define INITRD_ADDR_MAX  0x7fffffff
#define KERNEL_ALIGNMENT 0x200000
#define MIN_ALIGNMENT    21 /* log2 of it */
#define CMDLINE_SIZE     2047

	.code16
	.section .header, "ax"

/*
 * sector_entry16: somebody wrote the image to a disk and booted that. Say what is missing, wait for
 * a key, hand back to the BIOS.
 * in: whatever the BIOS left; only this sector is in memory, at %cs:0 or 0x7c00 behind %cs:0
 * mode: 16-bit real, any segment   stack: made here, below 0x7c00   does not return
 */
	.globl sector_entry16
sector_entry16:
	nop				# these two bytes become "MZ": dec %bp, pop %dx
	nop
	jmp sector_start

	.org OLD_CL_ADDRESS
	.long 0				# old command line: magic and offset; not OLD_CL_MAGIC

	.org 0x3c			# e_lfanew [PE format, "MS-DOS Stub"]
	.long SETUP_PE_OFFSET

sector_start:
	cli
	xorw %ax, %ax
	movw %ax, %ss			# stack below where a BIOS puts boot sectors
	movw $0x7c00, %sp
	sti
	cld
	call 1f				# find out where we are
1:	popw %si
	addw $(sector_text - 1b), %si	# %cs:%si: the message
2:	lodsb %cs:(%si), %al
	testb %al, %al
	jz 3f
	movb $0x0e, %ah			# int 10h AH=0eh: teletype output
	movw $0x0007, %bx		# page 0, light grey
	pushw %si			# a BIOS may leave anything but the stack
	int $0x10
	popw %si
	cld
	jmp 2b
3:	xorw %ax, %ax			# int 16h AH=00h: wait for a key
	int $0x16
	int $0x19			# next boot device
	ljmp $0xffff, $0		# and if that comes back: reset

sector_text:
	.ascii "This is a kernel image; it cannot be started as a disk.\r\n"
	.ascii "Use a boot loader (GRUB, SYSLINUX, iPXE, ...) to start it.\r\n"
	.asciz "Press a key to go on.\r\n"

	.org BP_SENTINEL
	.byte 0xff, 0xff

	.org HDR_SETUP_SECTS
	.globl setup_header
setup_header:
	.byte setup_sects
	.org HDR_ROOT_FLAGS
	.word 1
	.org HDR_SYSSIZE
	.long 0
	.org HDR_RAM_SIZE
	.word 0
	.org HDR_VID_MODE
	.word VID_MODE_NORMAL
	.org HDR_ROOT_DEV
	.word 0
	.org HDR_BOOT_FLAG
	.word BOOT_FLAG_MAGIC

	.org HDR_JUMP
	.globl setup_start
setup_start:
	.byte 0xeb, HDR_END - (HDR_JUMP + 2) # short jump to setup_jump
	.org HDR_HEADER
	.long HDR_MAGIC
	.org HDR_VERSION
	.word PROTOCOL_VERSION
	.org HDR_REALMODE_SWTCH
	.long 0
	.org HDR_START_SYS_SEG
	.word START_SYS_SEG
	.org HDR_KERNEL_VERSION
	.word SETUP_VERSION_OFFSET - 0x200
	.org HDR_TYPE_OF_LOADER
	.byte 0
	.org HDR_LOADFLAGS
	.byte LOADFLAG_LOADED_HIGH
	.org HDR_SETUP_MOVE_SIZE
	.word MOVE_SIZE
	.org HDR_CODE32_START
	.long CODE32_START
	.org HDR_RAMDISK_IMAGE
	.long 0
	.org HDR_RAMDISK_SIZE
	.long 0
	.org HDR_BOOTSECT_KLUDGE
	.long 0
	.org HDR_HEAP_END_PTR
	.word setup_end + SETUP_STACK_SIZE - 0x200
	.org HDR_EXT_LOADER_VER
	.byte 0
	.org HDR_EXT_LOADER_TYPE
	.byte 0
	.org HDR_CMD_LINE_PTR
	.long 0
	.org HDR_INITRD_ADDR_MAX
	.long INITRD_ADDR_MAX
	.org HDR_KERNEL_ALIGNMENT
	.long KERNEL_ALIGNMENT
	.org HDR_RELOCATABLE_KERNEL
	.byte 1
	.org HDR_MIN_ALIGNMENT
	.byte MIN_ALIGNMENT
	.org HDR_XLOADFLAGS
	.word 0
	.org HDR_CMDLINE_SIZE
	.long CMDLINE_SIZE
	.org HDR_HARDWARE_SUBARCH
	.long 0
	.org HDR_HARDWARE_SUBARCH_DATA
	.quad 0
	.org HDR_PAYLOAD_OFFSET
	.long 0
	.org HDR_PAYLOAD_LENGTH
	.long 0
	.org HDR_SETUP_DATA
	.quad 0
	.org HDR_PREF_ADDRESS
	.quad 0
	.org HDR_INIT_SIZE
	.long 0
	.org HDR_HANDOVER_OFFSET
	.long 0
	.org HDR_KERNEL_INFO_OFFSET
	.long 0

/*
 * setup_jump: over the room for PE headers. Relative, so that it does not matter what %cs is.
 */
	.org HDR_END
setup_jump:
	.byte 0xe9			# near jump to setup_entry16
	.word SETUP_CODE_OFFSET - (HDR_END + 3)

	.org SETUP_CODE_OFFSET

	.section .note.GNU-stack, "", @progbits
