/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers that the assembly, the C code and the linker script of the setup part share.
 *
 * The segment that setup runs in (offsets from the load segment; at most 64 KiB):
 *
 *   0x0000  boot sector, setup header (0x1f1), room for PE headers (0x270)   header.S
 *   0x0838  16-bit entry, its error path                                     entry.S
 *           C code, read-only data, data, signature in the last 4 bytes      a multiple of 4 KiB
 *           bss: boot_params, buffers
 *   _end    heap (video modes, saved screen)                                 heap.c
 *           stack                                                         entry.S chooses its top
 *
 * setup_end stays below SETUP_END_MAX and the stack behind it below SETUP_STACK_MAX: a loader of
 * protocol 2.00 gives no more.
 */
#ifndef SETUP_LAYOUT_H
#define SETUP_LAYOUT_H

#define SETUP_SIGNATURE  0x65667a62 /* "bzfe", the last four bytes of the setup part */
#define SETUP_STACK_SIZE 0x0800 /* ours and the BIOS's */
#define SETUP_END_MAX    0x8000 /* [boot.rst "Memory Layout": real-mode code below, */
#define SETUP_STACK_MAX  0x9000 /* stack and heap from there to here, then the command line] */
#define SETUP_STACK_TOP  0xfffc /* highest stack pointer: the last dword of the segment */
#define SETUP_EARLY_SECTS 5 /* what even the oldest loader reads: the error path lies in it */

/*
 * The words for a setup part that was not loaded to its end. They are printed by the entry, without
 * C code and its data; main.c asserts that they are those of core/err.h.
 */
#define SETUP_BAD_CODE "E74"
#define SETUP_BAD_TEXT "setup code was loaded incompletely"

#endif /* SETUP_LAYOUT_H */
