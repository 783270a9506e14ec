/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/utf16: text of firmware to text of kernels, and back. */
#include "tests/unit/unit.h"

#include "core/utf16.h"

#define ROOM 64

struct line {
	const char *name;
	uint16_t wide[16];
	size_t units;
	const char *text;
};

static const struct line lines[] = {
	{"plain", {'r', 'o', 0}, 3, "ro"},
	{"without a NUL", {'r', 'o'}, 2, "ro"},
	{"nothing", {0}, 0, ""},
	{"ends at its NUL", {'a', 0, 'b'}, 3, "a"},
	{"ends at a line feed", {'a', '\n', 'b', 0}, 4, "a"},
	{"two bytes", {0x00e4, 0}, 2, "\xc3\xa4"},
	{"largest of two bytes", {0x07ff, 0}, 2, "\xdf\xbf"},
	{"three bytes", {0x20ac, 0}, 2, "\xe2\x82\xac"},
	{"largest of one unit", {0xffff, 0}, 2, "\xef\xbf\xbf"},
	{"surrogate pair", {0xd83d, 0xde00, 0}, 3, "\xf0\x9f\x98\x80"},
	{"largest of all", {0xdbff, 0xdfff, 0}, 3, "\xf4\x8f\xbf\xbf"},
	{"high surrogate alone", {0xd83d, 'a', 0}, 3, "\xef\xbf\xbd" "a"},
	{"high surrogate at the end", {0xd83d}, 1, "\xef\xbf\xbd"},
	{"low surrogate alone", {0xde00, 'a', 0}, 3, "\xef\xbf\xbd" "a"},
	{"pair the wrong way round", {0xde00, 0xd83d, 0}, 3, "\xef\xbf\xbd\xef\xbf\xbd"},
};

static struct span wide_span(const uint16_t *wide, size_t units)
{
	return (struct span){(const uint8_t *)wide, 2 * units};
}

static void test_to_utf8(void **state)
{
	for (size_t i = 0; i < COUNT(lines); i++) {
		const struct line *l = &lines[i];
		uint8_t buf[ROOM];
		size_t len;

		memset(buf, 0xaa, sizeof(buf));
		utf16_to_utf8(wide_span(l->wide, l->units), buf, ROOM, &len);
		CHECK_EQ(l->name, len, strlen(l->text));
		CHECK(l->name, !strcmp((const char *)buf, l->text));
	}
}

/* However small the room: whole characters only, a NUL, nothing behind it touched. */
static void test_to_utf8_short(void **state)
{
	for (size_t i = 0; i < COUNT(lines); i++) {
		const struct line *l = &lines[i];

		for (size_t cap = 1; cap <= strlen(l->text); cap++) {
			uint8_t buf[ROOM];
			size_t len, got;

			memset(buf, 0xaa, sizeof(buf));
			utf16_to_utf8(wide_span(l->wide, l->units), buf, cap, &len);
			got = strlen((const char *)buf);
			CHECK_EQ(l->name, len, strlen(l->text));
			CHECK(l->name, got < cap && !memcmp(buf, l->text, got));
			CHECK(l->name, (l->text[got] & 0xc0) != 0x80);
			for (size_t n = cap; n < ROOM; n++)
				CHECK_EQ(l->name, buf[n], 0xaa);
		}
	}
}

static void test_odd_byte_is_dropped(void **state)
{
	static const uint8_t odd[] = {'a', 0, 'b'};
	uint8_t buf[ROOM];
	size_t len;

	utf16_to_utf8((struct span){odd, sizeof(odd)}, buf, ROOM, &len);
	assert_string_equal(buf, "a");
}

static void test_from_utf8(void **state)
{
	static const struct {
		const char *name, *text;
		uint16_t wide[8];
	} cases[] = {
		{"plain", "\\a.b", {'\\', 'a', '.', 'b'}},
		{"nothing", "", {0}},
		{"two bytes", "\xc3\xa4", {0xe4}},
		{"three bytes", "\xe2\x82\xac", {0x20ac}},
		{"four bytes", "\xf0\x9f\x98\x80", {0xd83d, 0xde00}},
		{"cut", "\xe2\x82", {0xfffd, 0xfffd}},
		{"longer than needed", "\xc0\xaf", {0xfffd, 0xfffd}},
		{"longer than needed, three", "\xe0\x80\xaf", {0xfffd, 0xfffd, 0xfffd}},
		{"a surrogate", "\xed\xa0\x80", {0xfffd, 0xfffd, 0xfffd}},
		{"beyond the last", "\xf4\x90\x80\x80", {0xfffd, 0xfffd, 0xfffd, 0xfffd}},
		{"no lead", "\x80" "a", {0xfffd, 'a'}},
		{"never a lead", "\xff", {0xfffd}},
		{"broken by a letter", "\xe2" "a", {0xfffd, 'a'}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint16_t buf[ROOM];
		size_t units = 0;

		while (cases[i].wide[units])
			units++;
		memset(buf, 0xaa, sizeof(buf));
		CHECK_EQ(cases[i].name, utf16_from_utf8(text_span(cases[i].text), buf, units + 1), ERR_OK);
		CHECK(cases[i].name, !memcmp(buf, cases[i].wide, 2 * units) && !buf[units]);
		CHECK_EQ(cases[i].name, buf[units + 1], 0xaaaa);
		CHECK_EQ(cases[i].name, utf16_from_utf8(text_span(cases[i].text), buf, units),
			ERR_NO_SPACE);
	}
}

/* Every character survives both ways. */
static void test_round_trip(void **state)
{
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		uint16_t wide[3] = {(uint16_t)c, 0, 0}, back[3];
		size_t units = c >= 0x10000 ? 2 : 1, len;
		uint8_t text[8];

		if ((c >= 0xd800 && c < 0xe000) || c == '\n')
			continue;
		if (units == 2) {
			wide[0] = (uint16_t)(0xd7c0 + (c >> 10));
			wide[1] = (uint16_t)(0xdc00 + (c & 0x3ff));
		}
		utf16_to_utf8(wide_span(wide, units), text, sizeof(text), &len);
		assert_int_equal(utf16_from_utf8((struct span){text, len}, back, 3), ERR_OK);
		assert_memory_equal(back, wide, 2 * (units + 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_utf8),
		cmocka_unit_test(test_to_utf8_short),
		cmocka_unit_test(test_odd_byte_is_dropped),
		cmocka_unit_test(test_from_utf8),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests_name("utf16", tests, NULL, NULL);
}
