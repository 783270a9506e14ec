/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/format: what is told by magic numbers, where several fit the same bytes, and by how few bytes; and the
 * release in a kernel's banner. Offsets are typed once more from each format's specification.
 */
#include "tests/unit/unit.h"

#include "lib/format.h"

#define SIZE 0x400

static uint8_t file[SIZE];

struct part {
	size_t at, len;
	const char *bytes;
};

/* PE32+ without sections, at 0x40. */
#define PE_PARTS                                                                                   \
	{0, 2, "MZ"}, {0x3c, 1, "\x40"}, {0x40, 4, "PE\0"}, {0x44, 2, "\x64\x86"}, {0x54, 1, "\x70"},  \
		{0x58, 2, "\x0b\x02"}, {0x91, 1, "\x10"}, {0x95, 1, "\2"}
#define BZIMAGE_PARTS {0x1fe, 2, "\x55\xaa"}, {0x202, 4, "HdrS"}, {0x206, 2, "\x0f\x02"}

static void build(const struct part *parts)
{
	memset(file, 0, SIZE);
	for (; parts->len; parts++)
		memcpy(file + parts->at, parts->bytes, parts->len);
}

/* In memory of just that size. */
static enum kernel_format detect(size_t size)
{
	uint8_t *exact = malloc(size + !size);
	enum kernel_format f;

	memcpy(exact, file, size);
	f = format_detect((struct span){exact, size});
	free(exact);
	return f;
}

static void test_detect(void **state)
{
	static const struct {
		const char *name;
		struct part parts[14];
		enum kernel_format want;
		size_t needs; /* bytes that it takes; one less is something else */
	} cases[] = {
		{"nothing", {{0}}, KERNEL_UNKNOWN, 0},
		{"bzImage", {BZIMAGE_PARTS, {0x211, 1, "\1"}}, KERNEL_BZIMAGE, 0x206},
		{"zImage", {BZIMAGE_PARTS}, KERNEL_ZIMAGE, 0x212},
		{"bzImage of before 2.00", {{0x1fe, 2, "\x55\xaa"}, {0x202, 4, "HdrS"}}, KERNEL_BZIMAGE, 0x206},
		{"without boot flag", {{0x202, 4, "HdrS"}}, KERNEL_UNKNOWN, 0},
		{"bzImage that is a PE, too", {BZIMAGE_PARTS, {0x211, 1, "\1"}, PE_PARTS}, KERNEL_BZIMAGE, 0},
		{"ELF", {{0, 4, "\177ELF"}}, KERNEL_ELF, 4},
		{"EFI zboot", {PE_PARTS, {4, 4, "zimg"}}, KERNEL_ZBOOT, 0x40},
		{"arm64 Image", {{56, 4, "ARMd"}}, KERNEL_ARM64_IMAGE, 64},
		{"arm64 Image that is a PE, too", {PE_PARTS, {56, 4, "ARMd"}}, KERNEL_ARM64_IMAGE, 64},
		{"RISC-V Image", {{56, 4, "RSC\5"}}, KERNEL_RISCV_IMAGE, 64},
		{"ARM zImage", {{0x24, 4, "\x18\x28\x6f\x01"}}, KERNEL_ARM_ZIMAGE, 0x3c},
		{"ARM zImage, big-endian", {{0x24, 4, "\x01\x6f\x28\x18"}}, KERNEL_ARM_ZIMAGE, 0x3c},
		{"EFI program", {PE_PARTS}, KERNEL_PE, 0},
		{"DOS program", {{0, 2, "MZ"}}, KERNEL_UNKNOWN, 0},
		{"deb", {{0, 8, "!<arch>\n"}, {8, 13, "debian-binary"}}, KERNEL_DEB, 21},
		{"static library", {{0, 8, "!<arch>\n"}}, KERNEL_UNKNOWN, 0},
		{"rpm", {{0, 4, "\xed\xab\xee\xdb"}}, KERNEL_RPM, 4},
		{"uImage", {{0, 4, "\x27\x05\x19\x56"}}, KERNEL_UIMAGE, 64},
		{"FIT", {{0, 4, "\xd0\x0d\xfe\xed"}, {0x80, 12, "\0\0\0\1images\0"}}, KERNEL_FIT, 0x8c},
		{"device tree", {{0, 4, "\xd0\x0d\xfe\xed"}}, KERNEL_UNKNOWN, 0},
		{"gzip", {{0, 3, "\x1f\x8b\x08"}}, KERNEL_STREAM, 0},
		{"bzip2", {{0, 4, "BZh9"}}, KERNEL_STREAM, 0},
		{"xz", {{0, 6, "\3757zXZ"}}, KERNEL_STREAM, 0},
		{"lzop", {{0, 9, "\x89LZO\0\r\n\x1a\n"}}, KERNEL_STREAM, 0},
		{"lz4, legacy", {{0, 4, "\2!L\x18"}}, KERNEL_STREAM, 0},
		{"lz4 frame", {{0, 4, "\4\"M\x18"}}, KERNEL_STREAM, 0},
		{"zstd", {{0, 4, "\x28\xb5\x2f\xfd"}}, KERNEL_STREAM, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		build(cases[i].parts);
		CHECK_EQ(cases[i].name, detect(SIZE), cases[i].want);
		if (!cases[i].needs)
			continue;
		CHECK_EQ(cases[i].name, detect(cases[i].needs), cases[i].want);
		CHECK(cases[i].name, detect(cases[i].needs - 1) != cases[i].want);
	}
}

/* Whatever was recognised by then, a cut file is read no further than it goes. */
static void test_cut(void **state)
{
	static const struct part parts[] = {BZIMAGE_PARTS, PE_PARTS, {0}};

	build(parts);
	for (size_t size = 0; size < SIZE; size++)
		(void)!detect(size);
}

static void test_find_release(void **state)
{
	static char long_release[100];
	static const struct {
		const char *name, *kernel, *want; /* NULL: none */
	} cases[] = {
		{"Linux's own words", "xxLinux version 6.1.0-50-amd64 (debian) #1", "6.1.0-50-amd64"},
		{"the format in front of it", "Linux version %s (%s)Linux version 5.4 (x)", "5.4"},
		{"up to the space only", "Linux version 6.1~rc1+ (x)", "6.1~rc1+"},
		{"not a number", "Linux version six (x)", NULL},
		{"nothing behind it", "Linux version ", NULL},
		{"cut in the release", "Linux version 6.1.0", NULL},
		{"control characters", "Linux version 6.1\n (x)", NULL},
		{"another system", "FreeBSD version 14.0 (x)", NULL},
		{"nothing", "", NULL},
		{"longer than uname's", long_release, NULL},
	};

	memset(long_release, '6', sizeof(long_release) - 2);
	memcpy(long_release, "Linux version ", 14);
	long_release[sizeof(long_release) - 2] = ' ';
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t len = strlen(cases[i].kernel);
		uint8_t *exact = malloc(len + !len);
		struct span found = {0};
		bool is;

		memcpy(exact, cases[i].kernel, len);
		is = format_find_release((struct span){exact, len}, &found);
		CHECK_EQ(cases[i].name, is, !!cases[i].want);
		if (is)
			CHECK(cases[i].name, found.len == strlen(cases[i].want) &&
					!memcmp(found.ptr, cases[i].want, found.len));
		free(exact);
	}
}

