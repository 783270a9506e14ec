/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text modes of the standard adapters: which adapter there is, and how each mode is made from the
 * BIOS's 80x25 with other fonts or other timing. 16-bit real mode. The register numbers and timing
 * values are those of IBM's VGA (mode 12h for 480 lines).
 */
#include "boot/lib/io.h"
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"
#include "boot/setup/video.h"

#define BIOS_MODE_TEXT 3
#define BIOS_MODE_MONO 7

#define VGA_MISC_READ  0x3cc
#define VGA_MISC_WRITE 0x3c2
#define VGA_MISC_COLOR 0x01 /* CRTC at 0x3d4, else at 0x3b4 */
#define VGA_MISC_KEEP  0x0d /* clock and I/O address stay as they are */
#define VGA_MISC_480   0xe2 /* 25.175 MHz's polarities for 480 lines, memory enabled */
#define VGA_CRTC_COLOR 0x3d4
#define VGA_CRTC_MONO  0x3b4

#define CRTC_TOTAL       0x06
#define CRTC_OVERFLOW    0x07
#define CRTC_SYNC_START  0x10
#define CRTC_SYNC_END    0x11
#define CRTC_PROTECT     0x80 /* in CRTC_SYNC_END: registers 0 to 7 are read-only */
#define CRTC_DISPLAY_END 0x12
#define CRTC_BLANK_START 0x15
#define CRTC_BLANK_END   0x16
#define OVERFLOW_END8    0x02 /* bit 8 of CRTC_DISPLAY_END */
#define OVERFLOW_END9    0x40 /* bit 9 */

#define FONT_8X8  0x1112 /* int 10h AX: load ROM font into block 0 */
#define FONT_8X14 0x1111

#define EGA_INFO_UNCHANGED 0x10 /* what bl keeps where there is no EGA */
#define DISPLAY_COMBINATION_OK 0x1a

static const struct video_mode modes_vga[] = {
	{MODE_80X25, 80, 25, 0},
	{MODE_8POINT, 80, 50, 0},
	{MODE_80X43, 80, 43, 0},
	{MODE_80X28, 80, 28, 0},
	{MODE_80X30, 80, 30, 0},
	{MODE_80X34, 80, 34, 0},
	{MODE_80X60, 80, 60, 0},
};

static const struct video_mode modes_ega[] = {
	{MODE_80X25, 80, 25, 0},
	{MODE_8POINT, 80, 43, 0},
};

const struct video_mode *vga_modes(size_t *ret_count)
{
	switch (video.adapter) {
	case ADAPTER_VGA:
		*ret_count = ARRAY_SIZE(modes_vga);
		return modes_vga;
	case ADAPTER_EGA:
		*ret_count = ARRAY_SIZE(modes_ega);
		return modes_ega;
	case ADAPTER_CGA:
		break;
	}
	*ret_count = 1; /* 80x25 only */
	return modes_ega;
}

const char *vga_adapter_name(void)
{
	return video.adapter == ADAPTER_VGA ? "VGA" : video.adapter == ADAPTER_EGA ? "EGA" : "CGA";
}

void vga_probe(void)
{
	struct screen_info *info = &boot_params.screen_info;
	struct bios_regs regs;

	bios_regs_init(&regs, 0x1200); /* int 10h AH=12h BL=10h: EGA information */
	regs.bl = EGA_INFO_UNCHANGED;
	bios_int(0x10, &regs);
	info->orig_video_ega_bx = regs.bx;
	if (regs.bl == EGA_INFO_UNCHANGED)
		return;

	video.adapter = ADAPTER_EGA;
	bios_regs_init(&regs, 0x1a00); /* AX=1a00h: display combination, VGA only */
	regs.bl = EGA_INFO_UNCHANGED;
	bios_int(0x10, &regs);
	if (regs.al == DISPLAY_COMBINATION_OK) {
		video.adapter = ADAPTER_VGA;
		info->orig_video_isVGA = 1;
	}
}

/* Not inlined: a dozen copies would cost more than everything else in this file. */
static __attribute__((noinline)) void video_call(uint16_t ax, uint16_t bx, uint16_t cx)
{
	struct bios_regs regs;

	bios_regs_init(&regs, ax);
	regs.bx = bx;
	regs.cx = cx;
	bios_int(0x10, &regs);
}

static uint8_t bios_mode(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x0f00); /* AH=0fh: current mode */
	bios_int(0x10, &regs);
	return regs.al & 0x7f;
}

