/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes at any address as a setup_data node. Input: u64 address, then the node. */
#include "fuzz/fuzz.h"

#include "core/setup_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint64_t pa = fuzz_take(&input, 8);
	struct setup_data_node node = {.type = 0x5555}, again;
	struct fault fault = {0};

	if (setup_data_parse(input, pa, &node, &fault)) {
		FUZZ_CHECK(node.type == 0x5555 && fault.text);
		return 0;
	}
	FUZZ_CHECK(input.len >= SETUP_DATA_DATA);
	FUZZ_CHECK(node.bytes.start == pa &&
		node.bytes.end - pa == (uint64_t)SETUP_DATA_DATA + node.len);
	FUZZ_CHECK(node.next_pa == le64_get(input.ptr) && node.type == le32_get(input.ptr + 8));
	FUZZ_CHECK(!node.indirect || (node.type == SETUP_INDIRECT && input.len >= SETUP_DATA_PEEK));
	FUZZ_CHECK(node.indirect || range_empty(node.indirect_bytes));
	FUZZ_CHECK(node.indirect_bytes.start <= node.indirect_bytes.end);
	/* Nothing behind what setup_data_parse wants to see has a say. */
	if (input.len > SETUP_DATA_PEEK)
		input.len = SETUP_DATA_PEEK;
	FUZZ_CHECK(!setup_data_parse(input, pa, &again, NULL));
	FUZZ_CHECK(again.indirect == node.indirect && again.bytes.end == node.bytes.end &&
		again.indirect_bytes.end == node.indirect_bytes.end);
	return 0;
}
