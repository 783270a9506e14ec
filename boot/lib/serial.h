/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A 16550 serial port, polled. Used by setup (16-bit) and stub (64-bit): the file is built for both.
 */
#ifndef BOOT_LIB_SERIAL_H
#define BOOT_LIB_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/* 8n1 at baud (divisor from 115200); no interrupts. baud 0: leave the speed as it is. */
void serial_init(uint16_t port, uint32_t baud);
/* A port that answers 0xff everywhere is not there. */
bool serial_present(uint16_t port);
/* Waits a bounded time for the transmitter; a dead port loses characters instead of hanging us. */
void serial_putc(uint16_t port, char c);
/* Has a byte arrived? It is taken. */
bool serial_read(uint16_t port, uint8_t *ret);
bool serial_poll(uint16_t port);

#endif /* BOOT_LIB_SERIAL_H */
