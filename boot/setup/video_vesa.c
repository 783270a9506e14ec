/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VESA modes: text, and graphics with a linear frame buffer, which the kernel then draws into. Also
 * the monitor's EDID. 16-bit real mode. [VESA BIOS Extension 3.0 chapters 4 and 5, VBE/DDC 1.1]
 */
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"
#include "boot/setup/video.h"

#define VBE_OK        0x004f
#define VBE_SIGNATURE 0x41534556 /* "VESA" */
#define VBE_VERSION_LISTED 0x0102 /* first one with a list of modes */
#define VBE_VERSION_DDC    0x0200 /* first one that can read an EDID */
#define VBE_LINEAR    0x4000 /* or-ed into a mode number: linear frame buffer */
#define VBE_MODE_MAX  0x1ff
#define VBE_LIST_END  0xffff
#define VBE_LIST_MAX  512 /* a list without an end is cut there */

/* VbeInfoBlock; 512 bytes, of which a BIOS writes 256 unless it is asked for more */
#define VBE_INFO_SIZE         512
#define VBE_INFO_SIGNATURE    0x00 /* u32 */
#define VBE_INFO_VERSION      0x04 /* u16 */
#define VBE_INFO_CAPABILITIES 0x0a /* u32 */
#define VBE_INFO_MODES_OFF    0x0e /* u16, far pointer to the list */
#define VBE_INFO_MODES_SEG    0x10 /* u16 */
#define VBE_INFO_MEMORY       0x12 /* u16, 64 KiB units */
#define VBE_CAN_8BIT_DAC      (1 << 0)

/* ModeInfoBlock */
#define VBE_MODE_SIZE       256
#define VBE_MODE_ATTRIBUTES 0x00 /* u16 */
#define VBE_MODE_LINE       0x10 /* u16 bytes per scan line */
#define VBE_MODE_WIDTH      0x12 /* u16 */
#define VBE_MODE_HEIGHT     0x14 /* u16 */
#define VBE_MODE_PLANES     0x18 /* u8 */
#define VBE_MODE_DEPTH      0x19 /* u8 */
#define VBE_MODE_MODEL      0x1b /* u8 */
#define VBE_MODE_PAGES      0x1d /* u8, less one */
#define VBE_MODE_MASKS      0x1f /* u8[8] size and position of red, green, blue, rest */
#define VBE_MODE_FRAME      0x28 /* u32 physical address of the linear frame buffer */

#define ATTR_SUPPORTED (1 << 0)
#define ATTR_TTY       (1 << 2) /* the BIOS can write text in it */
#define ATTR_COLOR     (1 << 3)
#define ATTR_GRAPHICS  (1 << 4)
#define ATTR_LINEAR    (1 << 7)
#define ATTR_TEXT_MASK  (ATTR_SUPPORTED | ATTR_TTY | ATTR_GRAPHICS)
#define ATTR_TEXT_IS    (ATTR_SUPPORTED | ATTR_TTY)
#define ATTR_FRAME_IS   (ATTR_SUPPORTED | ATTR_COLOR | ATTR_GRAPHICS | ATTR_LINEAR)
#define MODEL_PACKED 4
#define MODEL_DIRECT 6

#define SCREEN_LINEAR 0x23 /* screen_info.orig_video_isVGA: VESA linear frame buffer */
#define DAC_BITS      6
#define DAC_BITS_WIDE 8
#define EDID_NONE     0x13 /* fills edid_info when there is no EDID */

static uint8_t vbe_info[VBE_INFO_SIZE];
static uint8_t vbe_mode[VBE_MODE_SIZE];
static struct video_mode *modes; /* on the heap */
static size_t mode_count;

static bool vbe_call(struct bios_regs *regs)
{
	bios_int(0x10, regs);
	return regs->ax == VBE_OK;
}

static bool vbe_read_mode(uint16_t number)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x4f01); /* mode information */
	for (unsigned int i = 0; i < VBE_MODE_SIZE; i++)
		vbe_mode[i] = 0;
	regs.cx = number;
	regs.di = bios_offset(vbe_mode);
	return vbe_call(&regs);
}

static bool mode_is_text(void)
{
	return (le16_get(vbe_mode + VBE_MODE_ATTRIBUTES) & ATTR_TEXT_MASK) == ATTR_TEXT_IS;
}

static bool mode_is_frame(void)
{
	return (le16_get(vbe_mode + VBE_MODE_ATTRIBUTES) & ATTR_FRAME_IS) == ATTR_FRAME_IS;
}

/* What the kernel's drivers can draw into: one plane of packed or direct colours. */
static bool mode_is_drawable(void)
{
	uint8_t model = vbe_mode[VBE_MODE_MODEL];

	return mode_is_frame() && (model == MODEL_PACKED || model == MODEL_DIRECT) &&
		vbe_mode[VBE_MODE_PLANES] == 1;
}

const struct video_mode *vesa_modes(size_t *ret_count)
{
	*ret_count = mode_count;
	return modes;
}