static void test_machines(void **state)
{
	assert_string_equal(format_elf_arch(62, true, false), "x86-64");
	assert_string_equal(format_elf_arch(3, false, false), "i386");
	assert_string_equal(format_elf_arch(8, true, false), "mips64el");
	assert_string_equal(format_elf_arch(8, false, true), "mips");
	assert_string_equal(format_elf_arch(21, true, false), "ppc64le");
	assert_string_equal(format_elf_arch(243, true, false), "riscv64");
	assert_string_equal(format_elf_arch(243, false, false), "riscv32");
	assert_null(format_elf_arch(0, true, false));
	assert_null(format_elf_arch(0xffff, false, true));
	assert_string_equal(format_pe_arch(0x8664), "x86-64");
	assert_string_equal(format_pe_arch(0xaa64), "arm64");
	assert_string_equal(format_pe_arch(0x01c2), "arm");
	assert_null(format_pe_arch(0xebc));
}

/* Each has words of its own. */
static void test_names(void **state)
{
	for (int i = KERNEL_BZIMAGE; i <= KERNEL_RPM; i++) {
		assert_string_not_equal(format_name((enum kernel_format)i), "unknown");
		for (int j = KERNEL_BZIMAGE; j < i; j++)
			assert_string_not_equal(
				format_name((enum kernel_format)i), format_name((enum kernel_format)j));
	}
	assert_string_equal(format_name(KERNEL_UNKNOWN), "unknown");
	assert_true(format_is_container(KERNEL_STREAM) && format_is_container(KERNEL_UKI));
	assert_false(format_is_container(KERNEL_PE) || format_is_container(KERNEL_RAW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_detect),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_find_release),
		cmocka_unit_test(test_machines),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
