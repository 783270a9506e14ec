/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which early consoles does the command line ask for? Understood as the kernel's own setup code does:
 *   earlyprintk=serial[,ttySn|,0xPORT][,BAUD]  earlyprintk=ttySn[,BAUD]  earlyprintk=vga
 *   console=uart8250,io,0xPORT[,BAUD]  console=uart,io,...  console=ttySn[,BAUD]
 *   quiet  bzforge.debug  bzforge.debug=time
 */
#ifndef CORE_CONSOLE_H
#define CORE_CONSOLE_H

#include "core/span.h"

struct console_params {
	uint16_t serial_port; /* I/O port of a 16550, 0 for none */
	uint32_t serial_baud; /* earlyprintk= 9600, console= 0 (do not reprogram), unless given */
	bool early_serial; /* earlyprintk= or console=uart asked for it: report progress there */
	bool early_vga; /* earlyprintk=vga */
	bool quiet;
	bool debug; /* bzforge.debug: print tables as well */
	bool timeline; /* that, or bzforge.debug=time: stamp the stages, tell and hand over when they were */
};

void console_parse(struct span cmdline, struct console_params *ret);

#endif /* CORE_CONSOLE_H */
