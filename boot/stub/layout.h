/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The work area: all memory that the stub needs besides its own bytes. It starts at the first page
 * behind the image as the loader loaded it, or, when the stub has moved, where the plan says.
 * Usable from assembly; offsets from its start:
 *
 *   0x00000  hand-over from stage 1 to stage 2 (struct handover)      4 KiB
 *   0x01000  timeline (struct timeline)                               4 KiB
 *   0x02000  interrupt stacks 1 and 2, growing down                   4 KiB each
 *   0x04000  main stack, growing down                                32 KiB
 *   0x0c000  gate: where the boot processor decodes (gate.h)         32 KiB
 *   0x14000  page tables                                            128 KiB
 *   0x34000  heap: entry32's page tables, then stage 1's tables, then the decoder's workspace
 *   0x74000  end, or later: for a decoder that needs more heap the host tool enlarges work_size in
 *            stub_info, and with it the heap
 */
#ifndef BOOT_STUB_LAYOUT_H
#define BOOT_STUB_LAYOUT_H

#define WORK_HANDOVER      0x00000
#define WORK_HANDOVER_SIZE 0x01000
#define WORK_TIMELINE      0x01000
#define WORK_TIMELINE_SIZE 0x01000
#define WORK_IST1_TOP      0x03000
#define WORK_IST2_TOP      0x04000
#define WORK_STACK_BOTTOM  0x04000
#define WORK_STACK_TOP     0x0c000
#define WORK_GATE          0x0c000
#define WORK_TABLES        0x14000
#define WORK_TABLES_END    0x34000
#define WORK_HEAP          0x34000
#define WORK_HEAP_SIZE     0x40000 /* at least */
#define WORK_SIZE          (WORK_HEAP + WORK_HEAP_SIZE) /* at least */

/* The guard word at the lower end of each stack; a stack that grew over it is found out (E77). */
#define STACK_GUARD        0x6472617547666c42

/* In the head: the GDT with BOOT_CS and BOOT_DS, which the kernel is entered with. */
#define BOOT_GDT_SIZE      0x20

/* Selectors of ours beyond BOOT_CS and BOOT_DS: 16 bytes of TSS, 32-bit code for trampoline.S. */
#define STUB_TSS           0x20
#define STUB_CS32          0x30
#define STUB_GDT_SIZE      0x38

#endif /* BOOT_STUB_LAYOUT_H */
