/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One node of the setup_data list [boot.rst "setup_data"]. The list hangs together by physical
 * addresses, so whoever may touch memory walks it; what a node says is decided here.
 */
#ifndef CORE_SETUP_DATA_H
#define CORE_SETUP_DATA_H

#include "core/range.h"
#include "core/span.h"
#include "spec/bootparam.h"

#define SETUP_DATA_NODES_MAX 256 /* a longer list is taken for a loop */

struct setup_data_node {
	uint64_t next_pa;
	uint32_t type; /* SETUP_*, the indirect bit as it stands */
	uint32_t len;
	struct range bytes; /* the node itself, header and data */
	bool indirect;
	struct range indirect_bytes; /* what a SETUP_INDIRECT node points at */
};

/* How many bytes from pa on setup_data_parse wants to see: header, and the indirect part if any. */
#define SETUP_DATA_PEEK 40

/*
 * node: SETUP_DATA_PEEK bytes of memory at pa (fewer at the end of memory: the header alone will do
 * for a direct node). Errors: TRUNCATED, BAD_SETUP_DATA (runs over, indirect with len too small).
 */
enum err setup_data_parse(struct span node, uint64_t pa, struct setup_data_node *ret,
	struct fault *fault) MUST_CHECK;

/* Make the head of a node, in front of what the list has had so far. len: bytes of data behind it. */
void setup_data_put(uint8_t *node, uint64_t next_pa, uint32_t type, uint32_t len);

#endif /* CORE_SETUP_DATA_H */
