/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC as far as it takes to wake other processors and to send them back. */
#ifndef BOOT_STUB_APIC_H
#define BOOT_STUB_APIC_H

#include <stdbool.h>
#include <stdint.h>
#include "core/err.h"

/*
 * Once in each stage, before the rest. The APIC is on, in memory at its usual place or in x2APIC mode
 * (core/wake.h). Errors: those of paging_map.
 */
enum err apic_init(void) MUST_CHECK;
/* x2APIC: IDs have 32 bits. */
bool apic_is_wide(void);
uint32_t apic_own_id(void);

/* To one other processor; they come back when the APIC has delivered it, or gives up. */
void apic_send_init(uint32_t id);
/* page_pa: where it shall begin, below 1 MiB. */
void apic_send_startup(uint32_t id, uint64_t page_pa);

#endif /* BOOT_STUB_APIC_H */