void vesa_probe(void)
{
	struct bios_regs regs;
	uint16_t list;

	bios_regs_init(&regs, 0x4f00); /* controller information */
	regs.di = bios_offset(vbe_info);
	if (!vbe_call(&regs) || le32_get(vbe_info + VBE_INFO_SIGNATURE) != VBE_SIGNATURE ||
		le16_get(vbe_info + VBE_INFO_VERSION) < VBE_VERSION_LISTED)
		return;

	list = le16_get(vbe_info + VBE_INFO_MODES_OFF);
	for (unsigned int i = 0; i < VBE_LIST_MAX; i++, list += 2) {
		uint16_t number, text;
		struct video_mode *mode;

		fs_set(le16_get(vbe_info + VBE_INFO_MODES_SEG));
		number = fs_read16(list);
		if (number == VBE_LIST_END)
			break;
		if (number > VBE_MODE_MAX || !vbe_read_mode(number))
			continue;
		text = mode_is_text();
		if (!text && !mode_is_drawable())
			continue;
		mode = heap_take(sizeof(*mode), sizeof(*mode)); /* so they form an array */
		if (!mode)
			break;
		if (!modes)
			modes = mode;
		mode_count++;
		*mode = (struct video_mode){
			.id = MODE_VESA + number,
			.width = le16_get(vbe_mode + VBE_MODE_WIDTH),
			.height = le16_get(vbe_mode + VBE_MODE_HEIGHT),
			.depth = text ? 0 : vbe_mode[VBE_MODE_DEPTH],
		};
	}
}

/* Palette modes: as many bits per colour as the DAC can do; the kernel sets the palette. */
static void store_dac(struct screen_info *info)
{
	struct bios_regs regs;
	uint8_t bits = DAC_BITS;

	bios_regs_init(&regs, 0x4f08); /* DAC palette format */
	if (le32_get(vbe_info + VBE_INFO_CAPABILITIES) & VBE_CAN_8BIT_DAC) {
		regs.bh = DAC_BITS_WIDE;
		if (vbe_call(&regs))
			bits = regs.bh;
	}
	info->red_size = info->green_size = info->blue_size = info->rsvd_size = bits;
	info->red_pos = info->green_pos = info->blue_pos = info->rsvd_pos = 0;
}

static void store_frame(void)
{
	struct screen_info *info = &boot_params.screen_info;
	const uint8_t *masks = vbe_mode + VBE_MODE_MASKS;
	struct bios_regs regs;

	info->orig_video_isVGA = SCREEN_LINEAR;
	info->vesa_attributes = le16_get(vbe_mode + VBE_MODE_ATTRIBUTES);
	info->lfb_linelength = le16_get(vbe_mode + VBE_MODE_LINE);
	info->lfb_width = le16_get(vbe_mode + VBE_MODE_WIDTH);
	info->lfb_height = le16_get(vbe_mode + VBE_MODE_HEIGHT);
	info->lfb_depth = vbe_mode[VBE_MODE_DEPTH];
	info->pages = vbe_mode[VBE_MODE_PAGES];
	info->lfb_base = le32_get(vbe_mode + VBE_MODE_FRAME);
	info->lfb_size = le16_get(vbe_info + VBE_INFO_MEMORY);
	info->red_size = masks[0];
	info->red_pos = masks[1];
	info->green_size = masks[2];
	info->green_pos = masks[3];
	info->blue_size = masks[4];
	info->blue_pos = masks[5];
	info->rsvd_size = masks[6];
	info->rsvd_pos = masks[7];
	if (info->lfb_depth <= 8)
		store_dac(info);

	bios_regs_init(&regs, 0x4f0a); /* protected-mode interface */
	if (vbe_call(&regs)) {
		info->vesapm_seg = regs.es;
		info->vesapm_off = regs.di;
	}
}

bool vesa_set_mode(uint16_t number, const struct video_mode *mode)
{
	struct bios_regs regs;
	bool frame;

	if (!vbe_read_mode(number))
		return false;
	frame = !mode_is_text();
	if (frame && !mode_is_frame())
		return false;

	bios_regs_init(&regs, 0x4f02); /* set mode */
	regs.bx = frame ? number | VBE_LINEAR : number;
	if (!vbe_call(&regs))
		return false;
	video.graphic = frame;
	if (frame) {
		store_frame();
	} else {
		video.force_cols = mode->width;
		video.force_rows = mode->height;
		video.screen_lost = true;
	}
	return true;
}

void vesa_store_edid(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x4f15); /* BL=00h: can the display data channel be used? */
	for (unsigned int i = 0; i < sizeof(boot_params.edid_info); i++)
		boot_params.edid_info[i] = EDID_NONE;
	if (le16_get(vbe_info + VBE_INFO_VERSION) < VBE_VERSION_DDC)
		return;
	regs.es = 0;
	if (!vbe_call(&regs))
		return;

	bios_regs_init(&regs, 0x4f15); /* BL=01h: read EDID block 0 of controller 0 */
	regs.bx = 1;
	regs.di = bios_offset(boot_params.edid_info);
	bios_int(0x10, &regs);
}
