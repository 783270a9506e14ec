/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option ROMs of PCI devices, as firmware read them, to setup_data: one node each, all in one block of
 * memory, so that their number does not matter. How many bytes that takes is counted first; what firmware
 * says differently when asked again must fit into it.
 */
#include "boot/efi/efi.h"
#include "boot/efi/handles.h"
#include "boot/efi/pci.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "core/pci_rom.h"

struct device {
	uint64_t protocol;
	uint64_t rom_pa, rom_size;
	uint64_t node_size; /* 0: no ROM */
};

static struct device device_get(uint64_t handle)
{
	struct efi_guid guid = EFI_PCI_IO_GUID;
	struct device d = {.protocol = efi_protocol(handle, &guid)};

	if (!d.protocol)
		return d;
	d.rom_pa = efi_word(d.protocol, EFI_PCI_ROM_IMAGE);
	d.rom_size = le64_get(phys_ptr(efi_field(d.protocol, EFI_PCI_ROM_SIZE)));
	d.node_size = pci_rom_node_size(d.rom_pa, d.rom_size);
	return d;
}

/* A kernel finds the device by where it is, and believes the ROM if it is the same device. */
static bool identify(uint64_t protocol, struct pci_rom *ret)
{
	*ret = (struct pci_rom){0};
	return efi_pci_read(protocol, PCI_VENDOR_ID, &ret->vendor) &&
		efi_pci_read(protocol, PCI_DEVICE_ID, &ret->device) &&
		efi_pci_where(protocol, ret->location);
}

static uint64_t bytes_needed(const struct efi_handles *handles)
{
	uint64_t size = 0;

	for (size_t i = 0; i < handles->count; i++)
		size += device_get(efi_handles_get(handles, i)).node_size;
	return size;
}

/* How many nodes were made in the block. */
static size_t nodes_put(struct boot_params *bp, const struct efi_handles *handles, uint64_t pa,
	uint64_t size)
{
	uint64_t end = pa + size;
	size_t count = 0;

	for (size_t i = 0; i < handles->count; i++) {
		struct device d = device_get(efi_handles_get(handles, i));
		struct pci_rom rom;

		if (!d.node_size || d.node_size > end - pa || !identify(d.protocol, &rom))
			continue;
		pci_rom_node_put(phys_ptr(pa), bp->hdr.setup_data, &rom,
			phys_span(d.rom_pa, d.rom_size));
		bp->hdr.setup_data = pa;
		pa += d.node_size;
		count++;
	}
	return count;
}

void efi_pci_roms(struct boot_params *bp)
{
	struct efi_guid guid = EFI_PCI_IO_GUID;
	struct efi_handles handles = efi_handles(&guid);
	uint64_t size = bytes_needed(&handles), pa;

	if (size && efi_memory_below(size, UINT64_MAX, EFI_LOADER_DATA, &pa))
		warn("no memory for 0x%lx bytes of PCI option ROMs: drivers may miss theirs", size);
	else if (size)
		say("PCI option ROMs: %lu", nodes_put(bp, &handles, pa, size));
	efi_handles_free(&handles);
}
