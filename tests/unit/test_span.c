/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/span: every read is checked, also with offsets and lengths near the top of 64 bits. */
#include "tests/unit/unit.h"

static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88, 0x99};

static void test_reads(void **state)
{
	static const struct {
		const char *name;
		uint64_t off;
		bool fits[4]; /* 1, 2, 4, 8 bytes */
		uint64_t values[4];
	} cases[] = {
		{"start", 0, {true, true, true, true},
			{0x01, 0x0201, 0x04030201, 0x8807060504030201}},
		{"the last 8 bytes", 1, {true, true, true, true},
			{0x02, 0x0302, 0x05040302, 0x9988070605040302}},
		{"7 bytes left", 2, {true, true, true, false}, {0x03, 0x0403, 0x06050403, 0}},
		{"the last byte", 8, {true, false, false, false}, {0x99, 0, 0, 0}},
		{"the end", 9, {false, false, false, false}, {0}},
		{"an offset that would wrap", UINT64_MAX, {false, false, false, false}, {0}},
		{"an offset of 2^32", 1ull << 32, {false, false, false, false}, {0}},
	};
	const struct span s = {bytes, sizeof(bytes)};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t v8 = 0;
		uint16_t v16 = 0;
		uint32_t v32 = 0;
		uint64_t v64 = 0;

		CHECK_EQ(cases[i].name, !span_u8(s, cases[i].off, &v8), cases[i].fits[0]);
		CHECK_EQ(cases[i].name, !span_le16(s, cases[i].off, &v16), cases[i].fits[1]);
		CHECK_EQ(cases[i].name, !span_le32(s, cases[i].off, &v32), cases[i].fits[2]);
		CHECK_EQ(cases[i].name, !span_le64(s, cases[i].off, &v64), cases[i].fits[3]);
		CHECK_EQ(cases[i].name, v8, cases[i].values[0]);
		CHECK_EQ(cases[i].name, v16, cases[i].values[1]);
		CHECK_EQ(cases[i].name, v32, cases[i].values[2]);
		CHECK_EQ(cases[i].name, v64, cases[i].values[3]);
	}
}

static void test_sub(void **state)
{
	const struct span s = {bytes, sizeof(bytes)};
	struct span sub = {0};

	assert_int_equal(span_sub(s, 2, 7, &sub), ERR_OK);
	assert_ptr_equal(sub.ptr, bytes + 2);
	assert_int_equal(sub.len, 7);
	assert_int_equal(span_sub(s, 9, 0, &sub), ERR_OK);
	assert_int_equal(sub.len, 0);
	assert_int_equal(span_sub(s, 2, 8, &sub), ERR_TRUNCATED);
	assert_int_equal(span_sub(s, 10, 0, &sub), ERR_TRUNCATED);
	assert_int_equal(span_sub(s, 2, UINT64_MAX, &sub), ERR_TRUNCATED);
	assert_int_equal(sub.len, 0);
}

static void test_put(void **state)
{
	uint8_t buf[10];

	memset(buf, 0xee, sizeof(buf));
	le64_put(buf + 1, 0x1122334455667788);
	assert_int_equal(le64_get(buf + 1), 0x1122334455667788);
	assert_int_equal(buf[0], 0xee);
	assert_int_equal(buf[1], 0x88);
	assert_int_equal(buf[8], 0x11);
	assert_int_equal(buf[9], 0xee);
	le32_put(buf, 0xaabbccdd);
	assert_int_equal(le32_get(buf), 0xaabbccdd);
	le16_put(buf, 0x1234);
	assert_int_equal(le16_get(buf), 0x1234);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_sub),
		cmocka_unit_test(test_put),
	};

	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
