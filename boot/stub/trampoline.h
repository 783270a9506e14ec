/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few instructions that run without paging (trampoline.S), and what lies where in the two pages
 * below 4 GiB that they need. Usable from assembly.
 *
 *   0x0000  root of the page tables that hold afterwards
 *   0x1000  copy of the instructions
 *   0x1ff0  where to go on in the stub, with which stack pointer; below it a stack of two words
 */
#ifndef BOOT_STUB_TRAMPOLINE_H
#define BOOT_STUB_TRAMPOLINE_H

#define TRAMPOLINE_ROOT      0x0000
#define TRAMPOLINE_CODE      0x1000
#define TRAMPOLINE_STACK_TOP 0x1ff0
#define TRAMPOLINE_RETURN    0x1ff0
#define TRAMPOLINE_RSP       0x1ff8
#define TRAMPOLINE_SIZE      0x2000

#ifndef __ASSEMBLER__
#include <stdint.h>

extern const uint8_t trampoline_start[], trampoline_end[];

/*
 * Toggle CR4.LA57. room_pa: two pages as above, mapped to themselves, below 4 GiB, with root and
 * instructions in place. The GDT has STUB_CS32; no exception or interrupt can be taken. When it comes
 * back, the root is the one in room_pa.
 */
void trampoline_run(uint64_t room_pa);
#endif

#endif /* BOOT_STUB_TRAMPOLINE_H */
