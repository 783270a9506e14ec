/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All handles that have a protocol. */
#ifndef BOOT_EFI_HANDLES_H
#define BOOT_EFI_HANDLES_H

#include "boot/efi/memory.h"

struct efi_handles {
	uint64_t pa; /* words, in memory of their own */
	size_t count;
};

/* Without any, or if firmware does not tell, count is 0. Give them back with efi_handles_free. */
struct efi_handles efi_handles(const struct efi_guid *guid);
uint64_t efi_handles_get(const struct efi_handles *handles, size_t i);
void efi_handles_free(const struct efi_handles *handles);

#endif /* BOOT_EFI_HANDLES_H */
