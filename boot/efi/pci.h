/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking PCI devices through EFI_PCI_IO_PROTOCOL [UEFI 2.10 14.4], which pci is. */
#ifndef BOOT_EFI_PCI_H
#define BOOT_EFI_PCI_H

#include "boot/efi/firmware.h"

enum efi_pci_location { PCI_SEGMENT, PCI_BUS, PCI_DEVICE, PCI_FUNCTION, PCI_LOCATION_WORDS };

/* A word of the configuration space; false if firmware does not tell. */
static inline bool efi_pci_read(uint64_t pci, uint32_t at, uint16_t *ret)
{
	return !efi_method(pci, 0, EFI_PCI_READ, EFI_PCI_WIDTH_16, at, 1, efi_ptr(ret));
}

static inline bool efi_pci_write(uint64_t pci, uint32_t at, uint16_t value)
{
	return !efi_method(pci, 0, EFI_PCI_WRITE, EFI_PCI_WIDTH_16, at, 1, efi_ptr(&value));
}

/* ret must be zero before: firmware's words may be shorter. */
static inline bool efi_pci_where(uint64_t pci, uint64_t ret[static PCI_LOCATION_WORDS])
{
	return !efi_method(pci, 0, EFI_PCI_LOCATION, efi_ptr(&ret[PCI_SEGMENT]), efi_ptr(&ret[PCI_BUS]),
		efi_ptr(&ret[PCI_DEVICE]), efi_ptr(&ret[PCI_FUNCTION]));
}

#endif /* BOOT_EFI_PCI_H */
