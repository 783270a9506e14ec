/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/place_check: a proof is worth what it refuses: good plans, and each way to spoil them. */
#include "tests/unit/place_stock.h"

/* A good plan, and each way to spoil it. */
static void test_check_refuses(void **state)
{
	static const struct {
		const char *name;
		size_t field; /* offset in struct place_plan */
		uint64_t value;
		enum err e;
	} cases[] = {
		{"the extent is too short for the tail", offsetof(struct place_plan, extent),
			0x3a00000, ERR_ADDRESS_TAKEN},
		{"the extent is too short for the kernel", offsetof(struct place_plan, extent),
			0x39fffff, ERR_OVERFLOW},
		{"the output wraps", offsetof(struct place_plan, output_pa), UINT64_MAX - MIB,
			ERR_OVERFLOW},
		{"the header lies elsewhere", offsetof(struct place_plan, header_pa), 17 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the tail lies in the kernel", offsetof(struct place_plan, tail_pa), 17 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the tail lies outside", offsetof(struct place_plan, tail_pa), 90 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the payload lies in the output", offsetof(struct place_plan, payload_pa),
			10 * MIB, ERR_ADDRESS_TAKEN},
		{"the payload's end wraps", offsetof(struct place_plan, payload_pa),
			UINT64_MAX - 10, ERR_OVERFLOW},
		{"the stub lies in the output", offsetof(struct place_plan, stub_pa), 20 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the stub lies in the payload", offsetof(struct place_plan, stub_pa), 2 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the stub lies in the work area", offsetof(struct place_plan, stub_pa), 0xb00000,
			ERR_ADDRESS_TAKEN},
		{"the work area lies in the output", offsetof(struct place_plan, work_pa),
			16 * MIB - 0x1000, ERR_ADDRESS_TAKEN},
		{"the work area lies in the payload", offsetof(struct place_plan, work_pa), 5 * MIB,
			ERR_ADDRESS_TAKEN},
		{"the work area is not on a page", offsetof(struct place_plan, work_pa), 0xb00800,
			ERR_ADDRESS_TAKEN},
	};
	const struct place_plan good = {
		.output_pa = 16 * MIB,
		.extent = 0x3a00000 + 65906612 - 0x3e00000,
		.header_pa = 16 * MIB,
		.tail_pa = 16 * MIB + 0x3a00000,
		.payload_pa = MIB + 122880,
		.stub_pa = MIB,
		.work_pa = 0xb00000,
	};

	assert_int_equal(place_check(&stock, &good), ERR_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct place_plan plan = good;

		memcpy((uint8_t *)&plan + cases[i].field, &cases[i].value, 8);
		CHECK_EQ(cases[i].name, place_check(&stock, &plan), cases[i].e);
	}
}

static void test_check_sequential_and_apart(void **state)
{
	struct place_plan plan = {
		.output_pa = 16 * MIB,
		.extent = 0x3a00000 + 65906612 - 0x3e00000,
		.header_pa = 16 * MIB,
		.tail_pa = 16 * MIB + 0x3a00000,
		.payload_pa = align_down(16 * MIB + stock.safe_offset + 0xfff, 0x1000),
		.stub_pa = 80 * MIB,
		.work_pa = 81 * MIB,
		.sequential = true,
	};
	struct place_image apart = stock_apart();

	assert_int_equal(place_check(&stock, &plan), ERR_OK);
	plan.sequential = false;
	assert_int_equal(place_check(&stock, &plan), ERR_ADDRESS_TAKEN);
	plan.sequential = true;
	plan.payload_pa = 16 * MIB + stock.safe_offset - 1;
	assert_int_equal(place_check(&stock, &plan), ERR_NO_SPACE);
	plan.payload_pa = 15 * MIB;
	assert_int_equal(place_check(&stock, &plan), ERR_NO_SPACE);

	plan = (struct place_plan){
		.output_pa = 16 * MIB,
		.extent = 0x3a00000 + 65906612,
		.header_pa = 16 * MIB + 0x3a00000,
		.content_pa = 16 * MIB + 0x3a00000,
		.tail_pa = 16 * MIB + 0x3a00000 + 0x3e00000,
		.payload_pa = MIB + 122880,
		.stub_pa = MIB,
		.work_pa = 0xb00000,
	};
	assert_int_equal(place_check(&apart, &plan), ERR_OK);
	plan.content_pa -= 0x1000;
	assert_int_equal(place_check(&apart, &plan), ERR_ADDRESS_TAKEN);
	plan.content_pa += 0x2000;
	assert_int_equal(place_check(&apart, &plan), ERR_ADDRESS_TAKEN);
	plan.content_pa -= 0x1000;
	plan.tail_pa++;
	assert_int_equal(place_check(&apart, &plan), ERR_ADDRESS_TAKEN);
}

static void test_check_memory_refuses(void **state)
{
	struct range r[] = {{MIB, 90 * MIB}};
	const struct range_set free = {r, 1, 1};
	struct place_plan plan;
	const struct place_plan good = {
		.output_pa = 16 * MIB,
		.extent = 0x3a00000 + 65906612 - 0x3e00000,
		.payload_pa = MIB + 122880,
		.stub_pa = MIB,
		.work_pa = 0xb00000,
	};

	assert_int_equal(place_check_memory(&stock, MIB, &free, &good), ERR_OK);
	plan = good;
	plan.output_pa = 32 * MIB;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan = good;
	plan.work_pa = 90 * MIB - 0x1000;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan = good;
	plan.stub_pa = 89 * MIB + 0xf0000;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan.stub_pa = 5 * MIB; /* onto the image that it is copied from */
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan = good;
	plan.payload_pa = 89 * MIB;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	/* Onto its old place: only a copy of the stub may do that. */
	plan.payload_pa = good.payload_pa + 0x1000;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_ADDRESS_TAKEN);
	plan.stub_pa = 88 * MIB;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &plan), ERR_OK);
	/* What stays where the loader put it is not written, and need not be free. */
	r[0].start = 0xb00000;
	assert_int_equal(place_check_memory(&stock, MIB, &free, &good), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_refuses),
		cmocka_unit_test(test_check_sequential_and_apart),
		cmocka_unit_test(test_check_memory_refuses),
	};

	return cmocka_run_group_tests_name("place_check", tests, NULL, NULL);
}
