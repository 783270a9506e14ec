/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a boot entry, as loader.conf, as names and versions: all that is found lies in the text, lines
 * have neither blanks around them nor line ends in them; the order of entries and versions is an order.
 * Input: three lengths of a byte each for what is compared, then the text.
 */
#include "fuzz/fuzz.h"

#include "core/bls.h"
#include "core/uki.h"

static void check_value(struct span value, struct span text)
{
	FUZZ_CHECK(fuzz_within(value, text));
	FUZZ_CHECK(!value.len || !memchr(value.ptr, '\n', value.len));
	FUZZ_CHECK(!value.len || (value.ptr[0] > ' ' || (value.ptr[0] != ' ' && value.ptr[0] != '\t')));
}

static void check_entry(struct span text)
{
	struct bls_entry e;
	struct fault fault = {0};

	if (bls_entry_parse(text, &e, &fault)) {
		FUZZ_CHECK(fault.text && fault.offset <= text.len);
		return;
	}
	FUZZ_CHECK(e.kernel.len && e.initrd_count <= BLS_INITRDS_MAX && e.options_count <= BLS_OPTIONS_MAX);
	check_value(e.kernel, text);
	check_value(e.title, text);
	check_value(e.version, text);
	check_value(e.sort_key, text);
	for (uint32_t i = 0; i < e.initrd_count; i++)
		check_value(e.initrd[i], text);
	for (uint32_t i = 0; i < e.options_count; i++)
		check_value(e.options[i], text);
}

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

/* Neither comparison may say a < b, b < c and c < a. */
static void check_versions(const struct span *s)
{
	for (int i = 0; i < 3; i++) {
		struct span a = s[i], b = s[(i + 1) % 3], c = s[(i + 2) % 3];

		FUZZ_CHECK(!bls_version_compare(a, a));
		FUZZ_CHECK(sign(bls_version_compare(a, b)) == -sign(bls_version_compare(b, a)));
		if (bls_version_compare(a, b) <= 0 && bls_version_compare(b, c) <= 0)
			FUZZ_CHECK(bls_version_compare(a, c) <= 0);
	}
}

static void check_keys(const struct span *s)
{
	struct bls_key k[3];

	for (int i = 0; i < 3; i++) {
		struct bls_name name = {.id = s[i]};

		if (bls_name_parse(s[i], ".conf", &name)) {
			FUZZ_CHECK(fuzz_within(name.id, s[i]) && fuzz_within(name.counter, s[i]));
			FUZZ_CHECK(name.id.len + name.counter.len + 5 == s[i].len);
		}
		k[i] = (struct bls_key){s[(i + 1) % 3], s[0], s[(i + 2) % 3], name.id, name.counted, name.left,
			name.done};
		if (s[i].len & 1)
			k[i].sort_key.len = 0;
	}
	for (int i = 0; i < 3; i++) {
		struct bls_key *a = &k[i], *b = &k[(i + 1) % 3], *c = &k[(i + 2) % 3];

		FUZZ_CHECK(sign(bls_compare(a, b)) == -sign(bls_compare(b, a)));
		if (bls_compare(a, b) < 0 && bls_compare(b, c) < 0)
			FUZZ_CHECK(bls_compare(a, c) < 0);
	}
}

/* A pattern without special characters fits what is equal but for case, and nothing else. */
static void check_glob(struct span pattern, struct span text)
{
	bool plain = true, equal = pattern.len == text.len;

	for (size_t i = 0; i < pattern.len; i++) {
		plain &= pattern.ptr[i] != '*' && pattern.ptr[i] != '?' && pattern.ptr[i] != '[' && pattern.ptr[i];
		equal = equal && pattern.ptr[i] == text.ptr[i];
	}
	if (plain && equal)
		FUZZ_CHECK(bls_glob(pattern, text));
	if (plain && pattern.len != text.len)
		FUZZ_CHECK(!bls_glob(pattern, text));
	bls_glob(text, pattern);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = {data, size}, s[3];
	struct bls_config config;
	uint8_t len[3];

	for (int i = 0; i < 3; i++)
		len[i] = (uint8_t)fuzz_take(&all, 1);
	check_entry(all);
	bls_config_parse(all, &config);
	check_value(config.default_pattern, all);
	FUZZ_CHECK(fuzz_within(osrel_value(all, "ID"), all));
	for (int i = 0; i < 3; i++) {
		s[i] = (struct span){all.ptr, len[i] < all.len ? len[i] : all.len};
		all.ptr += s[i].len;
		all.len -= s[i].len;
	}
	check_versions(s);
	check_keys(s);
	check_glob(s[0], s[1]);
	return 0;
}
