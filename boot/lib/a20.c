/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening the A20 gate, without which odd megabytes are even ones. For setup and loader, each in
 * its mode; works with interrupts on or off. From the way that can do no harm to the one that may hang an odd machine,
 * with a look after each whether it was enough: not at all, BIOS, keyboard controller, port 92h.
 */
#include "boot/lib/bios.h"
#include "boot/lib/io.h"

#define A20_TRIES_SHORT 32 /* about a microsecond each */
#define A20_TRIES_LONG  200000 /* a keyboard controller may take its time */
#define A20_ROUNDS      8

#define KBC_DATA          0x60
#define KBC_STATUS        0x64
#define KBC_COMMAND       0x64
#define KBC_STATUS_OUTPUT 0x01 /* a byte waits for us */
#define KBC_STATUS_INPUT  0x02 /* it has not taken ours yet */
#define KBC_ABSENT        0xff
#define KBC_ABSENT_READS  32 /* so many in a row, and nobody is there */
#define KBC_POLLS         100000
#define KBC_WRITE_OUTPUT  0xd1 /* the next data byte goes to the output port */
#define KBC_OUTPUT_A20    0xdf /* everything on, A20 and "no reset" too */
#define KBC_PULSE_NONE    0xff /* does nothing, but some USB emulations want to see it */

#define PORT_A       0x92
#define PORT_A_RESET 0x01
#define PORT_A_A20   0x02

static void a20_ask_bios(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x2401); /* int 15h AX=2401h: enable A20 */
	bios_int(0x15, &regs);
}

/* Wait until the keyboard controller takes a byte; false if it never will. */
static bool kbc_ready(void)
{
	unsigned int absent = 0;

	for (uint32_t i = 0; i < KBC_POLLS; i++) {
		uint8_t status;

		io_delay();
		status = inb(KBC_STATUS);
		if (status == KBC_ABSENT && ++absent == KBC_ABSENT_READS)
			return false;
		if (status & KBC_STATUS_OUTPUT) {
			io_delay();
			inb(KBC_DATA); /* an old key: nobody waits for it any more */
		} else if (!(status & KBC_STATUS_INPUT)) {
			return true;
		}
	}
	return false;
}

static bool a20_ask_kbc(void)
{
	static const struct {
		uint16_t port;
		uint8_t byte;
	} steps[] = {
		{KBC_COMMAND, KBC_WRITE_OUTPUT},
		{KBC_DATA, KBC_OUTPUT_A20},
		{KBC_COMMAND, KBC_PULSE_NONE},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!kbc_ready())
			return false;
		outb(steps[i].port, steps[i].byte);
	}
	return kbc_ready();
}

static void a20_set_port_a(void)
{
	outb(PORT_A, (inb(PORT_A) & ~PORT_A_RESET) | PORT_A_A20);
}

enum err a20_open(const char **ret_method)
{
	for (unsigned int i = 0; i < A20_ROUNDS; i++) {
		*ret_method = "was open";
		if (a20_is_open(A20_TRIES_SHORT))
			return ERR_OK;

		*ret_method = "BIOS";
		a20_ask_bios();
		if (a20_is_open(A20_TRIES_SHORT))
			return ERR_OK;

		*ret_method = "keyboard controller";
		if (a20_ask_kbc() && a20_is_open(A20_TRIES_LONG))
			return ERR_OK;

		*ret_method = "port 92h";
		a20_set_port_a();
		if (a20_is_open(A20_TRIES_LONG))
			return ERR_OK;
	}
	return ERR_A20;
}
