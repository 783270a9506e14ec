/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checksum of an image: the published check value, right, wrong, and a file that is too short. */
#include "tests/unit/unit.h"

#include "lib/image_crc.h"

#define SIZE 0x1000

static void test_published_value(void **state)
{
	/* The published check value is inverted at the end, ours is not. */
	assert_int_equal(image_crc(IMAGE_CRC_START, text_span("123456789")), 0xcbf43926 ^ 0xffffffff);
	assert_int_equal(image_crc(image_crc(IMAGE_CRC_START, text_span("1234")), text_span("56789")),
		0xcbf43926 ^ 0xffffffff);
}

static void test_check(void **state)
{
	uint8_t f[SIZE + 8] = {0};
	struct span file = {f, sizeof(f)};
	struct bzimage b = {.image_size = SIZE};
	struct fault fault = {0};

	memset(f + SIZE, 0xee, 8); /* a signature behind the image does not count */
	assert_int_equal(image_crc_check(file, &b, &fault), ERR_BAD_IMAGE_CRC);
	assert_int_equal(fault.offset, SIZE - 4);
	le32_put(f + SIZE - 4, image_crc(IMAGE_CRC_START, (struct span){f, SIZE - 4}));
	assert_int_equal(image_crc_check(file, &b, NULL), ERR_OK);
	f[0x400] ^= 1;
	assert_int_equal(image_crc_check(file, &b, NULL), ERR_BAD_IMAGE_CRC);
	f[0x400] ^= 1;
	b.image_size = sizeof(f) + 1;
	assert_int_equal(image_crc_check(file, &b, NULL), ERR_TRUNCATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_value),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
