/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PE headers at literal offsets [Microsoft PE Format]: one good file, and what is wrong with others. */
#include "tests/unit/unit.h"

#include "core/pe.h"

/*
 *   0x000 "MZ"  0x3c: 0x40
 *   0x040 "PE", COFF header, optional header (PE32+) at 0x58, directories at 0xc8, sections at 0x148
 *   0x200 .text 0x200 bytes    memory 0x1000
 *   0x400 .data 0x200 bytes    memory 0x2000
 *   0x600 certificate table, 0x40 bytes
 */
#define FILE_SIZE 0x640
#define SECTION(i) (0x148 + (i) * 40)

static void put_section(uint8_t *f, unsigned i, const char *name, uint32_t mem_size, uint32_t rva,
	uint32_t file_size, uint32_t file_off)
{
	uint8_t *p = f + SECTION(i);

	memcpy(p, name, strnlen(name, 8));
	le32_put(p + 8, mem_size);
	le32_put(p + 12, rva);
	le32_put(p + 16, file_size);
	le32_put(p + 20, file_off);
}

static void make(uint8_t f[FILE_SIZE])
{
	memset(f, 0, FILE_SIZE);
	memcpy(f, "MZ", 2);
	le32_put(f + 0x3c, 0x40);
	memcpy(f + 0x40, "PE\0\0", 4);
	le16_put(f + 0x44, 0x8664);
	le16_put(f + 0x46, 2); /* NumberOfSections */
	le16_put(f + 0x54, 240); /* SizeOfOptionalHeader */
	le16_put(f + 0x58, 0x20b);
	le32_put(f + 0x78, 0x1000); /* SectionAlignment */
	le32_put(f + 0x7c, 0x200); /* FileAlignment */
	le32_put(f + 0x90, 0x3000); /* SizeOfImage */
	le32_put(f + 0x94, 0x200); /* SizeOfHeaders */
	le32_put(f + 0x98, 0x1234); /* CheckSum */
	le16_put(f + 0x9c, 10); /* Subsystem */
	le32_put(f + 0xc4, 16); /* NumberOfRvaAndSizes */
	le32_put(f + 0xe8, 0x600); /* fifth directory */
	le32_put(f + 0xec, 0x40);
	put_section(f, 0, ".text", 0x180, 0x1000, 0x200, 0x200);
	put_section(f, 1, ".pcrpkey", 0x300, 0x2000, 0x200, 0x400);
}

static void test_good(void **state)
{
	struct pe_section_info s;
	uint8_t f[FILE_SIZE];
	struct pe pe;

	make(f);
	assert_int_equal(pe_parse((struct span){f, FILE_SIZE}, &pe, NULL), ERR_OK);
	assert_int_equal(pe.machine, 0x8664);
	assert_int_equal(pe.subsystem, 10);
	assert_int_equal(pe.section_align, 0x1000);
	assert_int_equal(pe.file_align, 0x200);
	assert_int_equal(pe.image_size, 0x3000);
	assert_int_equal(pe.headers_size, 0x200);
	assert_int_equal(pe.checksum, 0x1234);
	assert_int_equal(pe.security_off, 0xe8);
	assert_ptr_equal(pe.certificates.ptr, f + 0x600);
	assert_int_equal(pe.certificates.len, 0x40);
	assert_int_equal(pe.section_count, 2);
	assert_int_equal(pe_check_layout(&pe, NULL), ERR_OK);

	assert_true(pe_find(&pe, ".text", &s));
	assert_int_equal(s.rva, 0x1000);
	assert_ptr_equal(s.bytes.ptr, f + 0x200);
	assert_int_equal(s.bytes.len, 0x180); /* what is behind is padding */
	assert_true(pe_find(&pe, ".pcrpkey", &s)); /* eight characters: no NUL */
	assert_int_equal(s.bytes.len, 0x200); /* the rest of its memory is zeros */
	assert_false(pe_find(&pe, ".pcrpke", &s));
	assert_false(pe_find(&pe, ".tex", &s));

	assert_int_equal(pe_next_in_file(&pe, 0), 0);
	assert_int_equal(pe_next_in_file(&pe, 0x201), 1);
	assert_int_equal(pe_next_in_file(&pe, 0x401), 2);
}

