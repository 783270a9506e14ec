/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/random: SipHash against its authors' vectors, and what the pool promises. */
#include "tests/unit/unit.h"

#include "core/random.h"

/* Key 00 01 ... 0f, message 00 01 ... [SipHash paper, appendix A, and the reference code's
 * vectors]. */
static void test_siphash_vectors(void **state)
{
	static const struct {
		size_t len;
		uint64_t hash;
	} cases[] = {
		{0, 0x726fdb47dd0e0e31},
		{1, 0x74f839c593dc67fd},
		{7, 0xab0200f58b01d137},
		{8, 0x93f5f5799a932462},
		{15, 0xa129ca6149be45e5},
		{16, 0x3f2acc7f57c29bdb},
		{63, 0x958a324ceb064572},
	};
	const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
	uint8_t message[64];

	for (unsigned i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)i;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			siphash24(key, (struct span){message, cases[i].len}), cases[i].hash);
}

/* The same, as `openssl mac -macopt size:16 SipHash` computes it. */
static void test_siphash_128_vectors(void **state)
{
	static const struct {
		size_t len;
		uint64_t hash[2];
	} cases[] = {
		{0, {0xe6a825ba047f81a3, 0x930255c71472f66d}},
		{1, {0x44af996bd8c187da, 0x45fc229b11597634}},
		{7, {0x53c1dbd8beebf1a1, 0x3982f01fa64ab8c0}},
		{8, {0x61f55862baa9623b, 0xb49714f364e2830f}},
		{15, {0x11a8b03399e99354, 0xd9c3cf970fec087e}},
		{16, {0xbb54b067caa4e26e, 0x77052385bf1533fd}},
		{63, {0x4a83502f77d15051, 0x7cbd3f979a063e50}},
	};
	const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
	uint8_t message[64];
	uint64_t hash[2];

	for (unsigned i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)i;
	for (size_t i = 0; i < COUNT(cases); i++) {
		siphash24_128(key, (struct span){message, cases[i].len}, hash);
		assert_memory_equal(hash, cases[i].hash, sizeof(hash));
	}
}

static uint64_t first_after(
	uint32_t domain1, const char *text1, uint32_t domain2, const char *text2)
{
	struct random_state s;

	random_init(&s);
	if (text1)
		random_mix(&s, domain1, text_span(text1));
	if (text2)
		random_mix(&s, domain2, text_span(text2));
	return random_next(&s);
}

static void test_mixing(void **state)
{
	uint64_t a = first_after(1, "seed", 0, NULL);

	/* deterministic */
	assert_int_equal(a, first_after(1, "seed", 0, NULL));
	/* and different for other bytes, domains, orders, cuts, and for nothing mixed in */
	assert_int_not_equal(a, first_after(1, "sEed", 0, NULL));
	assert_int_not_equal(a, first_after(2, "seed", 0, NULL));
	assert_int_not_equal(a, first_after(1, NULL, 0, NULL));
	assert_int_not_equal(a, first_after(1, "se", 1, "ed"));
	assert_int_not_equal(a, first_after(1, "", 1, "seed"));
	assert_int_not_equal(first_after(1, "a", 2, "b"), first_after(2, "b", 1, "a"));
	assert_int_not_equal(first_after(1, "a", 2, "b"), first_after(1, "b", 2, "a"));
}

static void test_output_is_not_what_mixing_hashes(void **state)
{
	struct random_state s, t;
	uint64_t first, second;

	random_init(&s);
	random_mix(&s, 1, text_span("seed"));
	t = s;
	first = random_next(&s);
	second = random_next(&s);
	assert_int_not_equal(first, second);
	/* Drawing does not change the key, mixing does, and afterwards nothing repeats. */
	assert_memory_equal(s.key, t.key, sizeof(s.key));
	random_mix(&s, 1, text_span(""));
	assert_memory_not_equal(s.key, t.key, sizeof(s.key));
	assert_int_not_equal(random_next(&s), first);
}

static void test_below(void **state)
{
	static const uint64_t limits[] = {
		1, 2, 3, 7, 64, 500, 1ull << 32, (1ull << 63) + 1, UINT64_MAX};
	struct random_state s;

	random_init(&s);
	for (size_t i = 0; i < COUNT(limits); i++) {
		for (unsigned n = 0; n < 200; n++)
			assert_true(random_below(&s, limits[i]) < limits[i]);
	}
}

/* 60,000 throws of a die with 6 sides: each side within 4 standard deviations of 10,000. */
static void test_uniform(void **state)
{
	struct random_state s;
	unsigned seen[6] = {0};

	random_init(&s);
	random_mix(&s, 7, text_span("die"));
	for (unsigned i = 0; i < 60000; i++)
		seen[random_below(&s, 6)]++;
	for (unsigned i = 0; i < 6; i++)
		assert_in_range(seen[i], 10000 - 365, 10000 + 365);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash_vectors),
		cmocka_unit_test(test_siphash_128_vectors),
		cmocka_unit_test(test_mixing),
		cmocka_unit_test(test_output_is_not_what_mixing_hashes),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_uniform),
	};

	return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