/* Small fonts: no cursor emulation, and a cursor in the last two lines of a cell. */
static void vga_load_font(uint16_t font, uint8_t height)
{
	video_call(font, 0, 0);
	if (font == FONT_8X8)
		video_call(0x1200, 0x20, 0); /* BL=20h: print screen that knows more than 25 rows */
	video_call(0x1201, 0x34, 0); /* BL=34h: cursor emulation off */
	/* AH=01h: cursor from line CH to line CL */
	video_call(0x0100, 0, (uint16_t)((height - 2) << 8 | (height - 1)));
}

static uint16_t crtc_port(void)
{
	return inb(VGA_MISC_READ) & VGA_MISC_COLOR ? VGA_CRTC_COLOR : VGA_CRTC_MONO;
}

static uint8_t crtc_read(uint16_t port, uint8_t index)
{
	outb(port, index);
	return inb(port + 1);
}

static void crtc_write(uint16_t port, uint8_t index, uint8_t v)
{
	outb(port, index);
	outb(port + 1, v);
}

/* Let the picture end after that many scan lines: the end has a low byte, and two bits elsewhere. */
static void crtc_set_lines(uint16_t port, uint16_t lines)
{
	uint16_t end = lines - 1;
	uint8_t overflow = crtc_read(port, CRTC_OVERFLOW);

	overflow &= (uint8_t)~(OVERFLOW_END8 | OVERFLOW_END9);
	if (end & 0x100)
		overflow |= OVERFLOW_END8;
	if (end & 0x200)
		overflow |= OVERFLOW_END9;
	crtc_write(port, CRTC_DISPLAY_END, (uint8_t)end);
	crtc_write(port, CRTC_OVERFLOW, overflow);
}

/* 480 scan lines instead of 400, with the first `lines` of them shown. */
static void vga_set_480(uint16_t lines)
{
	static const uint8_t timing[][2] = {
		{CRTC_SYNC_END, 0x0c}, /* takes the protection away as well */
		{CRTC_TOTAL, 0x0b},
		{CRTC_OVERFLOW, 0x3e},
		{CRTC_SYNC_START, 0xea},
		{CRTC_DISPLAY_END, 0xdf},
		{CRTC_BLANK_START, 0xe7},
		{CRTC_BLANK_END, 0x04},
	};
	uint16_t port = crtc_port();

	for (unsigned int i = 0; i < ARRAY_SIZE(timing); i++)
		crtc_write(port, timing[i][0], timing[i][1]);
	outb(VGA_MISC_WRITE, (inb(VGA_MISC_READ) & VGA_MISC_KEEP) | VGA_MISC_480);
	crtc_set_lines(port, lines);
}

void vga_set_mode(const struct video_mode *mode)
{
	uint8_t number = bios_mode();

	if (number != BIOS_MODE_TEXT && number != BIOS_MODE_MONO)
		number = BIOS_MODE_TEXT;
	if (mode->id == MODE_80X43)
		video_call(0x1201, 0x30, 0); /* BL=30h: 350 scan lines from the next mode set on */
	video_call(number, 0, 0); /* AH=00h: set mode */
	video.screen_lost = true;
	video.force_cols = mode->width;
	video.force_rows = mode->height;

	switch (mode->id) {
	case MODE_8POINT:
	case MODE_80X43:
		vga_load_font(FONT_8X8, 8);
		break;
	case MODE_80X28:
		vga_load_font(FONT_8X14, 14);
		break;
	case MODE_80X30:
		vga_set_480(30 * 16);
		break;
	case MODE_80X34:
		vga_set_480(480);
		vga_load_font(FONT_8X14, 14);
		crtc_set_lines(crtc_port(), 34 * 14);
		break;
	case MODE_80X60:
		vga_set_480(480);
		vga_load_font(FONT_8X8, 8);
		crtc_set_lines(crtc_port(), 60 * 8);
		break;
	}
}

/* Any mode of the BIOS. If it lands in a third one, the first is set again. */
bool vga_set_bios_mode(uint8_t number)
{
	uint8_t before = bios_mode(), after;

	video_call(number, 0, 0);
	video.screen_lost = true;
	after = bios_mode();
	if (after != number && after != before)
		video_call(before, 0, 0);
	return after == number;
}

/* Some video BIOSes show more scan lines than the rows of text have. */
void vga_recalculate(void)
{
	uint16_t port = crtc_port(), rows;

	fs_set(0);
	rows = video.force_rows ? video.force_rows : fs_read8(BDA_ROWS_LESS_1) + 1;
	crtc_write(port, CRTC_SYNC_END, crtc_read(port, CRTC_SYNC_END) & (uint8_t)~CRTC_PROTECT);
	crtc_set_lines(port, (uint16_t)(rows * fs_read8(BDA_FONT_HEIGHT)));
}
