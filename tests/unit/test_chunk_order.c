/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/chunk_order.c: most work first, and what comes in counts more than what comes out. */
#include "tests/unit/unit.h"

#include "core/chunk_order.h"
#include "tests/unit/chunk_table.h"

static const struct {
	const char *name;
	uint32_t first, count;
	struct {
		uint32_t in, out;
	} chunk[8];
	uint8_t order[8];
} cases[] = {
	{"all alike: as they come", 0, 4, {{9, 9}, {9, 9}, {9, 9}, {9, 9}}, {0, 1, 2, 3}},
	{"by what comes in", 0, 4, {{1, 100}, {30, 100}, {20, 100}, {40, 100}}, {3, 1, 2, 0}},
	{"without the first", 1, 4, {{90, 90}, {1, 1}, {3, 3}, {2, 2}}, {2, 3, 1}},
	{"nothing left", 1, 1, {{5, 5}}, {0}},
	{"zeros take time, too", 0, 3, {{10, 100}, {1, 1000}, {50, 100}}, {1, 2, 0}},
	{"a coded byte takes more", 0, 2, {{10, 5000}, {4000, 4000}}, {1, 0}},
	/* Debian's 6.1 amd64 with bzip2, in KiB */
	{"a kernel", 1, 8,
		{{1, 2048}, {4190, 8192}, {1270, 8192}, {3119, 8192}, {1561, 8192}, {2, 272}, {740, 8192},
			{102, 234}},
		{1, 3, 4, 2, 6, 7, 5}},
};

static void test_order(void **state)
{
	uint8_t order[CHUNK_ORDER_MAX];
	struct chunk_table t;

	for (size_t c = 0; c < COUNT(cases); c++) {
		chunk_table_make(&t, cases[c].count);
		for (uint32_t i = 0; i < cases[c].count; i++) {
			chunk_set(&t, i, MANIFEST_CHUNK_IN_SIZE, cases[c].chunk[i].in);
			chunk_set(&t, i, MANIFEST_CHUNK_OUT_SIZE, cases[c].chunk[i].out);
		}
		CHECK_EQ(cases[c].name, chunk_order(&t.manifest, cases[c].first, order),
			cases[c].count - cases[c].first);
		for (uint32_t i = 0; i < cases[c].count - cases[c].first; i++)
			CHECK_EQ(cases[c].name, order[i], cases[c].order[i]);
	}
}

/* As many as there may be, the largest numbers there are; one more is left in order. */
static void test_limits(void **state)
{
	uint8_t order[CHUNK_ORDER_MAX];
	struct chunk_table t;

	chunk_table_make(&t, CHUNK_ORDER_MAX);
	for (uint32_t i = 0; i < CHUNK_ORDER_MAX; i++) {
		chunk_set(&t, i, MANIFEST_CHUNK_IN_SIZE, UINT32_MAX - CHUNK_ORDER_MAX + i);
		chunk_set(&t, i, MANIFEST_CHUNK_OUT_SIZE, UINT32_MAX);
	}
	assert_int_equal(chunk_order(&t.manifest, 0, order), CHUNK_ORDER_MAX);
	for (uint32_t i = 0; i < CHUNK_ORDER_MAX; i++)
		assert_int_equal(order[i], CHUNK_ORDER_MAX - 1 - i);
	chunk_table_make(&t, CHUNK_ORDER_MAX + 1);
	memset(order, 0xee, sizeof(order));
	assert_int_equal(chunk_order(&t.manifest, 1, order), 0);
	assert_int_equal(order[0], 0xee);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
