/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/uki: sections of a file of which only the beginning is known, and texts like os-release. */
#include "tests/unit/unit.h"

#include "core/uki.h"

#define PE_AT    0x80
#define TABLE_AT (PE_AT + 24 + 240)
#define FILE_END 100000

static uint8_t head[0x400];

static void put_section(int i, const char *name, uint32_t mem, uint32_t size, uint32_t off)
{
	uint8_t *p = head + TABLE_AT + 40 * i;

	memcpy(p, name, strlen(name) < 8 ? strlen(name) : 8);
	le32_put(p + 8, mem);
	le32_put(p + 16, size);
	le32_put(p + 20, off);
}

static void make_head(void)
{
	memset(head, 0, sizeof(head));
	memcpy(head, "MZ", 2);
	le32_put(head + 0x3c, PE_AT);
	memcpy(head + PE_AT, "PE\0\0", 4);
	le16_put(head + PE_AT + 6, 5);
	le16_put(head + PE_AT + 20, 240);
	put_section(0, ".text", 0x1000, 0x1000, 0x400);
	put_section(1, ".linux", 77777, 77824, 0x1400);
	put_section(2, ".initrd", 0, 100, FILE_END - 100);
	put_section(3, ".cmdline", 5, 512, FILE_END - 4);
	put_section(4, ".osrelx", 5, 512, 0x400);
}

static void test_sections(void **state)
{
	static const struct {
		const char *name;
		bool found;
		uint32_t off, size;
	} cases[] = {
		{".text", true, 0x400, 0x1000}, {".linux", true, 0x1400, 77777},
		{".initrd", true, FILE_END - 100, 100}, {".cmdline", false, 0, 0}, {".osrel", false, 0, 0},
		{".osrelxx", false, 0, 0}, {"", false, 0, 0},
	};

	make_head();
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t off = 1, size = 2;

		CHECK_EQ(cases[i].name, uki_section((struct span){head, sizeof(head)}, FILE_END, cases[i].name, &off,
			&size), cases[i].found);
		CHECK_EQ(cases[i].name, off, cases[i].found ? cases[i].off : 1);
		CHECK_EQ(cases[i].name, size, cases[i].found ? cases[i].size : 2);
	}
}

/* However short the beginning: no section that is not wholly described in it. */
static void test_short_heads(void **state)
{
	uint32_t off, size;

	make_head();
	for (size_t len = 0; len < sizeof(head); len++) {
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, head, len);
		assert_int_equal(uki_section((struct span){copy, len}, FILE_END, ".linux", &off, &size),
			len >= TABLE_AT + 80);
		free(copy);
	}
}

static void test_osrel(void **state)
{
	static const char text[] = "PRETTY_NAME=\"Debian GNU/Linux 12\"\nNAME='x'\r\nID=debian\nVERSION_ID=\nODD=\"\nLAST=1";
	static const struct {
		const char *key, *value;
	} cases[] = {
		{"PRETTY_NAME", "Debian GNU/Linux 12"}, {"NAME", "x"}, {"ID", "debian"}, {"VERSION_ID", ""},
		{"ODD", "\""}, {"LAST", "1"}, {"LAS", ""}, {"", ""}, {"D", ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span v = osrel_value(text_span(text), cases[i].key);

		CHECK_EQ(cases[i].key, v.len, strlen(cases[i].value));
		CHECK(cases[i].key, !v.len || !memcmp(v.ptr, cases[i].value, v.len));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections), cmocka_unit_test(test_short_heads), cmocka_unit_test(test_osrel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
