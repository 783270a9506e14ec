/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/problems: the words of a trouble, cut to any length, and more troubles than there is room for. */
#include "tests/unit/unit.h"

#include "lib/memory.h"
#include "lib/problems.h"

static void test_words(void **state)
{
	static const struct {
		struct problem p;
		const char *before, *after; /* of the error's own words */
		const char *place;
	} cases[] = {
		{{"", ERR_TRUNCATED, {"payload", 0x1f1, 64}}, "", ": payload", " (offset 0x1f1, value 64)"},
		{{"relocation table", ERR_BAD_RELOC, {"length", 0, 7}}, "relocation table: ", ": length",
			" (offset 0x0, value 7)"},
		{{NULL, ERR_NO_PAYLOAD, {0}}, "", "", ""},
		{{"deb", ERR_NO_MEMBER, {NULL, 5, 6}}, "deb: ", "", ""},
		{{"", ERR_TRUNCATED, {"x", 0, 0xffff}}, "", ": x", " (offset 0x0, value 65535)"},
		{{"", ERR_TRUNCATED, {"x", 0, 0x10000}}, "", ": x", " (offset 0x0, value 0x10000)"},
		{{"", ERR_TRUNCATED, {"x", UINT64_MAX, UINT64_MAX}}, "", ": x",
			" (offset 0xffffffffffffffff, value 0xffffffffffffffff)"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char want[200], got[200];

		snprintf(want, sizeof(want), "%s%s%s", cases[i].before, err_text(cases[i].p.err), cases[i].after);
		problem_text(&cases[i].p, got, sizeof(got));
		assert_string_equal(got, want);
		problem_place(&cases[i].p, got, sizeof(got));
		assert_string_equal(got, cases[i].place);
		for (size_t cap = 1; cap < 40; cap++) {
			char *exact = malloc(cap);

			problem_text(&cases[i].p, exact, cap);
			assert_true(strlen(exact) < cap && !strncmp(exact, want, strlen(exact)));
			problem_place(&cases[i].p, exact, cap);
			assert_true(strlen(exact) < cap);
			free(exact);
		}
	}
}

static void test_too_many(void **state)
{
	struct problems list = {0};

	for (uint64_t i = 0; i < PROBLEMS_MAX + 5; i++)
		problems_add(&list, "", ERR_TRUNCATED, &(struct fault){"x", i, 0});
	assert_int_equal(list.count, PROBLEMS_MAX);
	assert_int_equal(list.dropped, 5);
	assert_int_equal(list.p[PROBLEMS_MAX - 1].fault.offset, PROBLEMS_MAX - 1);
	list.count = 0;
	problems_add(&list, "part", ERR_TRUNCATED, NULL);
	assert_null(list.p[0].fault.text);
}

/* lib/memory: zeros, however much of it is given back. */
static void test_memory(void **state)
{
	static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 1 << 20};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t j = 0; j <= i; j++) {
			uint8_t *p = memory_reserve(sizes[i]);

			assert_non_null(p);
			assert_true(!sizes[i] || (!p[0] && !p[sizes[i] - 1]));
			memory_trim(p, sizes[i], sizes[j]);
			if (sizes[j])
				p[sizes[j] - 1] = p[0] = 1; /* still ours */
			memory_release(p, sizes[j]);
		}
	}
	assert_null(memory_reserve(SIZE_MAX / 2));
	memory_release(NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
