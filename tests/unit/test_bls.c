/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/bls: boot entries, their names and order, loader.conf. */
#include "tests/unit/unit.h"

#include "core/bls.h"

static bool same(struct span s, const char *text)
{
	return s.len == strlen(text) && (!s.len || !memcmp(s.ptr, text, s.len));
}

static void test_entry(void **state)
{
	static const char text[] = "# a comment\n"
				   "title\tFedora 19 (Rawhide)\r\n"
				   "  sort-key  fedora\n"
				   "version 3.8.0\n"
				   "machine-id 6a9857a393724b7a981ebb5b8495b9ea\n"
				   "architecture x64\n"
				   "unknown key\n"
				   "title\n" /* no value: passed over */
				   "options root=UUID=6d3376e4 quiet\n"
				   "linux /6a98/linux\n"
				   "initrd /6a98/microcode\n"
				   "options last";
	struct bls_entry e;

	assert_int_equal(bls_entry_parse(text_span(text), &e, NULL), ERR_OK);
	assert_true(same(e.title, "Fedora 19 (Rawhide)"));
	assert_true(same(e.sort_key, "fedora"));
	assert_true(same(e.version, "3.8.0"));
	assert_true(same(e.machine_id, "6a9857a393724b7a981ebb5b8495b9ea"));
	assert_true(same(e.architecture, "x64"));
	assert_true(same(e.kernel, "/6a98/linux"));
	assert_int_equal(e.initrd_count, 1);
	assert_true(same(e.initrd[0], "/6a98/microcode"));
	assert_int_equal(e.options_count, 2);
	assert_true(same(e.options[0], "root=UUID=6d3376e4 quiet"));
	assert_true(same(e.options[1], "last"));
}

static void test_entries_that_cannot_be(void **state)
{
	static const struct {
		const char *name, *text;
		enum err e;
		uint64_t offset;
	} cases[] = {
		{"nothing", "", ERR_BAD_BOOT_ENTRY, 0},
		{"no kernel", "title a\ninitrd /i\n", ERR_BAD_BOOT_ENTRY, 0},
		{"kernel without a path", "linux\n", ERR_BAD_BOOT_ENTRY, 0},
		{"two kernels", "linux /a\nefi /b\n", ERR_BAD_BOOT_ENTRY, 9},
		{"a kernel by efi", "efi /b\n", ERR_OK, 0},
		{"a kernel by uki", "uki /b\n", ERR_OK, 0},
		{"too many options", "linux a\noptions 1\noptions 2\noptions 3\noptions 4\noptions 5\n"
		 "options 6\noptions 7\noptions 8\noptions 9\n", ERR_NO_SPACE, 88},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault fault = {0};
		struct bls_entry e;

		CHECK_EQ(cases[i].name, bls_entry_parse(text_span(cases[i].text), &e, &fault), cases[i].e);
		CHECK_EQ(cases[i].name, fault.offset, cases[i].offset);
	}
}

