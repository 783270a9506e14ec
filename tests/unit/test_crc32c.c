/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/crc32c against published values and against the definition, bit by bit. */
#include "tests/unit/unit.h"

#include "core/crc32c.h"

/* RFC 3720 B.4: reflected polynomial 0x1edc6f41, one bit a step. */
static uint32_t slow_crc32c(uint32_t crc, struct span bytes)
{
	crc = ~crc;
	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= bytes.ptr[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static void test_published(void **state)
{
	uint8_t bytes[32];

	assert_int_equal(crc32c(0, text_span("")), 0);
	assert_int_equal(crc32c(0, text_span("123456789")), 0xe3069283);
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(crc32c(0, (struct span){bytes, 32}), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(crc32c(0, (struct span){bytes, 32}), 0x62a8ab43);
	for (unsigned i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(crc32c(0, (struct span){bytes, 32}), 0x46dd794e);
	for (unsigned i = 0; i < 32; i++)
		bytes[i] = (uint8_t)(31 - i);
	assert_int_equal(crc32c(0, (struct span){bytes, 32}), 0x113fdb5c);
}

/*
 * Every entry of every table: eight bytes of which one is not zero go through one step and use that
 * entry, and seven entries for byte 0 or for what the inversion makes of it.
 */
static void test_tables(void **state)
{
	for (unsigned pos = 0; pos < 8; pos++) {
		for (unsigned value = 0; value < 256; value++) {
			uint8_t bytes[8] = {0xff, 0xff, 0xff, 0xff};

			bytes[pos] ^= (uint8_t)value;
			assert_int_equal(crc32c(0, (struct span){bytes, 8}),
				slow_crc32c(0, (struct span){bytes, 8}));
		}
	}
}

static void test_any_split(void **state)
{
	struct unit_random random = {2};
	uint8_t bytes[300];

	for (unsigned round = 0; round < 2000; round++) {
		size_t len = unit_below(&random, sizeof(bytes) + 1),
		       cut = unit_below(&random, len + 1);
		uint32_t start = (uint32_t)unit_random(&random), whole;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)unit_random(&random);
		whole = slow_crc32c(start, (struct span){bytes, len});
		assert_int_equal(crc32c(start, (struct span){bytes, len}), whole);
		assert_int_equal(crc32c(crc32c(start, (struct span){bytes, cut}),
					 (struct span){bytes + cut, len - cut}),
			whole);
	}
}

/* Bytes of zero through the register, and two stretches put together, of any length. */
static void test_shift(void **state)
{
	static uint8_t zeros[70000], bytes[5000];
	struct unit_random random = {3};

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)unit_random(&random);
	for (unsigned round = 0; round < 500; round++) {
		size_t len = round < 300 ? round : unit_below(&random, sizeof(zeros) + 1);
		size_t cut = unit_below(&random, sizeof(bytes) + 1);
		uint32_t start = (uint32_t)unit_random(&random);
		struct span a = {bytes, cut}, b = {bytes + cut, sizeof(bytes) - cut};

		assert_int_equal(
			crc32c_shift(start, len), ~crc32c(~start, (struct span){zeros, len}));
		assert_int_equal(~(crc32c_shift(~crc32c(start, a), b.len) ^ ~crc32c(0xffffffff, b)),
			crc32c(start, (struct span){bytes, sizeof(bytes)}));
	}
	assert_int_equal(crc32c_shift(0x12345678, 0), 0x12345678);
	assert_int_equal(crc32c_shift(0, UINT64_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_any_split),
		cmocka_unit_test(test_shift),
	};

	return cmocka_run_group_tests_name("crc32c", tests, NULL, NULL);
}
