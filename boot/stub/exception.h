/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stub's GDT, TSS and IDT: page faults that map memory, and all other exceptions readable. */
#ifndef BOOT_STUB_EXCEPTION_H
#define BOOT_STUB_EXCEPTION_H

#include <stdint.h>

/* Load GDT, segments, task register and IDT; interrupt stacks are in the work area. */
void exception_init(uint64_t work_pa);

/*
 * The same on another processor, once exception_init has been called on the boot processor: the IDT is
 * common, GDT and TSS are made at own_pa, EXCEPTION_OWN_SIZE bytes. Stacks by their upper ends.
 */
#define EXCEPTION_OWN_SIZE 0x100
void exception_join(uint64_t own_pa, uint64_t page_fault_stack, uint64_t other_stack);

#endif /* BOOT_STUB_EXCEPTION_H */
