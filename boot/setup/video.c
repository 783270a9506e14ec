/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The screen: sets the mode that vid_mode in the setup header asks for (a loader puts vga= there)
 * and fills screen_info. What was on a text screen is put back after a mode change, if the heap
 * had room for it. 16-bit real mode. [zero-page.rst screen_info, admin-guide/svga.rst]
 */
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"
#include "boot/setup/video.h"

#define SEGMENT_MONO  0xb000
#define SEGMENT_COLOR 0xb800
#define BIOS_MODE_MONO 7
#define BLANK_CELL    0x0720 /* a space, light grey on black */
#define CGA_ROWS      25
#define SAVE_RESERVE  512 /* heap that stays free for the list of modes */
#define SCREEN_NO_CURSOR 0x01 /* screen_info.flags */
#define CURSOR_OFF    0x20
#define CURSOR_LINE   0x1f

struct saved_screen {
	uint16_t *cells; /* NULL: not saved */
	uint16_t cols, rows;
	uint8_t x, y;
};

struct video_state video;
static struct saved_screen saved;

static uint16_t screen_segment(void)
{
	return boot_params.screen_info.orig_video_mode == BIOS_MODE_MONO ? SEGMENT_MONO
									  : SEGMENT_COLOR;
}

static void cursor_measure(void)
{
	struct screen_info *info = &boot_params.screen_info;
	struct bios_regs regs;

	bios_regs_init(&regs, 0x0300); /* int 10h AH=03h: cursor of page 0 */
	bios_int(0x10, &regs);
	info->orig_x = regs.dl;
	info->orig_y = regs.dh;
	if (regs.ch & CURSOR_OFF || (regs.ch & CURSOR_LINE) > (regs.cl & CURSOR_LINE))
		info->flags |= SCREEN_NO_CURSOR;
}

/* A graphics mode's numbers were stored when it was set. */
static void screen_measure(void)
{
	struct screen_info *info = &boot_params.screen_info;
	struct bios_regs regs;
	uint16_t cols, rows;

	if (video.graphic)
		return;
	cursor_measure();

	bios_regs_init(&regs, 0x0f00); /* AH=0fh: mode and page */
	bios_int(0x10, &regs);
	info->orig_video_mode = regs.al & 0x7f; /* top bit: "screen was not cleared" */
	info->orig_video_page = regs.bh;

	fs_set(0);
	info->orig_video_points = fs_read16(BDA_FONT_HEIGHT);
	cols = fs_read16(BDA_COLUMNS);
	rows = video.adapter == ADAPTER_CGA ? CGA_ROWS : fs_read8(BDA_ROWS_LESS_1) + 1;
	info->orig_video_cols = (uint8_t)(video.force_cols ? video.force_cols : cols);
	info->orig_video_lines = (uint8_t)(video.force_rows ? video.force_rows : rows);
}

static void screen_save(void)
{
	const struct screen_info *info = &boot_params.screen_info;
	size_t count = (size_t)info->orig_video_cols * info->orig_video_lines;

	if (heap_room() < count * sizeof(uint16_t) + SAVE_RESERVE)
		return;
	saved = (struct saved_screen){
		.cells = heap_take(count * sizeof(uint16_t), sizeof(uint16_t)),
		.cols = info->orig_video_cols,
		.rows = info->orig_video_lines,
		.x = info->orig_x,
		.y = info->orig_y,
	};
	if (!saved.cells)
		return;
	fs_set(screen_segment());
	for (size_t i = 0; i < count; i++)
		saved.cells[i] = fs_read16((uint16_t)(i * sizeof(uint16_t)));
}

/* Top left corner onto top left corner; what has no old content becomes blank. */
static void screen_restore(void)
{
	uint16_t cols = boot_params.screen_info.orig_video_cols;
	uint16_t rows = boot_params.screen_info.orig_video_lines;
	struct bios_regs regs;

	if (video.graphic || !saved.cells)
		return;
	fs_set(screen_segment());
	for (uint16_t y = 0; y < rows; y++) {
		for (uint16_t x = 0; x < cols; x++) {
			bool old = x < saved.cols && y < saved.rows;
			uint16_t cell = old ? saved.cells[y * saved.cols + x] : BLANK_CELL;

			fs_write16((uint16_t)((y * cols + x) * sizeof(uint16_t)), cell);
		}
	}

	bios_regs_init(&regs, 0x0200); /* AH=02h: set cursor of page 0 */
	regs.dl = saved.x < cols ? saved.x : (uint8_t)(cols - 1);
	regs.dh = saved.y < rows ? saved.y : (uint8_t)(rows - 1);
	bios_int(0x10, &regs);
	cursor_measure();
}

static bool mode_matches(const struct video_mode *mode, uint16_t wanted)
{
	return mode->id == wanted || (uint16_t)((mode->height << 8) + mode->width) == wanted;
}

/*
 * A mode by its id, by its size (0xRRCC), or by its place in the list of modes that the menu shows:
 * those of the adapter, then those of the VESA BIOS.
 */
static bool mode_set_listed(uint16_t wanted)
{
	const struct video_mode *modes;
	size_t vga_count, vesa_count;

	modes = vga_modes(&vga_count);
	for (size_t i = 0; i < vga_count; i++) {
		if (i == wanted || mode_matches(&modes[i], wanted)) {
			vga_set_mode(&modes[i]);
			return true;
		}
	}
	modes = vesa_modes(&vesa_count);
	for (size_t i = 0; i < vesa_count; i++)
		if (vga_count + i == wanted || mode_matches(&modes[i], wanted))
			return vesa_set_mode(modes[i].id - MODE_VESA, &modes[i]);
	return false;
}

static bool mode_set(uint16_t wanted)
{
	static const struct video_mode unlisted;
	bool recalculate, done;

	if (wanted == MODE_CURRENT)
		return true;
	if (wanted == VID_MODE_NORMAL)
		wanted = MODE_80X25;
	else if (wanted == VID_MODE_EXTENDED)
		wanted = MODE_8POINT;
	recalculate = wanted & MODE_RECALCULATE;
	wanted &= (uint16_t)~MODE_RECALCULATE;

	done = mode_set_listed(wanted);
	if (!done && wanted >= MODE_BIOS && wanted < MODE_BIOS + MODE_BIOS_COUNT)
		done = vga_set_bios_mode((uint8_t)(wanted - MODE_BIOS));
	else if (!done && wanted >= MODE_VESA && wanted < MODE_VESA + MODE_VESA_COUNT)
		done = vesa_set_mode(wanted - MODE_VESA, &unlisted);
	if (done && recalculate)
		vga_recalculate();
	return done;
}

void video_init(void)
{
	uint16_t wanted = boot_params.hdr.vid_mode;

	heap_reset();
	screen_measure();
	screen_save();
	vga_probe();
	vesa_probe();

	while (wanted == VID_MODE_ASK || !mode_set(wanted)) {
		if (wanted != VID_MODE_ASK)
			say("bzforge: there is no video mode 0x%x\n", wanted);
		wanted = video_menu();
	}
	boot_params.hdr.vid_mode = wanted;

	vesa_store_edid();
	screen_measure();
	if (video.screen_lost)
		screen_restore();
}
