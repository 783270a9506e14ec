/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The picture of a unified kernel image, in the middle of a black screen, as systemd's stub shows it. Firmware's
 * text goes on over it. Whatever is wrong with it is said where progress is, and nothing else. Under boot services.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "core/bmp.h"

static uint64_t blt(uint64_t gop, const void *pixels, uint64_t operation, uint32_t x, uint32_t y, uint32_t width,
	uint32_t height)
{
	return efi_method(gop, 0, EFI_GOP_BLT, efi_ptr(pixels), operation, 0, 0, x, y, width, height, 0);
}

static uint64_t draw(uint64_t gop, const struct bmp *bmp, uint32_t width, uint32_t height)
{
	static const uint8_t black[4];
	uint64_t pa, status;

	if (efi_memory_below((uint64_t)bmp->width * bmp->height * 4, UINT32_MAX, EFI_LOADER_DATA, &pa))
		return EFI_OUT_OF_RESOURCES;
	for (uint32_t y = 0; y < bmp->height; y++)
		bmp_row(bmp, y, phys_ptr(pa + (uint64_t)y * bmp->width * 4));
	status = blt(gop, black, EFI_BLT_FILL, 0, 0, width, height);
	if (!status)
		status = blt(gop, phys_ptr(pa), EFI_BLT_DRAW, (width - bmp->width) / 2, (height - bmp->height) / 2,
			bmp->width, bmp->height);
	efi_memory_free(pa);
	return status;
}

void efi_splash(struct span picture)
{
	uint64_t handle = 0, gop = efi_screen_find(&handle);
	struct fault fault = {0};
	struct bmp bmp;
	enum err err;

	if (!picture.len || !gop)
		return;
	err = bmp_parse(picture, &bmp, &fault);
	if (err) {
		say("picture not shown: %s: %s (E%u), at 0x%lx", err_text(err), fault.text, err, fault.offset);
		return;
	}
	uint64_t info = efi_word(efi_word(gop, EFI_GOP_MODE), EFI_GOP_MODE_INFO);
	uint32_t width = le32_get(phys_ptr(info + EFI_GOP_INFO_WIDTH));
	uint32_t height = le32_get(phys_ptr(info + EFI_GOP_INFO_HEIGHT));

	if (bmp.width > width || bmp.height > height) {
		say("picture not shown: %u x %u pixels, the screen has %u x %u", bmp.width, bmp.height, width, height);
		return;
	}
	uint64_t status = draw(gop, &bmp, width, height);

	if (status)
		say("picture not shown: firmware says 0x%lx", status);
}
