/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See vga.h. 64-bit mode; the screen's memory has been mapped by stage 1 or 2. A cell is a
 * character and an attribute; the screen scrolls up by a line when the last one is full.
 */
#include "boot/stub/vga.h"
#include "boot/lib/phys.h"
#include "boot/stub/libc.h"

#define MODE_MONO        7 /* BIOS video mode of monochrome text */
#define VGA_COLOUR_PA    0xb8000
#define VGA_MONO_PA      0xb0000
#define VGA_TEXT_SIZE    0x8000
#define VIDEO_TEXT_MAX   1 /* orig_video_isVGA: 0 CGA and MDA, 1 VGA; others are frame buffers */
#define ATTRIBUTE        0x0700 /* light grey on black */
#define POSITION_VALID   0x80000000 /* tells position 0 from none */

static struct {
	uint16_t *cell; /* NULL: no text screen */
	uint32_t cols, rows;
	uint32_t at; /* next cell */
} vga;

void vga_init(const struct screen_info *screen, uint32_t position)
{
	uint32_t cols = screen->orig_video_cols, rows = screen->orig_video_lines;

	vga.cell = NULL;
	if (!cols || !rows || screen->orig_video_isVGA > VIDEO_TEXT_MAX ||
		cols * rows * 2 > VGA_TEXT_SIZE)
		return;
	vga.cell = phys_ptr(screen->orig_video_mode == MODE_MONO ? VGA_MONO_PA : VGA_COLOUR_PA);
	vga.cols = cols;
	vga.rows = rows;
	vga.at = position & POSITION_VALID ? position & ~POSITION_VALID
					   : screen->orig_y * cols + screen->orig_x;
	if (vga.at >= cols * rows)
		vga.at = (rows - 1) * cols;
}

uint32_t vga_position(void)
{
	return vga.cell ? vga.at | POSITION_VALID : 0;
}

void vga_range(uint64_t *ret_start, uint64_t *ret_end)
{
	*ret_start = vga.cell ? phys_addr(vga.cell) : 0;
	*ret_end = vga.cell ? *ret_start + VGA_TEXT_SIZE : 0;
}

static void scroll(void)
{
	uint32_t kept = (vga.rows - 1) * vga.cols;

	memmove(vga.cell, vga.cell + vga.cols, (size_t)kept * 2);
	for (uint32_t i = 0; i < vga.cols; i++)
		vga.cell[kept + i] = ATTRIBUTE | ' ';
	vga.at = kept;
}

void vga_putc(char c)
{
	if (!vga.cell)
		return;
	if (c == '\n')
		vga.at += vga.cols - vga.at % vga.cols;
	else
		vga.cell[vga.at++] = (uint16_t)(ATTRIBUTE | (uint8_t)c);
	if (vga.at >= vga.cols * vga.rows)
		scroll();
}
