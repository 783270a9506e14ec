/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/cmdline: words, quotes, values, joining. */
#include "tests/unit/unit.h"

#include "core/cmdline.h"

static bool same(struct span s, const char *text)
{
	return s.len == strlen(text) && !memcmp(s.ptr, text, s.len);
}

static void test_int(void **state)
{
	static const struct {
		const char *name, *line;
		int32_t value;
	} cases[] = {
		{"no such word", "quiet", 0},
		{"a word without value", "panic", 0},
		{"an empty value", "panic=", 0},
		{"a number", "panic=10", 10},
		{"a negative one", "a panic=-1 b", -1},
		{"the last one counts", "panic=5 panic=7", 7},
		{"a letter behind it", "panic=1s", 0},
		{"a lone minus", "panic=-", 0},
		{"a minus inside", "panic=1-1", 0},
		{"the largest", "panic=2147483647", INT32_MAX},
		{"one more is cut", "panic=2147483648", INT32_MAX},
		{"many digits are cut", "panic=-99999999999999999999", -INT32_MAX},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].name, cmdline_int(text_span(cases[i].line), "panic"), cases[i].value);
}

static void test_words(void **state)
{
	static const struct {
		const char *name, *line;
		const char *words[8]; /* name, value, name, value...; "-" for no value */
	} cases[] = {
		{"an empty line", "", {0}},
		{"only white space", " \t\n ", {0}},
		{"a word", "quiet", {"quiet", "-"}},
		{"a value", "root=/dev/sda1", {"root", "/dev/sda1"}},
		{"several, with white space around", "  a  b=c\t", {"a", "-", "b", "c"}},
		{"an empty value", "a= b", {"a", "", "b", "-"}},
		{"the first = ends the name", "a=b=c", {"a", "b=c"}},
		{"a = in front belongs to the name", "=a", {"=a", "-"}},
		{"a quoted value keeps white space", "a=\"b c\" d", {"a", "b c", "d", "-"}},
		{"a quoted word", "\"a b=c d\" e", {"a b", "c d", "e", "-"}},
		{"a quoted word without value", "\"a b\" c", {"a b", "-", "c", "-"}},
		{"a quote inside a value stays", "a=b\"c d\" e", {"a", "b\"c d\"", "e", "-"}},
		{"a quote that does not end takes the rest", "a=\"b c", {"a", "b c"}},
		{"a lone quote is an empty name", "\"", {"", "-"}},
		{"two quotes are an empty name", "\"\" a", {"", "-", "a", "-"}},
		{"a value of one quote is empty", "a=\"", {"a", ""}},
		{"a value of two quotes is empty", "a=\"\"", {"a", ""}},
		{"an = inside quotes counts", "a\"=\"b", {"a\"", "b"}},
		{"control characters are white space",
			"a\x01"
			"b\x1f"
			"c",
			{"a", "-", "b", "-", "c", "-"}},
		{"bytes from 0x80 on are letters", "\xc3\xa4=\xff", {"\xc3\xa4", "\xff"}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cmdline_word word;
		size_t pos = 0, n = 0;

		while (cmdline_next(text_span(cases[i].line), &pos, &word)) {
			CHECK(cases[i].name, n + 1 < COUNT(cases[i].words) && cases[i].words[n]);
			CHECK(cases[i].name, same(word.name, cases[i].words[n]));
			CHECK_EQ(cases[i].name, word.has_value,
				strcmp(cases[i].words[n + 1], "-") != 0);
			CHECK(cases[i].name,
				!word.has_value || same(word.value, cases[i].words[n + 1]));
			n += 2;
		}
		CHECK(cases[i].name, n == COUNT(cases[i].words) || !cases[i].words[n]);
	}
}

static void test_line_ends_at_nul(void **state)
{
	struct span line = {(const uint8_t *)"a b\0c=d", 7};
	struct span value;

	assert_true(cmdline_has(line, "b"));
	assert_false(cmdline_has(line, "c"));
	assert_false(cmdline_value(line, "c", &value));
}

static void test_line_without_nul(void **state)
{
	/* The span ends in the middle of what lies in memory. */
	struct span line = {(const uint8_t *)"nokaslrx", 7};

	assert_true(cmdline_has(line, "nokaslr"));
}

static void test_lookup(void **state)
{
	static const struct {
		const char *name, *line, *word;
		bool has;
		const char *value;
	} cases[] = {
		{"not there", "a b", "c", false, NULL},
		{"a word without value", "a quiet b", "quiet", true, NULL},
		{"has is true for a value too", "a=1", "a", true, "1"},
		{"the last value counts", "a=1 a=2 b", "a", true, "2"},
		{"a later word without value does not count", "a=1 a", "a", true, "1"},
		{"a prefix is another word", "quieter", "quiet", false, NULL},
		{"a suffix is another word", "disquiet", "quiet", false, NULL},
		{"case counts", "QUIET", "quiet", false, NULL},
		{"an empty value is a value", "a=1 a=", "a", true, ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span value = {0};
		bool found = cmdline_value(text_span(cases[i].line), cases[i].word, &value);

		CHECK_EQ(cases[i].name, cmdline_has(text_span(cases[i].line), cases[i].word),
			cases[i].has);
		CHECK_EQ(cases[i].name, found, cases[i].value != NULL);
		CHECK(cases[i].name, !found || same(value, cases[i].value));
	}
}

static void test_join(void **state)
{
	static const struct {
		const char *name, *first, *second;
		size_t cap;
		const char *joined; /* NULL: too long */
	} cases[] = {
		{"both", "a b", "c", 20, "a b c"},
		{"no space when the first is empty", "", "c", 20, "c"},
		{"no space when the second is empty", "a", "", 20, "a"},
		{"both empty", "", "", 1, ""},
		{"just fits", "ab", "c", 5, "ab c"},
		{"one too long", "ab", "c", 4, NULL},
		{"the first alone is too long", "abcd", "", 4, NULL},
		{"no room even for the NUL", "", "", 0, NULL},
		{"no room for the space", "abc", "d", 4, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t buf[32];
		size_t len = 99;
		enum err e;

		memset(buf, '#', sizeof(buf));
		e = cmdline_join(text_span(cases[i].first), text_span(cases[i].second), buf,
			cases[i].cap, &len);
		CHECK_EQ(cases[i].name, e, cases[i].joined ? ERR_OK : ERR_CMDLINE_LONG);
		CHECK_EQ(cases[i].name, len, cases[i].joined ? strlen(cases[i].joined) : 99);
		CHECK(cases[i].name,
			cases[i].joined ? !strcmp((char *)buf, cases[i].joined) : buf[0] == '#');
		CHECK_EQ(cases[i].name, buf[e ? 0 : len + 1], '#');
	}
}

static void test_loaders_words(void **state)
{
	static const struct {
		const char *name, *line, *behind;
		bool empty;
	} cases[] = {
		{"nothing", "", "", true},
		{"white space", " \t\n ", "", true},
		{"one word", " uki.efi", "", false},
		{"program and line", "uki.efi  quiet  ro ", "quiet  ro ", false},
		{"program with a space in its name", "\"my uki.efi\" quiet", "quiet", false},
		{"quote without end", "\"uki.efi quiet", "", false},
		{"GRUB's word", "BOOT_IMAGE=/uki.efi", "", true},
		{"GRUB's word and a line", "BOOT_IMAGE=/uki.efi quiet", "quiet", false},
		{"GRUB's word is the first", "quiet BOOT_IMAGE=/uki.efi", "BOOT_IMAGE=/uki.efi", false},
		{"another word that begins so", "BOOT_IMAGES=1", "", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span line = text_span(cases[i].line);

		CHECK(cases[i].name, same(cmdline_behind_first(line), cases[i].behind));
		CHECK_EQ(cases[i].name, cmdline_is_empty(line), cases[i].empty);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_line_ends_at_nul),
		cmocka_unit_test(test_line_without_nul),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_loaders_words),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
