/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot_params of a loader, at the handover entry: is the list of setup_data whole? The kernel walks it in
 * its first instructions, when nobody can say anything any more. Under boot services.
 */
#include "boot/efi/efi.h"
#include "boot/lib/phys.h"
#include "core/setup_data.h"

enum err efi_given_check(const struct boot_params *bp, struct fault *fault)
{
	struct setup_data_node node;
	unsigned int count = 0;

	for (uint64_t pa = bp->hdr.setup_data; pa; pa = node.next_pa) {
		if (++count > SETUP_DATA_NODES_MAX)
			return fault_set(fault, ERR_BAD_SETUP_DATA, "list without end", pa, count);
		enum err err = setup_data_parse(phys_span(pa, SETUP_DATA_PEEK), pa, &node, fault);

		if (err)
			return err;
	}
	return ERR_OK;
}
