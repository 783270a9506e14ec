/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An EFI application that leaves a memory map of many entries: of 2 * HOLES pages every second one is reserved memory, which
 * no boot loader and no kernel may merge with what lies beside it, and which stays when the application is gone.
 */
#include "tests/boot/efi/app.h"

#define HOLES 300

uint64_t EFIAPI app_main(uint64_t handle, uint8_t *system_table)
{
	service allocate = boot_service(system_table, ALLOCATE_PAGES);
	uint64_t first = 0, status;

	status = allocate(ALLOCATE_ANY, LOADER_DATA, 2 * HOLES, &first);
	if (!status)
		status = boot_service(system_table, FREE_PAGES)(first, 2 * HOLES);
	for (uint64_t i = 0; !status && i < HOLES; i++) {
		uint64_t at = first + 2 * i * PAGE;

		status = allocate(ALLOCATE_ADDRESS, RESERVED_MEMORY, 1, &at);
	}
	print(system_table, status ? u"FRAGMENT failed" : u"FRAGMENT done");
	return status;
}