static void test_names(void **state)
{
	static const struct {
		const char *file, *id;
		bool counted;
		uint32_t left, done;
		const char *counter;
	} cases[] = {
		{"a.conf", "a", false, 0, 0, ""},
		{"A.CONF", "A", false, 0, 0, ""},
		{"linux-6.1.0+3.conf", "linux-6.1.0", true, 3, 0, "+3"},
		{"linux+3-1.conf", "linux", true, 3, 1, "+3-1"},
		{"linux+0-12.conf", "linux", true, 0, 12, "+0-12"},
		{"linux+1+2.conf", "linux+1", true, 2, 0, "+2"},
		{"linux-3.conf", "linux-3", false, 0, 0, ""},
		{"linux+-3.conf", "linux+-3", false, 0, 0, ""},
		{"linux+3-.conf", "linux+3-", false, 0, 0, ""},
		{"linux+1234567890.conf", "linux+1234567890", false, 0, 0, ""},
		{"+3.conf", "", true, 3, 0, "+3"},
		{".conf", NULL, false, 0, 0, ""},
		{".hidden.conf", NULL, false, 0, 0, ""},
		{"a.confx", NULL, false, 0, 0, ""},
		{"conf", NULL, false, 0, 0, ""},
		{"", NULL, false, 0, 0, ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bls_name n = {0};
		bool is = bls_name_parse(text_span(cases[i].file), ".conf", &n);

		CHECK_EQ(cases[i].file, is, cases[i].id != NULL);
		if (!is)
			continue;
		CHECK(cases[i].file, same(n.id, cases[i].id));
		CHECK(cases[i].file, same(n.counter, cases[i].counter));
		CHECK_EQ(cases[i].file, n.counted, cases[i].counted);
		CHECK_EQ(cases[i].file, n.left, cases[i].left);
		CHECK_EQ(cases[i].file, n.done, cases[i].done);
	}
}

static void test_counting(void **state)
{
	static const struct {
		const char *file, *next;
		size_t max;
	} cases[] = {
		{"a+3.conf", "a+2-1.conf", 13},
		{"a+2-1.conf", "a+1-2.conf", 13},
		{"a+1-2.conf", "a+0-3.conf", 13},
		{"a+0-3.conf", "", 13},
		{"a.conf", "", 13},
		{"longer+3.conf", "longer+2.conf", 13},
		{"longer+3.conf", "longer+2-1.conf", 26},
		{"a+10-9.conf", "a+9-10.conf", 13},
		{"a+100.conf", "a+99-1.conf", 13},
		{"a+1-999999999.conf", "a+0-1000000000.conf", 30},
		{"+5.CONF", "+4-1.CONF", 13},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bls_name n = {0};
		uint8_t buf[64];
		size_t len;

		assert_true(bls_name_parse(text_span(cases[i].file), ".conf", &n));
		len = bls_name_count(text_span(cases[i].file), &n, cases[i].max, buf);
		CHECK(cases[i].file, same((struct span){buf, len}, cases[i].next));
	}
}

/* From older to newer; what is on one line is equal. The examples of the Version Format Specification, and more. */
static void test_versions(void **state)
{
	static const char *const order[] = {"~", "~1", "", "-", "^", ".", "a", "0", "9", "11", "122.1"};
	static const struct {
		const char *a, *b;
		int r;
	} cases[] = {
		{"11", "11", 0}, {"systemd-123", "systemd-123", 0}, {"bar-123", "foo-123", -1},
		{"123a", "123", 1}, {"123.a", "123", 1}, {"123.a", "123.b", -1}, {"123a", "123.a", 1},
		{"11\xce\xb1", "11\xce\xb2", 0}, {"A", "a", -1}, {"", "0", -1}, {"0.", "0", 1},
		{"0.0", "0", 1}, {"0", "~", 1}, {"", "~", 1}, {"1_", "1", 0}, {"_1", "1", 0}, {"1_", "1.2", -1},
		{"1_2_3", "1.3.3", 1}, {"1+", "1", 0}, {"+1", "1", 0}, {"1+", "1.2", -1}, {"1+2+3", "1.3.3", 1},
		{"6.1.0-9-amd64", "6.1.0-10-amd64", -1}, {"6.1.0", "6.1.0~rc1", 1}, {"007", "7", 0},
		{"18446744073709551616", "9", 1}, {"1.0^x", "1.0-x", 1}, {"1.0^x", "1.0.x", -1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span a = text_span(cases[i].a), b = text_span(cases[i].b);
		int r = bls_version_compare(a, b), back = bls_version_compare(b, a);

		CHECK_EQ(cases[i].a, (r > 0) - (r < 0), cases[i].r);
		CHECK_EQ(cases[i].a, (back > 0) - (back < 0), -cases[i].r);
	}
	for (size_t i = 0; i < COUNT(order); i++)
		for (size_t k = i + 1; k < COUNT(order); k++)
			CHECK(order[i], bls_version_compare(text_span(order[i]), text_span(order[k])) < 0);
}

static struct bls_key key(const char *sort_key, const char *machine, const char *version, const char *id)
{
	return (struct bls_key){text_span(sort_key), text_span(machine), text_span(version), text_span(id),
		false, 0, 0};
}

static void test_order(void **state)
{
	/* as they come in the menu */
	struct bls_key order[] = {
		key("arch", "b", "1", "x"),
		key("fedora", "a", "3.10", "y"),
		key("fedora", "a", "3.9", "z"),
		key("fedora", "b", "99", "a"),
		key("", "", "9", "linux-10"),
		key("", "", "1", "linux-9"),
		key("", "", "", "counted"),
		key("", "", "", "counted"),
		key("arch", "", "100", "bad"),
	};

	order[6] = (struct bls_key){.id = text_span("counted"), .counted = true, .left = 3, .done = 0};
	order[7] = (struct bls_key){.id = text_span("counted"), .counted = true, .left = 2, .done = 1};
	order[8].counted = true; /* no tries left */
	for (size_t i = 0; i < COUNT(order); i++) {
		assert_int_equal(bls_compare(&order[i], &order[i]), 0);
		for (size_t k = i + 1; k < COUNT(order); k++) {
			assert_true(bls_compare(&order[i], &order[k]) < 0);
			assert_true(bls_compare(&order[k], &order[i]) > 0);
		}
	}
}

static void test_glob(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} cases[] = {
		{"", "", true}, {"", "a", false}, {"a", "", false}, {"*", "", true}, {"*", "abc", true},
		{"a*c", "abbc", true}, {"a*c", "abbd", false}, {"*a*b*", "xaxbx", true}, {"*ab", "aab", true},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"Debian-*", "debian-6.1", true},
		{"[a-c]x", "bx", true}, {"[a-c]x", "dx", false}, {"[!a-c]x", "dx", true}, {"[^a]", "a", false},
		{"[]]", "]", true}, {"[a", "[a", true}, {"[a-]", "-", true}, {"a[", "a[", true},
		{"*.conf", "a.conf", true}, {"**", "a", true}, {"?", "", false}, {"*?", "a", true},
		{"a*", "b", false}, {"*a", "aaaaaaaaaaaaaaaaaaaaaaaab", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].pattern, bls_glob(text_span(cases[i].pattern), text_span(cases[i].text)),
			cases[i].fits);
}

