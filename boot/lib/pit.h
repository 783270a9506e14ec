/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The i8254 timer, 1,193,182 ticks a second, polled: there are no interrupts here. On a machine
 * without one every wait is bounded and simply too short. Built for 16-bit and for 64-bit mode.
 */
#ifndef BOOT_LIB_PIT_H
#define BOOT_LIB_PIT_H

#include <stdint.h>

/* The count of channel 0, latched; runs backwards. */
uint16_t pit_count(void);
/* Wait that long on channel 2 (the speaker's, left silent). */
void pit_wait_ms(uint32_t ms);

#endif /* BOOT_LIB_PIT_H */
