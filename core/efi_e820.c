/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See efi_e820.h. [UEFI 2.10 table 7.10; ACPI 6.5 table 15.6 "UEFI Memory Types and mapping"] */
#include "core/efi_e820.h"
#include "spec/efi_services.h"

uint32_t efi_e820_type(uint32_t efi_type, uint64_t attribute)
{
	switch (efi_type) {
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_SERVICES_CODE:
	case EFI_BOOT_SERVICES_DATA:
	case EFI_CONVENTIONAL_MEMORY:
		return attribute & EFI_MEMORY_SP ? E820_SOFT_RESERVED : E820_RAM;
	case EFI_UNUSABLE_MEMORY:
		return E820_UNUSABLE;
	case EFI_ACPI_RECLAIM:
		return E820_ACPI;
	case EFI_ACPI_NVS:
		return E820_NVS;
	case EFI_PERSISTENT_MEMORY:
		return E820_PMEM;
	case EFI_RESERVED_MEMORY:
	case EFI_RUNTIME_CODE:
	case EFI_RUNTIME_DATA:
	case EFI_MMIO:
	case EFI_MMIO_PORT:
	case EFI_PAL_CODE:
	default: /* of a later specification, unaccepted memory among them: not ours to use */
		return E820_RESERVED;
	}
}

enum err efi_e820(struct span map, uint64_t desc_size, struct e820_entry *entries, size_t cap,
	size_t *ret_count, struct fault *fault)
{
	struct e820_entry last = {0};
	size_t count = 0;

	if (desc_size < EFI_MD_SIZE || map.len % desc_size)
		return fault_set(fault, ERR_BAD_MEMORY_MAP, "EFI descriptor size", map.len, desc_size);
	for (size_t at = 0; at < map.len; at += (size_t)desc_size) {
		const uint8_t *d = map.ptr + at;
		uint64_t pages = le64_get(d + EFI_MD_NUMBER_OF_PAGES);
		struct e820_entry entry = {
			.addr = le64_get(d + EFI_MD_PHYSICAL_START),
			.size = pages * EFI_PAGE_SIZE,
			.type = efi_e820_type(le32_get(d + EFI_MD_TYPE),
				le64_get(d + EFI_MD_ATTRIBUTE)),
		};

		if (pages > (UINT64_MAX - entry.addr) / EFI_PAGE_SIZE)
			return fault_set(fault, ERR_BAD_MEMORY_MAP, "EFI descriptor", at, pages);
		if (!pages)
			continue;
		if (count && last.type == entry.type && last.addr + last.size == entry.addr) {
			last.size += entry.size;
		} else {
			last = entry;
			count++;
		}
		if (count <= cap)
			entries[count - 1] = last;
	}
	*ret_count = count;
	return ERR_OK;
}
