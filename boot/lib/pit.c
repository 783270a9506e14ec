/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The i8254, see pit.h. Ports and command bytes: Intel 8254 data sheet; port 0x61 as in the PC/AT:
 * bit 0 gates channel 2, bit 1 connects the speaker, bit 5 reads channel 2's output.
 */
#include "boot/lib/pit.h"
#include "boot/lib/io.h"

#define PIT_CHANNEL0      0x40
#define PIT_CHANNEL2      0x42
#define PIT_COMMAND       0x43
#define PIT_LATCH0        0x00
#define PIT_ONESHOT2      0xb0 /* channel 2, low then high byte, mode 0 */
#define PIT_TICKS_PER_MS  1193
#define PORT_B            0x61
#define PORT_B_GATE2      (1 << 0)
#define PORT_B_SPEAKER    (1 << 1)
#define PORT_B_OUT2       (1 << 5)
/* An inb takes about a microsecond; twenty times what a millisecond needs. */
#define POLLS_PER_MS      20000

uint16_t pit_count(void)
{
	outb(PIT_COMMAND, PIT_LATCH0);
	uint8_t lo = inb(PIT_CHANNEL0);

	return (uint16_t)(lo | inb(PIT_CHANNEL0) << 8);
}

void pit_start_ms(uint32_t ms)
{
	uint32_t ticks = ms * PIT_TICKS_PER_MS;

	outb(PORT_B, (uint8_t)((inb(PORT_B) & ~PORT_B_SPEAKER) | PORT_B_GATE2));
	outb(PIT_COMMAND, PIT_ONESHOT2);
	outb(PIT_CHANNEL2, (uint8_t)ticks);
	outb(PIT_CHANNEL2, (uint8_t)(ticks >> 8));
}

bool pit_is_over(void)
{
	return inb(PORT_B) & PORT_B_OUT2;
}

static void wait_one_ms(void)
{
	pit_start_ms(1);
	for (uint32_t i = 0; i < POLLS_PER_MS && !pit_is_over(); i++)
		cpu_pause();
}

void pit_wait_ms(uint32_t ms)
{
	while (ms-- > 0)
		wait_one_ms();
}
