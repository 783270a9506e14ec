/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The screen: what GRAPHICS_OUTPUT says of its mode, as screen_info for the kernel's efifb and
 * simpledrm drivers. Of several outputs the one that the firmware's own console uses is taken.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/efi/handles.h"
#include "boot/lib/phys.h"
#include "boot/stub/libc.h"

#define VIDEO_TYPE_EFI        0x70 /* [include/uapi/linux/screen_info.h] */
#define CAPABILITY_64BIT_BASE (1 << 1)
#define CONSOLE_OUT_GUID                                                                           \
	EFI_GUID(0xd3b36f2c, 0xd551, 0x11d4, 0x9a, 0x46, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d)

static bool drawable(uint64_t gop)
{
	uint64_t mode = efi_word(gop, EFI_GOP_MODE);
	uint64_t info = mode ? efi_word(mode, EFI_GOP_MODE_INFO) : 0;

	return info && le32_get(phys_ptr(info + EFI_GOP_INFO_FORMAT)) < EFI_PIXEL_BLT_ONLY &&
		le64_get(phys_ptr(efi_field(mode, EFI_GOP_MODE_BASE)));
}

uint64_t efi_screen_find(uint64_t *ret_handle)
{
	struct efi_guid gop_guid = EFI_GRAPHICS_OUTPUT_GUID, console = CONSOLE_OUT_GUID;
	struct efi_handles handles = efi_handles(&gop_guid);
	uint64_t found = 0;

	for (size_t i = 0; i < handles.count; i++) {
		uint64_t handle = efi_handles_get(&handles, i);
		uint64_t gop = efi_protocol(handle, &gop_guid);
		bool used = efi_protocol(handle, &console) != 0;

		if (!gop || !drawable(gop) || (found && !used))
			continue;
		found = gop;
		*ret_handle = handle;
		if (used)
			break;
	}
	efi_handles_free(&handles);
	return found;
}

/* A mask of one run of bits. */
static void channel(uint32_t mask, uint8_t *ret_size, uint8_t *ret_pos)
{
	*ret_pos = mask ? (uint8_t)__builtin_ctz(mask) : 0;
	*ret_size = mask ? (uint8_t)(32 - __builtin_clz(mask) - *ret_pos) : 0;
}

static void pixels(struct screen_info *s, uint64_t info)
{
	uint32_t format = le32_get(phys_ptr(info + EFI_GOP_INFO_FORMAT));
	uint32_t masks[4] = {0x000000ff, 0x0000ff00, 0x00ff0000, 0xff000000};

	if (format == EFI_PIXEL_BGR) {
		masks[0] = 0x00ff0000;
		masks[2] = 0x000000ff;
	} else if (format == EFI_PIXEL_MASKS) {
		for (unsigned int i = 0; i < 4; i++)
			masks[i] = le32_get(phys_ptr(info + EFI_GOP_INFO_MASKS + 4 * i));
	}
	channel(masks[0], &s->red_size, &s->red_pos);
	channel(masks[1], &s->green_size, &s->green_pos);
	channel(masks[2], &s->blue_size, &s->blue_pos);
	channel(masks[3], &s->rsvd_size, &s->rsvd_pos);
	s->lfb_depth = (uint16_t)(s->red_size + s->green_size + s->blue_size + s->rsvd_size);
}

static void edid(struct boot_params *bp, uint64_t handle)
{
	struct efi_guid active = EFI_EDID_ACTIVE_GUID, discovered = EFI_EDID_DISCOVERED_GUID;
	uint64_t protocol = efi_protocol(handle, &active);
	uint32_t size;

	if (!protocol || !le32_get(phys_ptr(efi_field(protocol, EFI_EDID_SIZE))))
		protocol = efi_protocol(handle, &discovered);
	if (!protocol)
		return;
	size = le32_get(phys_ptr(efi_field(protocol, EFI_EDID_SIZE)));
	uint64_t data = efi_word(protocol, EFI_EDID_DATA);

	if (data && size >= sizeof(bp->edid_info))
		memcpy(bp->edid_info, phys_ptr(data), sizeof(bp->edid_info));
}

void efi_screen(struct boot_params *bp)
{
	struct screen_info *s = &bp->screen_info;
	uint64_t handle = 0, gop = efi_screen_find(&handle);

	if (!gop)
		return;
	uint64_t mode = efi_word(gop, EFI_GOP_MODE), info = efi_word(mode, EFI_GOP_MODE_INFO);
	uint64_t base = le64_get(phys_ptr(efi_field(mode, EFI_GOP_MODE_BASE)));
	uint32_t pitch = le32_get(phys_ptr(info + EFI_GOP_INFO_PITCH));
	uint32_t height = le32_get(phys_ptr(info + EFI_GOP_INFO_HEIGHT));

	s->orig_video_isVGA = VIDEO_TYPE_EFI;
	s->lfb_width = (uint16_t)le32_get(phys_ptr(info + EFI_GOP_INFO_WIDTH));
	s->lfb_height = (uint16_t)height;
	s->lfb_base = (uint32_t)base;
	s->ext_lfb_base = (uint32_t)(base >> 32);
	if (base >> 32)
		s->capabilities |= CAPABILITY_64BIT_BASE;
	s->pages = 1;
	pixels(s, info);
	s->lfb_linelength = (uint16_t)(pitch * s->lfb_depth / 8);
	s->lfb_size = s->lfb_linelength * height;
	edid(bp, handle);
}
