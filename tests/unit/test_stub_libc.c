/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot/stub/libc.c and boot/stub/checksum.c, the very objects that every stub is linked from: movers
 * of every length at every distance, between bytes that must not change, against a byte-wise definition;
 * the checksum of every length around the ones where it changes its way, against core/crc32c.
 *
 * The functions have names of a C library, so in this program (meson.build) they are called stub_*.
 */
#include "tests/unit/unit.h"

#include "boot/stub/checksum.h"
#include "boot/stub/gate.h"
#include "boot/stub/libc.h"
#include "core/crc32c.h"

void *stub_memcpy(void *restrict dst, const void *restrict src, size_t n);
void *stub_memmove(void *dst, const void *src, size_t n);
void *stub_memset(void *dst, int c, size_t n);
int stub_memcmp(const void *a, const void *b, size_t n);
void stub_heap_init(void *heap, size_t size);
void *stub_malloc(size_t size);
void *stub_calloc(size_t count, size_t size);

#define SIZE_MAX_TRIED 600 /* rep instructions begin at 256 */
#define AROUND         40

void gate_leave(enum err err)
{
	fail_msg("gate_leave(%s)", err_text(err));
	abort();
}

struct heap *heap_mine(void)
{
	static struct heap heap;

	return &heap;
}

static void fill(uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
}

static void test_memcpy(void **state)
{
	static uint8_t from[SIZE_MAX_TRIED + 2 * AROUND], to[sizeof(from)], want[sizeof(from)];

	fill(from, sizeof(from));
	for (size_t n = 0; n <= SIZE_MAX_TRIED; n++) {
		size_t at = n % AROUND, source = n % 7;

		memset(to, 0xee, sizeof(to));
		memset(want, 0xee, sizeof(want));
		for (size_t i = 0; i < n; i++)
			want[at + i] = from[source + i];
		assert_ptr_equal(stub_memcpy(to + at, from + source, n), to + at);
		assert_memory_equal(to, want, sizeof(to));
	}
}

static void test_memmove_every_overlap(void **state)
{
	static uint8_t bytes[3 * SIZE_MAX_TRIED], want[sizeof(bytes)];
	const size_t base = SIZE_MAX_TRIED;

	for (size_t n = 0; n <= 300; n++) {
		for (int shift = -70; shift <= 70; shift++) {
			size_t to = (size_t)((int)base + shift);

			fill(bytes, sizeof(bytes));
			fill(want, sizeof(want));
			for (size_t i = 0; i < n; i++)
				want[to + i] = (uint8_t)((base + i) * 7 + (base + i) / 256);
			assert_ptr_equal(stub_memmove(bytes + to, bytes + base, n), bytes + to);
			if (memcmp(bytes, want, sizeof(bytes)))
				fail_msg("%zu bytes moved by %d", n, shift);
		}
	}
}

static void test_memset(void **state)
{
	static uint8_t to[SIZE_MAX_TRIED + 2 * AROUND], want[sizeof(to)];

	for (size_t n = 0; n <= SIZE_MAX_TRIED; n++) {
		size_t at = n % AROUND;

		memset(to, 0xee, sizeof(to));
		memset(want, 0xee, sizeof(want));
		for (size_t i = 0; i < n; i++)
			want[at + i] = 0x5a;
		/* only the lowest byte of c counts */
		assert_ptr_equal(stub_memset(to + at, 0x125a, n), to + at);
		assert_memory_equal(to, want, sizeof(to));
	}
}

static void test_memcmp(void **state)
{
	static const struct {
		const char *a, *b;
		size_t n;
		int sign;
	} cases[] = {
		{"", "", 0, 0},
		{"a", "b", 0, 0},
		{"abc", "abd", 2, 0},
		{"abc", "abd", 3, -1},
		{"abd", "abc", 3, 1},
		{"\xff", "\x01", 1, 1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int result = stub_memcmp(cases[i].a, cases[i].b, cases[i].n);

		assert_int_equal((result > 0) - (result < 0), cases[i].sign);
	}
}

static void test_heap(void **state)
{
	static uint8_t memory[1024] __attribute__((aligned(64)));

	memset(memory, 0xee, sizeof(memory));
	stub_heap_init(memory, sizeof(memory));
	assert_ptr_equal(stub_malloc(1), memory);
	assert_ptr_equal(stub_malloc(64), memory + 64);
	uint8_t *zeros = stub_calloc(3, 100);

	assert_ptr_equal(zeros, memory + 128);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(zeros[i], 0);
	assert_int_equal(zeros[300], 0xee);
	assert_null(stub_malloc(sizeof(memory)));
	assert_null(stub_malloc(SIZE_MAX));
	assert_null(stub_calloc(SIZE_MAX / 2, 3));
	assert_ptr_equal(stub_malloc(sizeof(memory) - 448), memory + 448);
	assert_null(stub_malloc(1));
}

static void test_checksum(void **state)
{
	static uint8_t bytes[70000];
	struct unit_random random = {5};

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)unit_random(&random);
	assert_int_equal(checksum(text_span("123456789")), 0xe3069283);
	for (unsigned round = 0; round < 3000; round++) {
		/* all short ones; then around 16 KiB, where thirds begin; then any */
		size_t len = round < 600 ? round
			: round < 1000	 ? 16384 - 200 + (round - 600)
					 : unit_below(&random, sizeof(bytes) - 64);
		struct span part = {bytes + round % 64, len};

		if (checksum(part) != crc32c(0, part))
			fail_msg("checksum of %zu bytes", len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memcpy),
		cmocka_unit_test(test_memmove_every_overlap),
		cmocka_unit_test(test_memset),
		cmocka_unit_test(test_memcmp),
		cmocka_unit_test(test_heap),
		cmocka_unit_test(test_checksum),
	};

	return cmocka_run_group_tests_name("stub_libc", tests, NULL, NULL);
}
