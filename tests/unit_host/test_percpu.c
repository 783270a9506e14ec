/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/symbols_percpu.c: BTF with a section .data..percpu [Linux Documentation/bpf/btf.rst, 2.2.14, 2.2.15],
 * small ones whose every word counts, and one that is as large as it can be.
 */
#include <time.h>
#include "tests/unit/unit.h"

#include "host/symbols_parts.h"

#define STRINGS "\0x\0y\0z\0.data..percpu\0.data"
enum { X = 1, Y = 3, Z = 5, PERCPU = 7, DATA = 21 };
#define VAR(name, linkage)   (name), 14u << 24, 0, (linkage) /* static 0, global 1 */
#define DATASEC(name, count) (name), (15u << 24 | (count)), 0
#define IN(type, offset)     (type), (offset), 8

#define WORDS_MAX   64
#define LISTED      0xffff /* as many as a section can list */
#define VARIABLES   1000000
#define SECONDS_MAX 2

static struct span make_btf(const uint32_t *words, uint32_t count)
{
	const uint32_t head[] = {0x0001eb9f, 24, 0, count * 4, count * 4, sizeof(STRINGS)};
	uint8_t *p = malloc(sizeof(head) + count * 4 + sizeof(STRINGS));

	assert_non_null(p);
	memcpy(p, head, sizeof(head));
	memcpy(p + sizeof(head), words, count * 4);
	memcpy(p + sizeof(head) + count * 4, STRINGS, sizeof(STRINGS));
	return (struct span){p, sizeof(head) + count * 4 + sizeof(STRINGS)};
}

static bool is_static(const struct percpu_statics *p, const char *name, uint64_t va)
{
	struct kallsyms_symbol symbol = {.va = va};

	snprintf(symbol.name, sizeof(symbol.name), "%s", name);
	return percpu_is_static(p, &symbol);
}

static void test_statics(void **state)
{
	static const struct {
		const char *name;
		uint32_t count, words[WORDS_MAX];
		const char *wanted; /* of x, y, z, which lie at 16, 8, 8 */
	} cases[] = {
#define CASE(name, wanted, ...) {name, sizeof((uint32_t[]){__VA_ARGS__}) / 4, {__VA_ARGS__}, wanted}
		CASE("one static", "x", VAR(X, 0), VAR(Y, 1), DATASEC(PERCPU, 2), IN(1, 16), IN(2, 8)),
		CASE("the section in front", "y", DATASEC(PERCPU, 2), IN(3, 8), IN(2, 16), VAR(X, 1), VAR(Y, 0)),
		CASE("two at one place", "yz", VAR(Y, 0), VAR(Z, 0), DATASEC(PERCPU, 2), IN(2, 8), IN(1, 8)),
		CASE("not listed", "", VAR(X, 0), DATASEC(PERCPU, 1), IN(7, 16)),
		CASE("in another section", "", VAR(X, 0), DATASEC(DATA, 1), IN(1, 16)),
		CASE("at another place", "", VAR(X, 0), DATASEC(PERCPU, 1), IN(1, 24)),
		CASE("an empty section", "", VAR(X, 0), DATASEC(PERCPU, 0)),
		CASE("listed twice: the first counts", "x", VAR(X, 0), DATASEC(PERCPU, 2), IN(1, 16), IN(1, 8)),
#undef CASE
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span btf = make_btf(cases[i].words, cases[i].count);
		const char *wanted = cases[i].wanted;
		struct percpu_statics found;

		assert_true(percpu_find_statics(btf, false, &found));
		CHECK_EQ(cases[i].name, is_static(&found, "x", 16), strchr(wanted, 'x') != NULL);
		CHECK_EQ(cases[i].name, is_static(&found, "y", 8), strchr(wanted, 'y') != NULL);
		CHECK_EQ(cases[i].name, is_static(&found, "z", 8), strchr(wanted, 'z') != NULL);
		percpu_free(&found);
		free((void *)btf.ptr);
	}
}

/*
 * Hostile: no variable of a million is listed but the last, and then as many symbols ask. Looking through the
 * list for each of them takes minutes.
 */
static void test_many(void **state)
{
	uint32_t count = VARIABLES * 4 + 3 + LISTED * 3, *words = malloc(count * sizeof(*words)), at = 0;
	struct percpu_statics found;
	clock_t start = clock();
	size_t hits = 0;

	assert_non_null(words);
	for (uint32_t i = 0; i < VARIABLES; i++, at += 4)
		memcpy(words + at, (const uint32_t[]){VAR(X, 0)}, 16);
	memcpy(words + at, (const uint32_t[]){DATASEC(PERCPU, LISTED)}, 12);
	at += 3;
	for (uint32_t i = 0; i < LISTED; i++, at += 3) {
		uint32_t type = i + 1 == LISTED ? VARIABLES : VARIABLES + 2 + i;

		memcpy(words + at, (const uint32_t[]){IN(type, i)}, 12);
	}
	struct span btf = make_btf(words, count);

	assert_true(percpu_find_statics(btf, false, &found));
	assert_int_equal(found.count, 1);
	percpu_free(&found);
	for (uint32_t i = 0; i < LISTED; i++) /* now all of them */
		words[VARIABLES * 4 + 3 + 3 * i] = i + 1;
	free((void *)btf.ptr);
	btf = make_btf(words, count);
	assert_true(percpu_find_statics(btf, false, &found));
	assert_int_equal(found.count, LISTED);
	for (uint64_t va = 0; va < VARIABLES; va++)
		hits += is_static(&found, va % 2 ? "x" : "w", va);
	assert_int_equal(hits, LISTED / 2);
	assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
	percpu_free(&found);
	free((void *)btf.ptr);
	free(words);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statics),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("percpu", tests, NULL, NULL);
}