static void test_config(void **state)
{
	static const struct {
		const char *text, *pattern;
		uint32_t timeout;
		bool given, editor;
	} cases[] = {
		{"", "", 0, false, true},
		{"timeout 5\ndefault debian-*\neditor no\n", "debian-*", 5, true, false},
		{"#timeout 3\ntimeout menu-force\n", "", BLS_TIMEOUT_FOREVER, true, true},
		{"timeout 4\ntimeout menu-hidden", "", 0, true, true},
		{"timeout 5x\n", "", 0, false, true},
		{"timeout -1\n", "", 0, false, true},
		{"timeout 99999999999\n", "", 0, false, true},
		{"editor 0\neditor maybe\n", "", 0, false, false},
		{"console-mode max\neditor FALSE", "", 0, false, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bls_config c;

		bls_config_parse(text_span(cases[i].text), &c);
		CHECK(cases[i].text, same(c.default_pattern, cases[i].pattern));
		CHECK_EQ(cases[i].text, c.timeout, cases[i].timeout);
		CHECK_EQ(cases[i].text, c.timeout_given, cases[i].given);
		CHECK_EQ(cases[i].text, c.editor, cases[i].editor);
	}
}

static void test_architecture(void **state)
{
	assert_true(bls_architecture_fits(text_span("")));
	assert_true(bls_architecture_fits(text_span("X64")));
	assert_false(bls_architecture_fits(text_span("aa64")));
	assert_false(bls_architecture_fits(text_span("x642")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_entries_that_cannot_be),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_counting),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_architecture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
