/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/measure: which PCR bzforge.measure= asks for, and what extending one gives. */
#include "tests/unit/unit.h"

#include "core/measure.h"

static void test_wanted(void **state)
{
	static const struct {
		const char *cmdline;
		enum measure want;
		unsigned int pcr;
	} cases[] = {
		{"", MEASURE_OFF, 0},
		{"quiet bzforge.measured=9", MEASURE_OFF, 0},
		{"bzforge.measure", MEASURE_OFF, 0},
		{"bzforge.measure=off", MEASURE_OFF, 0},
		{"bzforge.measure=9 bzforge.measure=off", MEASURE_OFF, 0},
		{"quiet bzforge.measure=8 ro", MEASURE_ON, 8},
		{"bzforge.measure=09", MEASURE_ON, 9},
		{"bzforge.measure=\"15\"", MEASURE_ON, 15},
		{"bzforge.measure=off bzforge.measure=12", MEASURE_ON, 12},
		{"bzforge.measure=", MEASURE_BAD, 0},
		{"bzforge.measure=7", MEASURE_BAD, 0},
		{"bzforge.measure=16", MEASURE_BAD, 0},
		{"bzforge.measure=-9", MEASURE_BAD, 0},
		{"bzforge.measure=1x", MEASURE_BAD, 0},
		{"bzforge.measure=0x9", MEASURE_BAD, 0},
		{"bzforge.measure=265", MEASURE_BAD, 0},
		{"bzforge.measure=12 bzforge.measure=on", MEASURE_BAD, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned int pcr = 0;

		CHECK_EQ(cases[i].cmdline, measure_wanted(text_span(cases[i].cmdline), &pcr),
			cases[i].want);
		CHECK_EQ(cases[i].cmdline, pcr, cases[i].pcr);
	}
}

/*
 * Four zero bytes, EV_SEPARATOR: the first value is that of PCRs 1, 2, 3 and 6 of nearly every machine,
 * the second was made with Python's hashlib.
 */
static void test_extend(void **state)
{
	static const char *const pcrs[] = {
		"3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969",
		"f1a142c53586e7e2223ec74e5f4d1a4942956b1fd9ac78fafcdf85117aa345da",
	};
	const uint8_t zero[4] = {0};
	uint8_t pcr[SHA256_SIZE] = {0}, digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	struct sha256 s;

	sha256_init(&s);
	sha256_update(&s, (struct span){zero, sizeof(zero)});
	sha256_final(&s, digest);
	for (size_t n = 0; n < COUNT(pcrs); n++) {
		measure_extend(pcr, digest);
		for (size_t i = 0; i < SHA256_SIZE; i++)
			snprintf(hex + 2 * i, 3, "%02x", pcr[i]);
		assert_string_equal(hex, pcrs[n]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_extend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
