/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/stub_info: bytes at offsets typed again from docs/image-format.md, and what a place is planned with. */
#include "tests/unit/unit.h"

#include "core/stub_info.h"

static void test_get(void **state)
{
	uint8_t bytes[0x40];
	struct stub_info info;

	memset(bytes, 0xee, sizeof(bytes));
	le32_put(bytes + 0x0c, 0x74000);
	le32_put(bytes + 0x10, 0x958200);
	le32_put(bytes + 0x14, 0x39ec0);
	le32_put(bytes + 0x18, 0x1d4);
	le32_put(bytes + 0x1c, 0x3b0b000);
	le64_put(bytes + 0x20, 0x123456789a000);
	le32_put(bytes + 0x28, 0x200000);
	le16_put(bytes + 0x2c, 0x7f);
	info = stub_info_get(bytes);
	assert_int_equal(info.work_size, 0x74000);
	assert_int_equal(info.image_size, 0x958200);
	assert_int_equal(info.manifest_off, 0x39ec0);
	assert_int_equal(info.manifest_size, 0x1d4);
	assert_int_equal(info.init_size, 0x3b0b000);
	assert_int_equal(info.pref_address, 0x123456789a000);
	assert_int_equal(info.alignment, 0x200000);
	assert_int_equal(info.xloadflags, 0x7f);
}

static void test_place_image(void **state)
{
	const struct stub_info info = {.work_size = 1,
		.image_size = 2,
		.manifest_off = UINT32_MAX,
		.manifest_size = UINT32_MAX,
		.pref_address = 3,
		.alignment = 4};
	const struct manifest manifest = {.payload_off = 5,
		.payload_size = 6,
		.content_size = 7,
		.mem_base = 8,
		.mem_size = 9,
		.first_offset = 10,
		.tail_offset = 11,
		.safe_offset = 12,
		.flags = MANIFEST_FLAG_MOVABLE};
	struct place_image p = place_image_make(&info, &manifest);

	assert_int_equal(p.work_size, 1);
	assert_int_equal(p.image_size, 2);
	assert_int_equal(p.head_size, 2 * (uint64_t)UINT32_MAX);
	assert_int_equal(p.pref_address, 3);
	assert_int_equal(p.alignment, 4);
	assert_int_equal(p.payload_off, 5);
	assert_int_equal(p.payload_size, 6);
	assert_int_equal(p.content_size, 7);
	assert_int_equal(p.mem_base, 8);
	assert_int_equal(p.mem_size, 9);
	assert_int_equal(p.first_offset, 10);
	assert_int_equal(p.tail_offset, 11);
	assert_int_equal(p.safe_offset, 12);
	assert_true(p.movable && !p.in_place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_place_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
