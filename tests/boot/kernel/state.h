/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What entry.S saves of the machine before it changes anything: offsets for it, the same as a
 * structure for main.c. Usable from assembly.
 */
#ifndef TESTS_BOOT_KERNEL_STATE_H
#define TESTS_BOOT_KERNEL_STATE_H

#define STATE_RSI    0x00
#define STATE_RFLAGS 0x08
#define STATE_CR0    0x10
#define STATE_CR3    0x18
#define STATE_CR4    0x20
#define STATE_EFER   0x28
#define STATE_CS     0x30 /* u16 each */
#define STATE_DS     0x32
#define STATE_ES     0x34
#define STATE_SS     0x36
#define STATE_GDTR   0x38 /* u16 limit, u64 base */
#define STATE_RSP    0x48
#define STATE_SIZE   0x50

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct state {
	uint64_t rsi;
	uint64_t rflags;
	uint64_t cr0, cr3, cr4;
	uint64_t efer;
	uint16_t cs, ds, es, ss;
	uint16_t gdt_limit;
	uint64_t gdt_base;
	uint8_t pad[6];
	uint64_t rsp;
} __attribute__((packed));

_Static_assert(offsetof(struct state, efer) == STATE_EFER, "efer");
_Static_assert(offsetof(struct state, cs) == STATE_CS, "cs");
_Static_assert(offsetof(struct state, gdt_limit) == STATE_GDTR, "gdtr");
_Static_assert(offsetof(struct state, rsp) == STATE_RSP, "rsp");
_Static_assert(sizeof(struct state) == STATE_SIZE, "size");
#endif

#endif /* TESTS_BOOT_KERNEL_STATE_H */
