/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. LoadOptions are UTF-16 with or without a NUL, and may have the program's name in
 * front, which stays: kernels get it from Linux's own stub, too. Firmware that hands over the whole boot
 * option instead of its data is understood (core/load_option.h).
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "core/bzimage.h"
#include "core/cmdline.h"
#include "core/load_option.h"
#include "core/utf16.h"

#define CMDLINE_OLD 255 /* of kernels that do not say how much they take */

void efi_cmdline_set(struct efi_boot *b, uint64_t pa, size_t len)
{
	boot_params_set_cmdline(b->bp, pa);
	b->cmdline = phys_span(pa, len);
}

/* Up to the last whole word of len bytes; text[len] is what comes behind them. */
static size_t whole_words(const uint8_t *text, size_t len)
{
	while (len > 0 && text[len] != ' ')
		len--;
	return len;
}

enum err efi_options(struct efi_boot *b)
{
	size_t max = b->bp->hdr.cmdline_size ? b->bp->hdr.cmdline_size : CMDLINE_OLD, len = 0;
	struct span options = {NULL, 0};
	uint64_t pa;
	/* One more than the kernel takes, to see whether that begins a word. */
	enum err err = efi_memory_below(max + 2, UINT32_MAX, EFI_LOADER_DATA, &pa);

	if (err)
		return err;
	uint8_t *text = phys_ptr(pa);
	uint64_t wide = efi_word(b->loaded_image, EFI_IMAGE_OPTIONS);

	if (wide)
		options = phys_span(wide,
			le32_get(phys_ptr(efi_field(b->loaded_image, EFI_IMAGE_OPTIONS_SIZE))));
	utf16_to_utf8(load_option_data(options), text, max + 2, &len);
	if (len > max) {
		warn("command line of %lu bytes is cut: the kernel takes %lu", len, max);
		len = whole_words(text, max);
		text[len] = 0;
	}
	efi_cmdline_set(b, pa, len);

	struct efi_guid shell = EFI_SHELL_PARAMETERS_GUID;

	b->program_named = efi_protocol(efi_image_handle(), &shell) != 0;
	return ERR_OK;
}

void efi_options_given(struct efi_boot *b)
{
	uint64_t pa = boot_params_cmdline_pa(b->bp);
	size_t max = b->bp->hdr.cmdline_size ? b->bp->hdr.cmdline_size : CMDLINE_OLD, len = 0;
	const uint8_t *text = phys_ptr(pa);

	while (pa && len < max && text[len])
		len++;
	b->cmdline = (struct span){text, len};
}

bool efi_option(struct span cmdline, const char *name)
{
	struct cmdline_word word;
	size_t pos = 0;

	while (cmdline_next(cmdline, &pos, &word)) {
		size_t start = 0;

		if (!word.has_value || !cmdline_equal(word.name, "efi"))
			continue;
		for (size_t end = 0; end <= word.value.len; end++) {
			if (end < word.value.len && word.value.ptr[end] != ',')
				continue;
			if (cmdline_equal((struct span){word.value.ptr + start, end - start}, name))
				return true;
			start = end + 1;
		}
	}
	return false;
}
