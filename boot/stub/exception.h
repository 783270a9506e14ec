/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stub's GDT, TSS and IDT: page faults that map memory, and all other exceptions readable. */
#ifndef BOOT_STUB_EXCEPTION_H
#define BOOT_STUB_EXCEPTION_H

#include <stdint.h>

/* Load GDT, segments, task register and IDT; interrupt stacks are in the work area. */
void exception_init(uint64_t work_pa);

#endif /* BOOT_STUB_EXCEPTION_H */
