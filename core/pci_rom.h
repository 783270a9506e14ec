/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI device's option ROM as firmware hands it out, and the setup_data node in which a kernel gets it:
 * once devices are moved or powered down, drivers (of graphics cards above all) cannot read it any more.
 */
#ifndef CORE_PCI_ROM_H
#define CORE_PCI_ROM_H

#include "core/span.h"
#include "spec/bootparam.h"

struct pci_rom {
	uint16_t vendor, device; /* of configuration space */
	uint64_t location[4]; /* segment, bus, device, function */
};

/*
 * Bytes of the node for that ROM, a multiple of 8, or 0 if there cannot be such a ROM: the
 * specification has none above 16 MiB, and some firmware has pointers where the size should be.
 */
uint64_t pci_rom_node_size(uint64_t rom_pa, uint64_t rom_size);

/* Write it; there is room for pci_rom_node_size() bytes. */
void pci_rom_node_put(uint8_t *node, uint64_t next_pa, const struct pci_rom *rom, struct span bytes);

#endif /* CORE_PCI_ROM_H */
