/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * efi=disable_early_pci_dma: from here until the kernel has its IOMMU no device behind a PCI bridge may reach
 * memory. Bridges stop passing on what devices ask for; before that firmware's drivers let go of the devices,
 * since one that waits for its device would wait for ever. Screens keep theirs: the frame buffer is a kernel's
 * first console. Devices on a root bus are behind no bridge.
 */
#include "boot/efi/efi.h"
#include "boot/efi/handles.h"
#include "boot/efi/pci.h"
#include "boot/stub/console.h"

static bool class_get(uint64_t pci, uint16_t *ret)
{
	return pci && efi_pci_read(pci, PCI_CLASS, ret);
}

static void drivers_leave(uint64_t handle, uint64_t pci)
{
	uint64_t location[PCI_LOCATION_WORDS] = {0};
	uint16_t class;

	if (!class_get(pci, &class) || class >> 8 == PCI_BASE_CLASS_DISPLAY ||
		!efi_pci_where(pci, location) || !location[PCI_BUS])
		return;
	efi_boot(EFI_DISCONNECT_CONTROLLER, handle, 0, 0); /* from all drivers, and its children */
}

/* Is it a bridge that let requests through, and does no more? */
static bool bridge_shut(uint64_t pci)
{
	uint16_t class, command;

	if (!class_get(pci, &class) || class != PCI_CLASS_BRIDGE ||
		!efi_pci_read(pci, PCI_COMMAND, &command) || !(command & PCI_COMMAND_MASTER))
		return false;
	if (efi_pci_write(pci, PCI_COMMAND, command & (uint16_t)~PCI_COMMAND_MASTER))
		return true;
	warn("a PCI bridge cannot be shut: devices behind it may write to memory");
	return false;
}

void efi_pci_dma_stop(struct span cmdline)
{
	struct efi_guid guid = EFI_PCI_IO_GUID;
	struct efi_handles handles;
	size_t shut = 0;

	if (!efi_option(cmdline, "disable_early_pci_dma") ||
		efi_option(cmdline, "no_disable_early_pci_dma"))
		return;
	handles = efi_handles(&guid);
	for (size_t i = 0; i < handles.count; i++) {
		uint64_t handle = efi_handles_get(&handles, i);

		drivers_leave(handle, efi_protocol(handle, &guid));
	}
	/* A handle may be gone with its drivers: then it has no protocol. */
	for (size_t i = 0; i < handles.count; i++)
		shut += bridge_shut(efi_protocol(efi_handles_get(&handles, i), &guid));
	efi_handles_free(&handles);
	say("PCI bridges shut: %lu", shut);
}
