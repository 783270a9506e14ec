/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of setup_data nodes that hangs on boot_params [boot.rst "setup_data"]. */
#ifndef BOOT_STUB_SETUP_LIST_H
#define BOOT_STUB_SETUP_LIST_H

#include "core/setup_data.h"

/* Called for each node, whose bytes are mapped; an error ends the walk. */
typedef enum err setup_visit(const struct setup_data_node *node, void *ctx, struct fault *fault);

/* first_pa may be 0: an empty list. Errors: those of setup_data_parse, of paging_map, of visit. */
enum err setup_list_walk(uint64_t first_pa, setup_visit *visit, void *ctx, struct fault *fault)
	MUST_CHECK;

#endif /* BOOT_STUB_SETUP_LIST_H */
