/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF at literal offsets [Linux Documentation/bpf/btf.rst]: a walk along its types. */
#include "tests/unit/unit.h"

#include "core/btf.h"

/* header, three types, strings */
static const uint8_t good[] = {
	0x9f, 0xeb, 1, 0, 24, 0, 0, 0, /* magic, version, flags, hdr_len */
	0, 0, 0, 0, 56, 0, 0, 0, /* type_off, type_len */
	56, 0, 0, 0, 20, 0, 0, 0, /* str_off, str_len */
	1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 32, 0, 0, 1, /* INT "int" */
	5, 0, 0, 0, 0, 0, 0, 14, 1, 0, 0, 0, 1, 0, 0, 0, /* VAR "cpu", global */
	9, 0, 0, 0, 1, 0, 0, 15, 8, 0, 0, 0, /* DATASEC ".data.percpu" with 1 entry */
	2, 0, 0, 0, 0x40, 0x12, 0, 0, 4, 0, 0, 0, /* type 2, offset, size */
	0, 'i', 'n', 't', 0, 'c', 'p', 'u', 0, '.', 'd', '.', 'p', 'e', 'r', 'c', 'p', 'u', 'x', 0};

static void test_walk(void **state)
{
	struct btf_type t;
	struct btf_iter it;
	struct btf btf;

	(void)state;
	assert_int_equal(btf_parse((struct span){good, sizeof(good)}, false, &btf, NULL), ERR_OK);
	it = btf_begin(&btf);
	assert_true(btf_next(&it, &t));
	assert_int_equal(t.kind, 1);
	assert_string_equal(t.name, "int");
	assert_true(btf_next(&it, &t));
	assert_int_equal(t.id, 2);
	assert_int_equal(t.kind, BTF_KIND_VAR);
	assert_string_equal(t.name, "cpu");
	assert_int_equal(btf_u32(&btf, t.more, 0), 1);
	assert_true(btf_next(&it, &t));
	assert_int_equal(t.kind, BTF_KIND_DATASEC);
	assert_int_equal(t.vlen, 1);
	assert_int_equal(btf_u32(&btf, t.more, 4), 0x1240);
	assert_false(btf_next(&it, &t));
}

static void test_bad(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t value;
	} cases[] = {
		{"magic", 0, 0},
		{"types run out", 13, 1},
		{"strings run out", 21, 1},
		{"no strings", 20, 0},
		{"strings begin with no NUL", 80, 1},
		{"strings end without NUL", sizeof(good) - 1, 1},
	};
	uint8_t b[sizeof(good)];
	struct btf btf;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		memcpy(b, good, sizeof(b));
		b[cases[i].at] = cases[i].value;
		CHECK(cases[i].name, btf_parse((struct span){b, sizeof(b)}, false, &btf, NULL));
	}
	for (size_t len = 0; len < sizeof(good); len++)
		assert_true(btf_parse((struct span){good, len}, false, &btf, NULL));
}

/* A walk ends where it cannot go on. */
static void test_bad_types(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t value;
		unsigned int steps;
	} cases[] = {
		{"kind of the future", 24 + 7, 20, 0},
		{"name behind the strings", 40 + 1, 1, 1},
		{"more entries than there is room", 56 + 4, 2, 2},
	};
	uint8_t b[sizeof(good)];
	struct btf_type t;
	struct btf_iter it;
	struct btf btf;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned int steps = 0;

		memcpy(b, good, sizeof(b));
		b[cases[i].at] = cases[i].value;
		CHECK(cases[i].name, !btf_parse((struct span){b, sizeof(b)}, false, &btf, NULL));
		for (it = btf_begin(&btf); btf_next(&it, &t);)
			steps++;
		CHECK_EQ(cases[i].name, steps, cases[i].steps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bad_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
