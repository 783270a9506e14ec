/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See setup_list.h. Stage 1, 64-bit mode. The list may lie anywhere, also in memory that the map
 * does not call RAM, so each node is mapped before it is read.
 */
#include "boot/stub/setup_list.h"
#include "boot/lib/phys.h"
#include "boot/stub/paging.h"

static enum err node_read(uint64_t pa, struct setup_data_node *ret, struct fault *fault)
{
	enum err err = paging_map(range_make(pa, SETUP_DATA_PEEK));

	if (!err)
		err = setup_data_parse(phys_span(pa, SETUP_DATA_PEEK), pa, ret, fault);
	if (!err)
		err = paging_map(ret->bytes);
	return err;
}

enum err setup_list_walk(uint64_t first_pa, setup_visit *visit, void *ctx, struct fault *fault)
{
	struct setup_data_node node;
	unsigned int count = 0;

	for (uint64_t pa = first_pa; pa; pa = node.next_pa) {
		if (++count > SETUP_DATA_NODES_MAX)
			return fault_set(fault, ERR_BAD_SETUP_DATA, "list without end", pa, count);
		enum err err = node_read(pa, &node, fault);

		if (!err)
			err = visit(&node, ctx, fault);
		if (err)
			return err == ERR_OVERFLOW
				? fault_set(fault, ERR_BAD_SETUP_DATA, "node's address", pa, count)
				: err;
	}
	return ERR_OK;
}
