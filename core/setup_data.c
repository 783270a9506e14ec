/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one node of the setup_data list says. Runs in the stub, on bytes that a loader left in
 * memory. */
#include "core/setup_data.h"

enum err setup_data_parse(
	struct span node, uint64_t pa, struct setup_data_node *ret, struct fault *fault)
{
	struct setup_data_node n = {0};
	uint32_t inner_type;
	uint64_t indirect_pa, indirect_len;

	if (span_le64(node, SETUP_DATA_NEXT, &n.next_pa) ||
		span_le32(node, SETUP_DATA_TYPE, &n.type) ||
		span_le32(node, SETUP_DATA_LEN, &n.len))
		return fault_set(fault, ERR_TRUNCATED, "setup_data node", 0, pa);
	n.bytes = range_make(pa, (uint64_t)SETUP_DATA_DATA + n.len);
	if (n.bytes.end - pa != (uint64_t)SETUP_DATA_DATA + n.len)
		return fault_set(
			fault, ERR_BAD_SETUP_DATA, "setup_data.len", SETUP_DATA_LEN, n.len);

	if (n.type == SETUP_INDIRECT) {
		if (n.len < SETUP_DATA_PEEK - SETUP_DATA_DATA)
			return fault_set(
				fault, ERR_BAD_SETUP_DATA, "setup_data.len", SETUP_DATA_LEN, n.len);
		if (span_le32(node, SETUP_DATA_DATA + SETUP_INDIRECT_TYPE, &inner_type) ||
			span_le64(node, SETUP_DATA_DATA + SETUP_INDIRECT_LEN, &indirect_len) ||
			span_le64(node, SETUP_DATA_DATA + SETUP_INDIRECT_ADDR, &indirect_pa))
			return fault_set(
				fault, ERR_TRUNCATED, "setup_indirect", SETUP_DATA_DATA, pa);
		/* One that points at another indirect one is not followed [boot.rst]. */
		if (inner_type != SETUP_INDIRECT) {
			n.indirect = true;
			n.indirect_bytes = range_make(indirect_pa, indirect_len);
			if (n.indirect_bytes.end - indirect_pa != indirect_len)
				return fault_set(fault, ERR_BAD_SETUP_DATA, "setup_indirect.len",
					SETUP_DATA_DATA + SETUP_INDIRECT_LEN, indirect_len);
		}
	}
	*ret = n;
	return ERR_OK;
}

void setup_data_put(uint8_t *node, uint64_t next_pa, uint32_t type, uint32_t len)
{
	le64_put(node + SETUP_DATA_NEXT, next_pa);
	le32_put(node + SETUP_DATA_TYPE, type);
	le32_put(node + SETUP_DATA_LEN, len);
}
