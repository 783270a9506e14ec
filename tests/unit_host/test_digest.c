/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/digest against core/sha256: every length around a few blocks, every cut. With the SHA
 * extensions where this is run on a processor that has them.
 */
#include "tests/unit/unit.h"

#include "lib/digest.h"

#define SIZE 300

typedef void update(struct sha256 *s, struct span bytes);

static void digest(update *f, const uint8_t *p, size_t cut, size_t len, uint8_t ret[SHA256_SIZE])
{
	struct sha256 s;

	sha256_init(&s);
	f(&s, (struct span){p, cut});
	f(&s, (struct span){p + cut, len - cut});
	sha256_final(&s, ret);
}

static void test_same_as_core(void **state)
{
	struct unit_random r = {7};
	uint8_t want[SHA256_SIZE], got[SHA256_SIZE], content[SIZE];

	for (size_t i = 0; i < SIZE; i++)
		content[i] = (uint8_t)unit_random(&r);
	for (size_t len = 0; len <= SIZE; len++) {
		uint8_t *exact = malloc(len + !len);

		memcpy(exact, content, len);
		digest(sha256_update, exact, 0, len, want);
		for (size_t cut = 0; cut <= len; cut++) {
			digest(digest_update, exact, cut, len, got);
			assert_memory_equal(got, want, SHA256_SIZE);
		}
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
