/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/options: LoadOptions to a command line, against a fake firmware. */
#include "tests/unit/fake_firmware.h"

static void load_options(const uint16_t *text, size_t bytes)
{
	uint64_t at = (uint64_t)text;
	uint32_t size = (uint32_t)bytes;

	memcpy(fake_loaded_image + 0x30, &size, 4); /* LoadOptionsSize, LoadOptions [9.1] */
	memcpy(fake_loaded_image + 0x38, &at, 8);
}

static void test_lines(void **state)
{
	static const struct {
		const char *name;
		uint16_t wide[40];
		size_t bytes;
		uint32_t max; /* cmdline_size */
		const char *want;
	} cases[] = {
		{"a whole boot option", u"\1\0\4X\0\xff7f\4quiet", 24, 2047, "quiet"},
		{"with a NUL", u"root=/dev/sda1 ro", 36, 2047, "root=/dev/sda1 ro"},
		{"without one", u"root=/dev/sda1 ro", 34, 2047, "root=/dev/sda1 ro"},
		{"empty", u"", 2, 2047, ""},
		{"no bytes", u"not these", 0, 2047, ""},
		{"one byte of a character", u"a", 1, 2047, ""},
		{"an odd number of bytes", u"quiet", 11, 2047, "quiet"},
		{"the program's name stays", u"\\EFI\\linux.efi quiet", 42, 2047,
			"\\EFI\\linux.efi quiet"},
		{"what is behind the NUL does not count", u"quiet\0 init=/bin/sh", 40, 2047, "quiet"},
		{"just as long as the kernel takes", u"one two", 16, 7, "one two"},
		{"one longer: cut at a word", u"one two", 16, 6, "one"},
		{"cut between two words", u"one two", 16, 3, "one"},
		{"cut behind a space", u"one two", 16, 4, "one"},
		{"cut in the first word: nothing is left", u"root=/dev/sda1", 30, 5, ""},
		{"no character is cut", u"a \x20ac\x20ac", 10, 6, "a"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct efi_boot b;

		fake_start();
		b = fake_boot(&bp, "");
		bp.hdr.cmdline_size = cases[i].max;
		load_options(cases[i].wide, cases[i].bytes);
		CHECK_EQ(cases[i].name, efi_options(&b), ERR_OK);
		uint64_t at = bp.hdr.cmd_line_ptr | (uint64_t)bp.ext_cmd_line_ptr << 32;

		CHECK(cases[i].name, at <= UINT32_MAX);
		CHECK(cases[i].name, !strcmp((const char *)at, cases[i].want));
		CHECK_EQ(cases[i].name, (uint64_t)b.cmdline.ptr, at);
		CHECK_EQ(cases[i].name, b.cmdline.len, strlen(cases[i].want));
		CHECK_EQ(cases[i].name, fake_warned != NULL, cases[i].max < 20 && cases[i].max != 7);
		fake_end();
	}
}

static void test_no_options(void **state)
{
	struct boot_params bp;

	fake_start();
	struct efi_boot b = fake_boot(&bp, "");

	assert_int_equal(efi_options(&b), ERR_OK);
	assert_int_equal(b.cmdline.len, 0);
	assert_int_equal(*(const char *)(uint64_t)bp.hdr.cmd_line_ptr, 0);
	fake_end();
}

/* A kernel that says nothing takes 255 bytes [boot.rst cmdline_size]. */
static void test_old_kernel(void **state)
{
	uint16_t wide[300];
	struct boot_params bp;

	fake_start();
	struct efi_boot b = fake_boot(&bp, "");

	for (size_t i = 0; i < COUNT(wide); i++)
		wide[i] = i % 10 ? 'x' : ' ';
	bp.hdr.cmdline_size = 0;
	load_options(wide, sizeof(wide));
	assert_int_equal(efi_options(&b), ERR_OK);
	assert_int_equal(b.cmdline.len, 250);
	fake_end();
}

static void test_no_memory(void **state)
{
	struct boot_params bp;

	fake_start();
	struct efi_boot b = fake_boot(&bp, "");

	fake.memory_left = 0;
	assert_int_equal(efi_options(&b), ERR_NO_MEMORY);
	assert_int_equal(bp.hdr.cmd_line_ptr, 0);
	fake_end();
}

/* What a loader has put there already (handover). */
static void test_given(void **state)
{
	static const char line[] = "root=/dev/sda1 quiet";
	struct boot_params bp;

	fake_start();
	struct efi_boot b = fake_boot(&bp, "");

	efi_options_given(&b);
	assert_int_equal(b.cmdline.len, 0);
	bp.hdr.cmd_line_ptr = (uint32_t)(uint64_t)line;
	bp.ext_cmd_line_ptr = (uint32_t)((uint64_t)line >> 32);
	efi_options_given(&b);
	assert_int_equal(b.cmdline.len, strlen(line));
	bp.hdr.cmdline_size = 4; /* a loader that did not look */
	efi_options_given(&b);
	assert_int_equal(b.cmdline.len, 4);
	fake_end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_no_options),
		cmocka_unit_test(test_old_kernel),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_given),
	};

	return cmocka_run_group_tests_name("efi_options", tests, NULL, NULL);
}
