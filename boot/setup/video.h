/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the video files share. video.c leads: measure and save the screen, find out what the adapter
 * can do, set the mode that vid_mode asks for, measure again.
 */
#ifndef SETUP_VIDEO_H
#define SETUP_VIDEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- mode numbers, as in vid_mode and vga= [admin-guide/svga.rst "Mode IDs"] --- */
#define MODE_MENU_MAX    0x00ff /* up to here: place in the list of modes */
#define MODE_BIOS        0x0100 /* + BIOS mode number */
#define MODE_BIOS_COUNT  0x80
#define MODE_VESA        0x0200 /* + VESA mode number */
#define MODE_VESA_COUNT  0x200
#define MODE_80X25       0x0f00
#define MODE_8POINT      0x0f01 /* 80x50, on EGA 80x43 */
#define MODE_80X43       0x0f02
#define MODE_80X28       0x0f03
#define MODE_CURRENT     0x0f04 /* leave it alone */
#define MODE_80X30       0x0f05
#define MODE_80X34       0x0f06
#define MODE_80X60       0x0f07
#define MODE_RECALCULATE 0x8000 /* or-ed in: set the end of the picture anew */

struct video_mode {
	uint16_t id;
	uint16_t width; /* columns in text modes, else pixels */
	uint16_t height;
	uint16_t depth; /* bits per pixel; 0: text */
};

enum video_adapter {
	ADAPTER_CGA, /* or MDA, or Hercules, or none */
	ADAPTER_EGA,
	ADAPTER_VGA,
};

struct video_state {
	enum video_adapter adapter;
	uint16_t force_cols; /* text size that we know better than the BIOS; 0: ask it */
	uint16_t force_rows;
	bool screen_lost; /* a mode was set: what was on the screen is gone */
	bool graphic; /* screen_info is already filled for a linear frame buffer */
};
extern struct video_state video;

/* --- BIOS data area, segment 0 --- */
#define BDA_COLUMNS     0x44a /* u16 */
#define BDA_ROWS_LESS_1 0x484 /* u8 */
#define BDA_FONT_HEIGHT 0x485 /* u16 */

/* --- video_vga.c: text modes that any adapter of a kind has --- */
void vga_probe(void);
const struct video_mode *vga_modes(size_t *ret_count);
void vga_set_mode(const struct video_mode *mode);
bool vga_set_bios_mode(uint8_t number);
void vga_recalculate(void);
const char *vga_adapter_name(void);

/* --- video_vesa.c: what the VESA BIOS offers --- */
void vesa_probe(void);
const struct video_mode *vesa_modes(size_t *ret_count);
bool vesa_set_mode(uint16_t number, const struct video_mode *mode);
void vesa_store_edid(void);

/* --- video_menu.c --- */
uint16_t video_menu(void); /* a mode number that somebody chose */

#endif /* SETUP_VIDEO_H */
