/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/loader/unpack beside liblzma, which makes its streams. Memory is of exactly the size there may be. */
#include "tests/unit/unit.h"

#include <lzma.h>
#include <stdlib.h>
#include "boot/loader/unpack.h"

#define SIZE_MAX_TRIED 300000

/* A body of so many bytes: runs, texts, copies from near and far, and bytes that are a call's. */
static void make_body(uint8_t *body, size_t size, uint64_t seed)
{
	struct unit_random r = {seed};

	for (size_t i = 0; i < size;) {
		size_t n = 1 + unit_below(&r, unit_below(&r, 4) ? 12 : 600), back = 1, kind = unit_below(&r, 5);

		if (i && kind > 1)
			back = 1 + unit_below(&r, kind == 2 ? (i < 4 ? i : 4) : kind == 3 ? (i < 3000 ? i : 3000) : i);
		for (; n && i < size; n--, i++)
			body[i] = i && kind > 1 ? body[i - back]
				: kind ? (uint8_t)unit_random(&r) : "abc \xe8\xe8"[unit_below(&r, 6)];
	}
}

/* As boot/loader/finish.py does. */
static void count_calls_from_start(uint8_t *body, size_t size)
{
	for (size_t at = 0; at + 5 <= size; at++) {
		if (body[at] != 0xe8)
			continue;
		le32_put(body + at + 1, (uint32_t)(le32_get(body + at + 1) + at));
		at += 4;
	}
}

static void check(const char *name, const uint8_t *body, size_t size)
{
	size_t room = 2 * size + 4096, used = 0;
	uint8_t *filtered = malloc(size + 1), *packed = malloc(room), *exact, *out = malloc(size + 1);
	struct unpacker *u = malloc(sizeof(*u));
	lzma_options_lzma options;
	lzma_filter filters[] = {{LZMA_FILTER_LZMA1, &options}, {LZMA_VLI_UNKNOWN, NULL}};

	assert_false(lzma_lzma_preset(&options, 6));
	options.dict_size = 1 << 20;
	options.lc = 3;
	options.lp = options.pb = 0;
	memcpy(filtered, body, size);
	count_calls_from_start(filtered, size);
	assert_int_equal(lzma_raw_buffer_encode(filters, NULL, filtered, size, packed, &used, room), LZMA_OK);
	exact = malloc(used);
	memcpy(exact, packed, used);
	memset(u, 0xa5, sizeof(*u));
	memset(out, 0xa5, size + 1);
	unpack(out + 1, exact, u);
	CHECK(name, !memcmp(out + 1, body, size));
	CHECK(name, u->in <= exact + used);
	free(filtered);
	free(packed);
	free(exact);
	free(out);
	free(u);
}

static void test_bodies(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 4, 5, 6, 300, 5000, 40000, SIZE_MAX_TRIED};
	uint8_t *body = malloc(SIZE_MAX_TRIED);

	for (size_t i = 0; i < COUNT(sizes); i++)
		for (uint64_t seed = 1; seed < (sizes[i] < 10000 ? 40 : 4); seed++) {
			make_body(body, sizes[i], seed);
			check("random", body, sizes[i]);
		}
	memset(body, 0, 10000);
	check("zeros", body, 10000);
	memset(body, 0xe8, 10000);
	check("calls only", body, 10000);
	free(body);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
	};

	return cmocka_run_group_tests_name("loader_unpack", tests, NULL, NULL);
}