static const struct {
	const char *name;
	uint32_t at, value, bytes;
	enum err parse, layout;
} cases[] = {
	{"no MZ", 0, 0x4142, 2, ERR_BAD_PE, ERR_OK},
	{"header far away", 0x3c, 0xfffffff0, 4, ERR_TRUNCATED, ERR_OK},
	{"header over the end", 0x3c, FILE_SIZE - 23, 4, ERR_TRUNCATED, ERR_OK},
	{"no PE", 0x40, 0, 4, ERR_BAD_PE, ERR_OK},
	{"97 sections", 0x46, 97, 2, ERR_BAD_PE, ERR_OK},
	{"section table larger than the headers", 0x46, 5, 2, ERR_BAD_PE, ERR_OK},
	{"no section", 0x46, 0, 2, ERR_OK, ERR_OK},
	{"optional header over the end", 0x54, 0xffff, 2, ERR_TRUNCATED, ERR_OK},
	{"optional header without directories", 0x54, 112, 2, ERR_BAD_PE, ERR_OK},
	{"optional header cut in the fields", 0x54, 111, 2, ERR_BAD_PE, ERR_OK},
	{"no optional header", 0x54, 0, 2, ERR_TRUNCATED, ERR_OK},
	{"a ROM image", 0x58, 0x107, 2, ERR_BAD_PE, ERR_OK},
	{"headers larger than the file", 0x94, FILE_SIZE + 1, 4, ERR_BAD_PE, ERR_OK},
	{"headers smaller than the section table", 0x94, 0x190, 4, ERR_BAD_PE, ERR_OK},
	{"17 directories", 0xc4, 17, 4, ERR_BAD_PE, ERR_OK},
	{"4 directories: not signed", 0xc4, 4, 4, ERR_OK, ERR_OK},
	{"certificates in the headers", 0xe8, 0x100, 4, ERR_BAD_PE, ERR_OK},
	{"certificates over the end", 0xec, 0x48, 4, ERR_BAD_PE, ERR_OK},
	{"something behind the certificates", 0xec, 0x38, 4, ERR_BAD_PE, ERR_OK},
	{"no certificates", 0xec, 0, 4, ERR_OK, ERR_OK},
	{"section's bytes over the end", SECTION(1) + 16, 0x241, 4, ERR_BAD_PE, ERR_OK},
	{"section in the certificates", SECTION(1) + 16, 0x201, 4, ERR_OK, ERR_BAD_PE},
	{"sections overlap in file", SECTION(0) + 16, 0x201, 4, ERR_OK, ERR_BAD_PE},
	{"sections begin at one offset", SECTION(1) + 20, 0x200, 4, ERR_OK, ERR_BAD_PE},
	{"section in the headers", SECTION(0) + 20, 0x1ff, 4, ERR_OK, ERR_BAD_PE},
	{"section without bytes may point anywhere", SECTION(1) + 16, 0, 4, ERR_OK, ERR_OK},
	{"sections overlap in memory", SECTION(0) + 8, 0x1001, 4, ERR_OK, ERR_BAD_PE},
	{"sections descend", SECTION(0) + 12, 0x2400, 4, ERR_OK, ERR_BAD_PE},
	{"section over the headers in memory", SECTION(0) + 12, 0x1ff, 4, ERR_OK, ERR_BAD_PE},
	{"section behind the image", SECTION(1) + 8, 0x1001, 4, ERR_OK, ERR_BAD_PE},
	{"address runs over", SECTION(1) + 12, 0xffffff00, 4, ERR_OK, ERR_BAD_PE},
};

static void test_cases(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault fault = {0};
		uint8_t f[FILE_SIZE];
		struct pe pe = {.section_count = 77};
		enum err e;

		make(f);
		if (cases[i].bytes == 2)
			le16_put(f + cases[i].at, (uint16_t)cases[i].value);
		else
			le32_put(f + cases[i].at, cases[i].value);
		e = pe_parse((struct span){f, FILE_SIZE}, &pe, &fault);
		CHECK_EQ(cases[i].name, e, cases[i].parse);
		CHECK(cases[i].name, !e || (fault.text && pe.section_count == 77));
		if (!e)
			CHECK_EQ(cases[i].name, pe_check_layout(&pe, &fault), cases[i].layout);
	}
}

