/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VGA text screen as boot_params.screen_info describes it; nothing at all in graphics modes. */
#ifndef BOOT_STUB_VGA_H
#define BOOT_STUB_VGA_H

#include <stdint.h>
#include "spec/bootparam.h"

/* position: 0 to go on where the cursor stands, or what vga_position gave. */
void vga_init(const struct screen_info *screen, uint32_t position);
uint32_t vga_position(void);
void vga_range(uint64_t *ret_start, uint64_t *ret_end);
void vga_putc(char c);

#endif /* BOOT_STUB_VGA_H */
