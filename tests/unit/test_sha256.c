/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/sha256 against the standard's examples, and against itself however the input is cut. */
#include "tests/unit/unit.h"

#include "core/sha256.h"

static void digest(struct span bytes, size_t cut, char *ret_hex)
{
	struct sha256 s;
	uint8_t d[SHA256_SIZE];

	sha256_init(&s);
	sha256_update(&s, (struct span){bytes.ptr, cut});
	sha256_update(&s, (struct span){bytes.ptr + cut, bytes.len - cut});
	sha256_final(&s, d);
	for (unsigned i = 0; i < SHA256_SIZE; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", d[i]);
}

static void test_examples(void **state)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
		 "klmnopqrlmnopqrsmnopqrstnopqrstu",
			"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
	};
	char hex[2 * SHA256_SIZE + 1];

	for (size_t i = 0; i < COUNT(cases); i++) {
		digest(text_span(cases[i].text), 0, hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

static void test_million_a(void **state)
{
	struct sha256 s;
	uint8_t block[1000], d[SHA256_SIZE];

	memset(block, 'a', sizeof(block));
	sha256_init(&s);
	for (unsigned i = 0; i < 1000; i++)
		sha256_update(&s, (struct span){block, sizeof(block)});
	sha256_final(&s, d);
	assert_int_equal(d[0], 0xcd);
	assert_int_equal(d[1], 0xc7);
	assert_int_equal(d[30], 0x2c);
	assert_int_equal(d[31], 0xd0);
}

/* Lengths around a block's and the padding's border, cut everywhere. */
static void test_any_split(void **state)
{
	char whole[2 * SHA256_SIZE + 1], parts[2 * SHA256_SIZE + 1];
	uint8_t bytes[130];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		digest((struct span){bytes, len}, len, whole);
		for (size_t cut = 0; cut < len; cut += 1 + cut / 8) {
			digest((struct span){bytes, len}, cut, parts);
			assert_string_equal(parts, whole);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_million_a),
		cmocka_unit_test(test_any_split),
	};

	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