static void test_truncated(void **state)
{
	uint8_t f[FILE_SIZE], *copy;
	struct pe pe;

	make(f);
	for (size_t len = 0; len < FILE_SIZE; len++) {
		copy = malloc(len + 1);
		assert_non_null(copy);
		memcpy(copy, f, len);
		assert_int_not_equal(pe_parse((struct span){copy, len}, &pe, NULL), ERR_OK);
		free(copy);
	}
}

static void test_pe32(void **state)
{
	uint8_t f[FILE_SIZE];
	struct pe pe;

	make(f);
	le16_put(f + 0x58, 0x10b);
	le32_put(f + 0x58 + 92, 16); /* NumberOfRvaAndSizes, sixteen bytes earlier */
	le32_put(f + 0x58 + 96 + 32, 0x600);
	le32_put(f + 0x58 + 96 + 36, 0x40);
	assert_int_equal(pe_parse((struct span){f, FILE_SIZE}, &pe, NULL), ERR_OK);
	assert_int_equal(pe.certificates.len, 0x40);
	assert_int_equal(pe_check_layout(&pe, NULL), ERR_OK);
}

/* In memory a section is at its address, as long as it is there; what the file says does not count. */
static void test_loaded(void **state)
{
	static const struct {
		const char *name;
		size_t image_size;
		uint32_t rva, mem_size, file_off;
		enum err want;
	} loaded[] = {
		{"good", 0x3000, 0x2000, 0x300, 0x400, ERR_OK},
		{"ends with the image", 0x3000, 0x2000, 0x1000, 0x400, ERR_OK},
		{"one byte more", 0x3000, 0x2000, 0x1001, 0x400, ERR_BAD_PE},
		{"starts behind it", 0x3000, 0x4000, 1, 0x400, ERR_BAD_PE},
		{"wraps", 0x3000, 0xfffff000, 0x2000, 0x400, ERR_BAD_PE},
		{"nothing anywhere", 0x3000, 0xfffff000, 0, 0x400, ERR_OK},
		{"its place in the file is of no importance", 0x3000, 0x2000, 0x300, 0xfffff000, ERR_OK},
		{"headers are cut", 0x100, 0x2000, 0x300, 0x400, ERR_TRUNCATED},
	};

	for (size_t i = 0; i < COUNT(loaded); i++) {
		uint8_t *image = calloc(1, 0x4000), *copy = malloc(loaded[i].image_size);
		struct pe_section_info s;
		struct pe pe = {.section_count = 99};

		make(image); /* with a certificate table, which is in no memory */
		put_section(image, 1, ".pcrpkey", loaded[i].mem_size, loaded[i].rva, 0x200,
			loaded[i].file_off);
		memcpy(copy, image, loaded[i].image_size);
		CHECK_EQ(loaded[i].name,
			pe_parse_loaded((struct span){copy, loaded[i].image_size}, &pe, NULL),
			loaded[i].want);
		if (loaded[i].want) {
			CHECK_EQ(loaded[i].name, pe.section_count, 99);
		} else {
			CHECK(loaded[i].name, pe_find(&pe, ".pcrpkey", &s));
			CHECK_EQ(loaded[i].name, s.bytes.len, loaded[i].mem_size);
			CHECK(loaded[i].name, !s.bytes.len || s.bytes.ptr == copy + loaded[i].rva);
		}
		free(copy);
		free(image);
	}
}

/* What a look at magic numbers must say, whatever else is wrong. */
static void test_present(void **state)
{
	uint8_t f[0x60] = "MZ";
	struct span span = {f, sizeof(f)};

	le32_put(f + 0x3c, 0x40);
	assert_false(pe_present(span));
	memcpy(f + 0x40, "PE\0\0", 4);
	assert_true(pe_present(span));
	assert_false(pe_present((struct span){f, 0x43}));
	assert_false(pe_present((struct span){f, 0x3e}));
	le32_put(f + 0x3c, 0xfffffff0);
	assert_false(pe_present(span));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_present),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_loaded),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_pe32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
