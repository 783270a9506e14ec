/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The i8254 timer, 1,193,182 ticks a second, polled: there are no interrupts here. On a machine
 * without one every wait is bounded and simply too short. Built for 16-bit and for 64-bit mode.
 */
#ifndef BOOT_LIB_PIT_H
#define BOOT_LIB_PIT_H

#include <stdbool.h>
#include <stdint.h>

/* The count of channel 0, latched; runs backwards. */
uint16_t pit_count(void);
/* Wait that long on channel 2 (the speaker's, left silent). */
void pit_wait_ms(uint32_t ms);

/* Count ms, at most 50, on channel 2 meanwhile: are they over? Without a timer they are at once. */
void pit_start_ms(uint32_t ms);
bool pit_is_over(void);

#endif /* BOOT_LIB_PIT_H */
