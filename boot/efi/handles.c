/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See handles.h. Under boot services. */
#include "boot/efi/handles.h"
#include "boot/efi/firmware.h"

#define BY_PROTOCOL 2 /* LocateHandle's first argument [7.3.15] */
#define BYTES_MAX   0x10000 /* more handles than any machine has */

static uint64_t locate(const struct efi_guid *guid, uint64_t *size, uint64_t pa)
{
	return efi_boot(EFI_LOCATE_HANDLE, BY_PROTOCOL, efi_ptr(guid), 0, efi_ptr(size), pa);
}

struct efi_handles efi_handles(const struct efi_guid *guid)
{
	uint64_t size = 0, room, pa;

	if (locate(guid, &size, 0) != EFI_BUFFER_TOO_SMALL || !size || size > BYTES_MAX ||
		efi_memory_below(size, UINT64_MAX, EFI_LOADER_DATA, &pa))
		return (struct efi_handles){0};
	room = size;
	if (locate(guid, &size, pa) || size > room) {
		efi_memory_free(pa);
		return (struct efi_handles){0};
	}
	return (struct efi_handles){pa, (size_t)(size / efi_word_size())};
}

uint64_t efi_handles_get(const struct efi_handles *handles, size_t i)
{
	return efi_word(handles->pa + i * efi_word_size(), 0);
}

void efi_handles_free(const struct efi_handles *handles)
{
	if (handles->pa)
		efi_memory_free(handles->pa);
}
