/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UEFI memory map as E820 entries, which is what the boot protocol has a place for.
 */
#ifndef CORE_EFI_E820_H
#define CORE_EFI_E820_H

#include "core/span.h"
#include "spec/bootparam.h"

/* The E820 type for a descriptor of that type and with these attributes. */
uint32_t efi_e820_type(uint32_t efi_type, uint64_t attribute);

/*
 * Convert a map of descriptors, desc_size bytes each, in the map's order; neighbours of one type become
 * one entry. Entries beyond cap are counted, not written: *ret_count may be larger than cap. Errors:
 * BAD_MEMORY_MAP (desc_size too small, or a map that is no multiple of it).
 */
enum err efi_e820(struct span map, uint64_t desc_size, struct e820_entry *entries, size_t cap,
	size_t *ret_count, struct fault *fault) MUST_CHECK;

#endif /* CORE_EFI_E820_H */
