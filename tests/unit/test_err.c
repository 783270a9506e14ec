/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/err: every code has words and a number of its own. */
#include "tests/unit/unit.h"

#include "core/err.h"

static const enum err all[] = {
#define ERR_NUMBER(name, number, text) ERR_##name,
	ERR_LIST(ERR_NUMBER)
#undef ERR_NUMBER
};

static void test_words(void **state)
{
	for (size_t i = 0; i < COUNT(all); i++) {
		const char *text = err_text(all[i]);

		assert_string_not_equal(text, "unknown error");
		CHECK(text, strlen(text) > 4 && text[strlen(text) - 1] != '.');
		for (size_t n = 0; n < i; n++)
			assert_string_not_equal(text, err_text(all[n]));
	}
	assert_string_equal(err_text((enum err)9999), "unknown error");
	assert_string_equal(err_text((enum err) - 1), "unknown error");
}

/* Consoles and documents show the number: it never changes its meaning. */
static void test_numbers_stay(void **state)
{
	static const struct {
		enum err e;
		int number;
	} cases[] = {
		{ERR_OK, 0},
		{ERR_TRUNCATED, 1},
		{ERR_NOT_BZIMAGE, 10},
		{ERR_NOT_ELF, 20},
		{ERR_BAD_RELOC, 30},
		{ERR_BAD_MANIFEST, 40},
		{ERR_CHUNK_CRC, 43},
		{ERR_BAD_SETUP_DATA, 60},
		{ERR_NO_MEMORY, 63},
		{ERR_CPU_64BIT, 70},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(cases[i].e, cases[i].number);
}

static void test_fault_set(void **state)
{
	struct fault fault = {0};

	assert_int_equal(fault_set(&fault, ERR_BAD_ELF, "e_phoff", 32, 7), ERR_BAD_ELF);
	assert_string_equal(fault.text, "e_phoff");
	assert_int_equal(fault.offset, 32);
	assert_int_equal(fault.value, 7);
	assert_int_equal(fault_set(NULL, ERR_BAD_ELF, "e_phoff", 32, 7), ERR_BAD_ELF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers_stay),
		cmocka_unit_test(test_fault_set),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
