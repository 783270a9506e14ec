/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leaving boot services. The memory map changes with each allocation and with whatever the firmware
 * does meanwhile, so everything is allocated before, and ExitBootServices is tried again with a fresh
 * map when the first try comes too late [UEFI 7.4.6].
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/libc.h"
#include "core/efi_e820.h"
#include "core/setup_data.h"

#define TRIES 4

/*
 * The map as the boot protocol has it: the first entries in boot_params, what does not fit there in a
 * setup_data node, whose room (for the whole map) lies at e820_pa.
 */
static enum err e820_put(const struct efi_boot *b, struct fault *fault)
{
	struct boot_params *bp = b->bp;
	uint8_t *node = phys_ptr(b->e820_pa);
	struct e820_entry *entries = (struct e820_entry *)(node + SETUP_DATA_DATA);
	size_t count, first;
	enum err err = efi_e820(phys_span(b->map.pa, b->map.size), b->map.desc_size, entries,
		b->e820_room, &count, fault);

	if (err || count > b->e820_room)
		return err ? err : fault_set(fault, ERR_NO_SPACE, "memory map", 0, count);
	/* What is kept for a special purpose is RAM like any other then. */
	if (efi_option(b->cmdline, "nosoftreserve")) {
		for (size_t i = 0; i < count; i++) {
			if (entries[i].type == E820_SOFT_RESERVED)
				entries[i].type = E820_RAM;
		}
	}
	first = count < BP_E820_MAX ? count : BP_E820_MAX;
	memcpy(bp->e820_table, entries, first * sizeof(*entries));
	bp->e820_entries = (uint8_t)first;
	if (count == first)
		return ERR_OK;
	memmove(entries, entries + first, (count - first) * sizeof(*entries));
	setup_data_put(node, bp->hdr.setup_data, SETUP_E820_EXT,
		(uint32_t)((count - first) * sizeof(*entries)));
	bp->hdr.setup_data = b->e820_pa;
	return ERR_OK;
}

static void efi_info_put(const struct efi_boot *b)
{
	struct efi_info *info = &b->bp->efi_info;
	uint64_t table = efi_system_table();

	*info = (struct efi_info){
		.efi_loader_signature = efi_narrow() ? EFI_LOADER_SIGNATURE_32 : EFI_LOADER_SIGNATURE_64,
		.efi_systab = (uint32_t)table,
		.efi_systab_hi = (uint32_t)(table >> 32),
		.efi_memdesc_size = (uint32_t)b->map.desc_size,
		.efi_memdesc_version = b->map.desc_version,
		.efi_memmap = (uint32_t)b->map.pa,
		.efi_memmap_hi = (uint32_t)(b->map.pa >> 32),
		.efi_memmap_size = (uint32_t)b->map.size,
	};
}

enum err efi_leave(struct efi_boot *b, struct fault *fault)
{
	uint64_t status = EFI_INVALID_PARAMETER;
	enum err err;

	efi_pci_dma_stop(b->cmdline);
	err = efi_memory_map(&b->map);
	if (err)
		return fault_set(fault, err, "GetMemoryMap", 0, 0);
	b->e820_room = (size_t)(b->map.capacity / b->map.desc_size);
	err = efi_memory_below(SETUP_DATA_DATA + b->e820_room * E820_ENTRY_SIZE, UINT32_MAX,
		EFI_LOADER_DATA, &b->e820_pa);
	if (err)
		return fault_set(fault, err, "room for the E820 map", 0, b->e820_room);
	for (int tries = 0; status && tries < TRIES; tries++) {
		err = efi_memory_map_again(&b->map);
		if (err)
			return fault_set(fault, err, "GetMemoryMap, asked again", tries,
				b->map.size);
		status = efi_boot(EFI_EXIT_BOOT_SERVICES, efi_image_handle(), b->map.key);
	}
	if (status)
		return fault_set(fault, ERR_FIRMWARE, "ExitBootServices", 0, status);
	efi_gone();
	return ERR_OK;
}

enum err efi_leave_map(struct efi_boot *b, struct fault *fault)
{
	efi_info_put(b);
	return e820_put(b, fault);
}
