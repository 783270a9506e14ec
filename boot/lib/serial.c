/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A 16550 serial port, polled: no interrupts, no FIFO, every wait bounded. Entered by C code in
 * 16-bit real mode and in 64-bit mode; touches nothing but the port. Registers as in National's
 * PC16550D data sheet, table "Summary of Registers".
 */
#include "boot/lib/io.h"
#include "boot/lib/serial.h"

#define SERIAL_DATA 0 /* receive, transmit; divisor's low byte under DLAB */
#define SERIAL_IER  1 /* interrupt enable; divisor's high byte under DLAB */
#define SERIAL_FCR  2 /* FIFO control */
#define SERIAL_LCR  3 /* line control */
#define SERIAL_MCR  4 /* modem control */
#define SERIAL_LSR  5 /* line status */

#define SERIAL_LCR_8N1  0x03
#define SERIAL_LCR_DLAB 0x80
#define SERIAL_MCR_DTR  0x01
#define SERIAL_MCR_RTS  0x02
#define SERIAL_LSR_DATA 0x01 /* a byte has arrived */
#define SERIAL_LSR_THRE 0x20 /* the transmitter takes a byte */

#define SERIAL_CLOCK 115200 /* baud at divisor 1 */
#define SERIAL_ABSENT 0xff /* what an I/O read gives when nobody drives the bus */

/* Status reads take about a microsecond: well over one character at 300 baud (33 ms). */
#define SERIAL_WAIT_LOOPS 0x10000

void serial_init(uint16_t port, uint32_t baud)
{
	uint32_t divisor;

	outb(port + SERIAL_IER, 0);
	outb(port + SERIAL_FCR, 0);
	outb(port + SERIAL_MCR, SERIAL_MCR_DTR | SERIAL_MCR_RTS);
	if (!baud)
		return;

	divisor = SERIAL_CLOCK / baud;
	if (!divisor)
		divisor = 1;
	outb(port + SERIAL_LCR, SERIAL_LCR_8N1 | SERIAL_LCR_DLAB);
	outb(port + SERIAL_DATA, (uint8_t)divisor);
	outb(port + SERIAL_IER, (uint8_t)(divisor >> 8));
	outb(port + SERIAL_LCR, SERIAL_LCR_8N1);
}

bool serial_present(uint16_t port)
{
	return inb(port + SERIAL_LSR) != SERIAL_ABSENT || inb(port + SERIAL_LCR) != SERIAL_ABSENT;
}

void serial_putc(uint16_t port, char c)
{
	uint32_t loops = SERIAL_WAIT_LOOPS;

	while (!(inb(port + SERIAL_LSR) & SERIAL_LSR_THRE)) {
		if (!--loops)
			return;
		cpu_pause();
	}
	outb(port + SERIAL_DATA, (uint8_t)c);
}

bool serial_read(uint16_t port, uint8_t *ret)
{
	uint8_t status = inb(port + SERIAL_LSR);

	if (status == SERIAL_ABSENT || !(status & SERIAL_LSR_DATA))
		return false;
	*ret = inb(port + SERIAL_DATA);
	return true;
}

bool serial_poll(uint16_t port)
{
	uint8_t c;

	return serial_read(port, &c);
}
