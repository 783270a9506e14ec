/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/hasher against core/sha256: bytes that arrive in pieces, fewer or others in the end than had seemed
 * so, dropped at any time; each with a thread and without one.
 */
#include "tests/unit/unit.h"

#include "lib/hasher.h"

#define SIZE (5 << 20) /* several steps */

static uint8_t content[SIZE], other[SIZE];

static int set_up(void **state)
{
	struct unit_random r = {11};

	for (size_t i = 0; i < SIZE; i++) {
		content[i] = (uint8_t)unit_random(&r);
		other[i] = (uint8_t)~content[i];
	}
	return 0;
}

static void want_digest(struct span first, struct span second, uint8_t ret[SHA256_SIZE])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_update(&s, first);
	sha256_update(&s, second);
	sha256_final(&s, ret);
}

static const struct {
	const char *name;
	size_t arrived, step;
	const uint8_t *first;
	size_t first_len, second_len;
} cases[] = {
	{"nothing", 0, 1, content, 0, 0},
	{"all at once", 0, 1, content, SIZE, 0},
	{"in pieces", SIZE, 300001, content, SIZE, 0},
	{"in pieces, and more", SIZE / 2, 300001, content, SIZE, 1000},
	{"all arrived before", SIZE, SIZE, content, SIZE, 77},
	{"fewer than had arrived", SIZE, 1 << 20, content, SIZE / 3, 5},
	{"none of what had arrived", SIZE, 1 << 20, content, 0, 0},
	{"other bytes", SIZE, 1 << 20, other, SIZE, 9},
	{"fewer other bytes", SIZE, 1 << 20, other, 100, 0},
};

static void test_same_digest(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span first = {cases[i].first, cases[i].first_len};
		struct span second = {other, cases[i].second_len};
		uint8_t want[SHA256_SIZE], got[SHA256_SIZE];

		want_digest(first, second, want);
		for (int alone = 0; alone < 2; alone++) {
			struct hasher *h = hasher_start(alone);

			assert_non_null(h);
			for (size_t n = cases[i].step; n <= cases[i].arrived; n += cases[i].step)
				hasher_arrived(h, (struct span){content, n});
			hasher_all(h, first, second);
			hasher_end(h, got);
			CHECK(cases[i].name, !memcmp(got, want, SHA256_SIZE));
		}
	}
}

/* Whoever drops it may free the bytes: the sanitizer sees a thread that still reads. */
static void test_dropped(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int mode = 0; mode < 4; mode++) {
			struct hasher *h = hasher_start(mode & 1);
			size_t len = cases[i].arrived;
			uint8_t *bytes = malloc(len + 1);

			memcpy(bytes, content, len);
			hasher_arrived(h, (struct span){bytes, len});
			if (mode & 2)
				hasher_all(h, (struct span){bytes, len}, (struct span){0});
			hasher_drop(h);
			free(bytes);
		}
	}
	hasher_drop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_digest),
		cmocka_unit_test(test_dropped),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
