/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a processor that wakes up in real mode gets to C code (ap_start.S), and what lies where in the
 * two pages below 1 MiB that this needs. Usable from assembly.
 *
 *   0x0000  root of page tables: a copy, since the real one may lie above 4 GiB
 *   0x1000  copy of the instructions, entered at its first byte
 *   0x1100  what the boot processor tells them: struct ap_start
 */
#ifndef BOOT_STUB_AP_START_H
#define BOOT_STUB_AP_START_H

#define AP_ROOT       0x0000
#define AP_CODE       0x1000
#define AP_START      0x1100
#define AP_ROOM_SIZE  0x2000

/* Offsets in struct ap_start. */
#define AP_GDTR       0x00
#define AP_JUMP       0x08
#define AP_CR3        0x10
#define AP_CR4        0x14
#define AP_NEXT       0x18
#define AP_COUNT      0x1c
#define AP_TABLES     0x20
#define AP_BLOCKS     0x28
#define AP_BLOCK_SIZE 0x30
#define AP_STACK      0x38
#define AP_FUNCTION   0x40
#define AP_CTX        0x48
#define AP_GDT        0x50

#ifndef __ASSEMBLER__
#include <stdint.h>

struct ap_start {
	uint16_t gdt_limit; /* what lgdt takes */
	uint16_t gdt_base[2];
	uint16_t not_used;
	uint32_t jump_offset; /* where 64-bit mode begins, for a far jump */
	uint32_t jump_selector;
	uint32_t root; /* AP_ROOT of these pages */
	uint32_t cr4;
	uint32_t next; /* how many have come */
	uint32_t count; /* how many have been called */
	uint64_t tables; /* CR3 from then on */
	uint64_t blocks_pa; /* the first one's memory, */
	uint64_t block_size; /* then the next one's */
	uint64_t stack; /* offset of the stack's upper end in a block */
	uint64_t function; /* ap_function, */
	uint64_t ctx; /* its argument */
	uint64_t gdt[4]; /* as boot_gdt */
};

/* In 64-bit mode, interrupts off, on the block's stack: number counts from 0. It does not return. */
typedef void ap_function(void *ctx, uint64_t block_pa, uint32_t number);

extern const uint8_t ap_start[], ap_start_end[], ap_start64[];
#endif

#endif /* BOOT_STUB_AP_START_H */
