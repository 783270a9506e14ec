/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/crc32 against the published check value, whole and in parts. */
#include "tests/unit/unit.h"

#include "core/crc32.h"

static void test_published(void **state)
{
	assert_int_equal(crc32_more(CRC32_START, text_span("")), CRC32_START);
	assert_int_equal(~crc32_more(CRC32_START, text_span("123456789")), 0xcbf43926);
	assert_int_equal(
		~crc32_more(crc32_more(CRC32_START, text_span("1234")), text_span("56789")), 0xcbf43926);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
	};

	return cmocka_run_group_tests_name("crc32", tests, NULL, NULL);
}
