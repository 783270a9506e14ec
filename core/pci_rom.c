/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pci_rom.h. */
#include "core/pci_rom.h"
#include "core/setup_data.h"

#define ROM_MAX    0x1000000 /* [PCI 3.0 6.2.5.2] */
#define NODE_ALIGN 8

uint64_t pci_rom_node_size(uint64_t rom_pa, uint64_t rom_size)
{
	if (!rom_pa || !rom_size || rom_size > ROM_MAX || rom_pa > UINT64_MAX - rom_size)
		return 0;
	return (SETUP_DATA_DATA + SETUP_PCI_ROM + rom_size + NODE_ALIGN - 1) / NODE_ALIGN *
		NODE_ALIGN;
}

void pci_rom_node_put(uint8_t *node, uint64_t next_pa, const struct pci_rom *rom, struct span bytes)
{
	uint8_t *data = node + SETUP_DATA_DATA;

	setup_data_put(node, next_pa, SETUP_PCI, (uint32_t)(SETUP_PCI_ROM + bytes.len));
	le64_put(data, 0);
	le16_put(data + SETUP_PCI_VENDOR, rom->vendor);
	le16_put(data + SETUP_PCI_DEVICE, rom->device);
	le64_put(data + SETUP_PCI_LENGTH, bytes.len);
	for (size_t i = 0; i < 4; i++)
		le64_put(data + SETUP_PCI_LOCATION + 8 * i, rom->location[i]);
	for (size_t i = 0; i < bytes.len; i++)
		data[SETUP_PCI_ROM + i] = bytes.ptr[i];
}
