/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/setup_data: nodes as loaders write them, and as none should. */
#include "tests/unit/unit.h"

#include "core/setup_data.h"

#define PA 0x100000ull

static void test_nodes(void **state)
{
	static const struct {
		const char *name;
		uint64_t pa, next;
		uint32_t type, len, inner_type;
		uint64_t inner_len, inner_addr;
		size_t peek;
		enum err e;
		bool indirect;
		uint64_t end, indirect_end; /* of the node, of what it points at */
	} cases[] = {
		{"a random seed", PA, 0, SETUP_RNG_SEED, 32, 0, 0, 0, 40, ERR_OK, false, PA + 48,
			0},
		{"an empty node", PA, 0x2000, SETUP_NONE, 0, 0, 0, 0, 16, ERR_OK, false, PA + 16,
			0},
		{"a direct node needs only its header", PA, 0, SETUP_DTB, 0x10000, 0, 0, 0, 16,
			ERR_OK, false, PA + 0x10010, 0},
		{"an unknown type is kept as it is", PA, 0, 4711, 8, 0, 0, 0, 40, ERR_OK, false,
			PA + 24, 0},
		{"an indirect node", PA, 0, SETUP_INDIRECT, 24, SETUP_INDIRECT | SETUP_E820_EXT,
			0x140, 0x5000, 40, ERR_OK, true, PA + 40, 0x5140},
		{"an indirect node that points at an indirect one is not followed", PA, 0,
			SETUP_INDIRECT, 24, SETUP_INDIRECT, 0x140, 0x5000, 40, ERR_OK, false,
			PA + 40, 0},
		{"the header is cut off", PA, 0, SETUP_DTB, 8, 0, 0, 0, 15, ERR_TRUNCATED},
		{"no bytes at all", PA, 0, SETUP_DTB, 8, 0, 0, 0, 0, ERR_TRUNCATED},
		{"the indirect part is cut off", PA, 0, SETUP_INDIRECT, 24,
			SETUP_INDIRECT | SETUP_DTB, 8, 0x5000, 39, ERR_TRUNCATED},
		{"indirect with too short a length", PA, 0, SETUP_INDIRECT, 23,
			SETUP_INDIRECT | SETUP_DTB, 8, 0x5000, 40, ERR_BAD_SETUP_DATA},
		{"runs over the end of memory", UINT64_MAX - 100, 0, SETUP_DTB, 0xffffffff, 0, 0, 0,
			40, ERR_BAD_SETUP_DATA},
		{"points over the end of memory", PA, 0, SETUP_INDIRECT, 24,
			SETUP_INDIRECT | SETUP_DTB, UINT64_MAX, 0x5000, 40, ERR_BAD_SETUP_DATA},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t bytes[SETUP_DATA_PEEK] = {0};
		struct setup_data_node node;
		struct fault fault = {0};
		enum err e;

		le64_put(bytes + SETUP_DATA_NEXT, cases[i].next);
		le32_put(bytes + SETUP_DATA_TYPE, cases[i].type);
		le32_put(bytes + SETUP_DATA_LEN, cases[i].len);
		le32_put(bytes + SETUP_DATA_DATA + SETUP_INDIRECT_TYPE, cases[i].inner_type);
		le64_put(bytes + SETUP_DATA_DATA + SETUP_INDIRECT_LEN, cases[i].inner_len);
		le64_put(bytes + SETUP_DATA_DATA + SETUP_INDIRECT_ADDR, cases[i].inner_addr);
		memset(&node, 0x55, sizeof(node));
		e = setup_data_parse(
			(struct span){bytes, cases[i].peek}, cases[i].pa, &node, &fault);
		CHECK_EQ(cases[i].name, e, cases[i].e);
		if (e) {
			CHECK(cases[i].name, fault.text);
			CHECK_EQ(cases[i].name, node.type, 0x55555555);
			continue;
		}
		CHECK_EQ(cases[i].name, node.next_pa, cases[i].next);
		CHECK_EQ(cases[i].name, node.type, cases[i].type);
		CHECK_EQ(cases[i].name, node.len, cases[i].len);
		CHECK_EQ(cases[i].name, node.bytes.start, cases[i].pa);
		CHECK_EQ(cases[i].name, node.bytes.end, cases[i].end);
		CHECK_EQ(cases[i].name, node.indirect, cases[i].indirect);
		CHECK_EQ(cases[i].name, node.indirect_bytes.end, cases[i].indirect_end);
	}
}

/* What is made is what is read. */
static void test_put(void **state)
{
	struct setup_data_node node;
	uint8_t bytes[SETUP_DATA_PEEK];

	memset(bytes, 0x5a, sizeof(bytes));
	setup_data_put(bytes, 0x1122334455667788, SETUP_APPLE_PROPERTIES, 0x10203);
	assert_int_equal(setup_data_parse((struct span){bytes, sizeof(bytes)}, PA, &node, NULL), ERR_OK);
	assert_int_equal(node.next_pa, 0x1122334455667788);
	assert_int_equal(node.type, SETUP_APPLE_PROPERTIES);
	assert_int_equal(node.len, 0x10203);
	assert_int_equal(bytes[SETUP_DATA_DATA], 0x5a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_put),
	};

	return cmocka_run_group_tests_name("setup_data", tests, NULL, NULL);
}
