/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/bzimage: headers of all protocol versions, damaged ones, the image's checksum, and what is
 * kept of a careless loader's boot_params. Offsets are typed again from boot.rst and zero-page.rst:
 * a second witness beside spec/bootparam.h.
 */
#include "tests/unit/unit.h"

#include "core/bzimage.h"

#define SETUP_SIZE 0x1000 /* 7 sectors and the first */
#define IMAGE_SIZE 0x2000

/* A small image as protocol 2.15 has it: version string at 0x300, payload, kernel_info. */
static void build(uint8_t *f)
{
	memset(f, 0, IMAGE_SIZE);
	f[0x1f1] = 7;
	le32_put(f + 0x1f4, (IMAGE_SIZE - SETUP_SIZE) / 16);
	le16_put(f + 0x1fe, 0xaa55);
	le16_put(f + 0x200, 0x6aeb); /* jump to 0x26c */
	memcpy(f + 0x202, "HdrS", 4);
	le16_put(f + 0x206, 0x20f);
	le16_put(f + 0x20e, 0x100);
	f[0x211] = 1;
	le32_put(f + 0x230, 0x200000);
	f[0x234] = 1;
	f[0x235] = 21;
	le16_put(f + 0x236, 0x7f);
	le32_put(f + 0x248, 0x300);
	le32_put(f + 0x24c, 0x800);
	le32_put(f + 0x268, 0x200);
	memcpy(f + 0x300, "6.1.0 test", 11);
	memcpy(f + SETUP_SIZE + 0x200, "LToP", 4);
	le32_put(f + SETUP_SIZE + 0x204, 16);
	le32_put(f + SETUP_SIZE + 0x208, 24);
	le32_put(f + SETUP_SIZE + 0x20c, 0x80000009);
}

static void test_good(void **state)
{
	uint8_t f[IMAGE_SIZE];
	struct bzimage b;

	build(f);
	assert_int_equal(bzimage_parse((struct span){f, sizeof(f)}, &b, NULL), ERR_OK);
	assert_int_equal(b.protocol, 0x20f);
	assert_int_equal(b.hdr_end, 0x26c);
	assert_int_equal(b.setup_size, SETUP_SIZE);
	assert_int_equal(b.image_size, IMAGE_SIZE);
	assert_int_equal(b.version.len, 10);
	assert_memory_equal(b.version.ptr, "6.1.0 test", 10);
	assert_ptr_equal(b.payload.ptr, f + SETUP_SIZE + 0x300);
	assert_int_equal(b.payload.len, 0x800);
	assert_true(b.has_kernel_info);
	assert_int_equal(b.kernel_info_off, SETUP_SIZE + 0x200);
	assert_int_equal(b.kernel_info.len, 24);
	assert_int_equal(b.setup_type_max, 0x80000009);
	assert_true(b.is_64bit);
	assert_memory_equal(&b.hdr, f + 0x1f1, 0x26c - 0x1f1);
}

/* A good image with one field changed. Sizes and flags of the result where it still parses. */
static void test_changes(void **state)
{
	static const struct {
		const char *name;
		uint32_t at;
		unsigned width;
		uint32_t value;
		enum err e;
	} cases[] = {
		{"no boot flag", 0x1fe, 2, 0, ERR_NOT_BZIMAGE},
		{"no HdrS: a boot sector", 0x202, 4, 0, ERR_NOT_BZIMAGE},
		{"protocol 1.x", 0x206, 2, 0x1ff, ERR_OLD_PROTOCOL},
		{"a zImage", 0x211, 1, 0, ERR_OK},
		{"more setup sectors than the file has", 0x1f1, 1, 64, ERR_TRUNCATED},
		{"as many setup sectors as the file has, payload behind it", 0x1f1, 1, 15,
			ERR_TRUNCATED},
		{"a header that ends before its fields", 0x201, 1, 0x11, ERR_BAD_SETUP_HEADER},
		{"a payload behind syssize", 0x24c, 4, 0xd01, ERR_BAD_SETUP_HEADER},
		{"a payload whose end overflows 32 bits", 0x24c, 4, 0xffffffff,
			ERR_BAD_SETUP_HEADER},
		{"a payload that ends with the image", 0x24c, 4, 0xd00, ERR_OK},
		{"no payload", 0x24c, 4, 0, ERR_OK},
		{"an alignment that is none", 0x230, 4, 0x200001, ERR_BAD_SETUP_HEADER},
		{"no alignment", 0x230, 4, 0, ERR_BAD_SETUP_HEADER},
		{"a minimal alignment beyond 32 bits", 0x235, 1, 32, ERR_BAD_SETUP_HEADER},
		{"not relocatable: alignment does not matter", 0x234, 1, 0, ERR_OK},
		{"kernel_info behind the file", 0x268, 4, IMAGE_SIZE - SETUP_SIZE - 11,
			ERR_BAD_KERNEL_INFO},
		{"kernel_info that overflows 32 bits", 0x268, 4, 0xffffffff, ERR_BAD_KERNEL_INFO},
		{"kernel_info of another magic", SETUP_SIZE + 0x200, 4, 0, ERR_BAD_KERNEL_INFO},
		{"kernel_info too small", SETUP_SIZE + 0x204, 4, 15, ERR_BAD_KERNEL_INFO},
		{"kernel_info larger than its total", SETUP_SIZE + 0x204, 4, 25,
			ERR_BAD_KERNEL_INFO},
		{"kernel_info that runs over the file", SETUP_SIZE + 0x208, 4, 0xe01,
			ERR_BAD_KERNEL_INFO},
		{"no kernel_info", 0x268, 4, 0, ERR_OK},
		{"syssize 0: the image is the file", 0x1f4, 4, 0, ERR_OK},
	};
	uint8_t f[IMAGE_SIZE];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bzimage b = {.protocol = 0x5555};
		struct fault fault = {0};
		uint8_t value[4];
		enum err e;

		build(f);
		le32_put(value, cases[i].value);
		memcpy(f + cases[i].at, value, cases[i].width);
		e = bzimage_parse((struct span){f, sizeof(f)}, &b, &fault);
		CHECK_EQ(cases[i].name, e, cases[i].e);
		CHECK(cases[i].name, !e || (fault.text && b.protocol == 0x5555));
	}
}

static void test_truncated(void **state)
{
	uint8_t f[IMAGE_SIZE];
	struct bzimage b;

	build(f);
	for (size_t len = 0; len < IMAGE_SIZE; len += len < 0x300 ? 1 : 37) {
		enum err e = bzimage_parse((struct span){f, len}, &b, NULL);
		enum err want = len < 0x206	   ? ERR_NOT_BZIMAGE
			: len < SETUP_SIZE + 0xb00 ? ERR_TRUNCATED
						   : ERR_OK;

		assert_int_equal(e, want);
	}
}

/* What an older protocol does not have is not looked at. */
static void test_protocols(void **state)
{
	static const struct {
		uint16_t version;
		bool syssize, payload, is_64bit, kernel_info;
	} cases[] = {
		{0x200, false, false, false, false},
		{0x203, false, false, false, false},
		{0x204, true, false, false, false},
		{0x207, true, false, false, false},
		{0x208, true, true, false, false},
		{0x20b, true, true, false, false},
		{0x20c, true, true, true, false},
		{0x20e, true, true, true, false},
		{0x20f, true, true, true, true},
		{0x210, true, true, true, true},
	};
	uint8_t f[IMAGE_SIZE + 100];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bzimage b;
		char name[8];

		snprintf(name, sizeof(name), "%x", cases[i].version);
		build(f);
		le16_put(f + 0x206, cases[i].version);
		CHECK_EQ(name, bzimage_parse((struct span){f, sizeof(f)}, &b, NULL), ERR_OK);
		CHECK_EQ(name, b.image_size, cases[i].syssize ? IMAGE_SIZE : sizeof(f));
		CHECK_EQ(name, b.payload.len, cases[i].payload ? 0x800 : 0);
		CHECK_EQ(name, b.is_64bit, cases[i].is_64bit);
		CHECK_EQ(name, b.has_kernel_info, cases[i].kernel_info);
	}
}

static void test_header_end(void **state)
{
	uint8_t f[IMAGE_SIZE];
	struct bzimage b;

	/* A header that ends at 0x230 has no fields from there on, whatever lies behind it. */
	build(f);
	f[0x201] = 0x2e;
	assert_int_equal(bzimage_parse((struct span){f, sizeof(f)}, &b, NULL), ERR_OK);
	assert_int_equal(b.hdr_end, 0x230);
	assert_int_equal(b.hdr.kernel_alignment, 0);
	assert_int_equal(b.hdr.relocatable_kernel, 0);
	assert_int_equal(b.payload.len, 0);
	/* A longer one than we know is fine. */
	build(f);
	f[0x201] = 0x7e;
	assert_int_equal(bzimage_parse((struct span){f, sizeof(f)}, &b, NULL), ERR_OK);
	assert_int_equal(b.hdr_end, 0x280);
	/* No setup sectors means 4. */
	build(f);
	f[0x1f1] = 0;
	le32_put(f + 0x268, 0);
	assert_int_equal(bzimage_parse((struct span){f, sizeof(f)}, &b, NULL), ERR_OK);
	assert_int_equal(b.setup_size, 5 * 512);
}

static void test_version_strings(void **state)
{
	static const struct {
		const char *name;
		uint16_t pointer;
		size_t len;
	} cases[] = {
		{"none", 0, 0},
		{"at the start of the string", 0x100, 10},
		{"inside the string", 0x104, 6},
		{"an empty string", 0x10a, 0},
		{"behind the setup part", SETUP_SIZE - 0x200, 0},
		{"beyond all", 0xffff, 0},
	};
	uint8_t f[IMAGE_SIZE];
	struct bzimage b;

	for (size_t i = 0; i < COUNT(cases); i++) {
		build(f);
		le16_put(f + 0x20e, cases[i].pointer);
		CHECK_EQ(cases[i].name, bzimage_parse((struct span){f, sizeof(f)}, &b, NULL),
			ERR_OK);
		CHECK_EQ(cases[i].name, b.version.len, cases[i].len);
	}
	/* No NUL up to the end of the setup part. */
	build(f);
	memset(f + 0x300, 'x', SETUP_SIZE - 0x300);
	assert_int_equal(bzimage_parse((struct span){f, sizeof(f)}, &b, NULL), ERR_OK);
	assert_int_equal(b.version.len, 0);
}

static void test_put_header(void **state)
{
	uint8_t f[IMAGE_SIZE], copy[IMAGE_SIZE] = {0};
	struct bzimage b;

	build(f);
	assert_int_equal(bzimage_parse((struct span){f, sizeof(f)}, &b, NULL), ERR_OK);
	bzimage_put_header(copy, &b.hdr);
	assert_memory_equal(copy + 0x1f1, f + 0x1f1, 0x26c - 0x1f1);
	assert_int_equal(copy[0x1f0], 0);
	assert_int_equal(copy[0x26c], 0);
}

/* What stays of a zero page full of ones when the sentinel is set [zero-page.rst offsets]. */
static void test_sanitise(void **state)
{
	static const struct {
		const char *name;
		unsigned from, to;
		bool stays;
	} cases[] = {
		{"screen_info", 0x000, 0x040, true},
		{"apm_bios_info", 0x040, 0x054, true},
		{"padding", 0x054, 0x058, false},
		{"tboot_addr", 0x058, 0x060, true},
		{"ist_info", 0x060, 0x070, true},
		{"acpi_rsdp_addr", 0x070, 0x078, false},
		{"padding", 0x078, 0x080, false},
		{"hd0_info, hd1_info", 0x080, 0x0a0, true},
		{"sys_desc_table", 0x0a0, 0x0b0, true},
		{"olpc_ofw_header", 0x0b0, 0x0c0, true},
		{"ext_ramdisk_image, ext_ramdisk_size, ext_cmd_line_ptr", 0x0c0, 0x0cc, false},
		{"padding", 0x0cc, 0x13c, false},
		{"cc_blob_address", 0x13c, 0x140, true},
		{"edid_info", 0x140, 0x1c0, false},
		{"efi_info", 0x1c0, 0x1e0, true},
		{"alt_mem_k, scratch", 0x1e0, 0x1e8, true},
		{"e820_entries, eddbuf_entries, edd_mbr_sig_buf_entries", 0x1e8, 0x1eb, true},
		{"kbd_status", 0x1eb, 0x1ec, false},
		{"secure_boot", 0x1ec, 0x1ed, true},
		{"padding and the sentinel", 0x1ed, 0x1f1, false},
		{"the setup header", 0x1f1, 0x26c, true},
		{"padding", 0x26c, 0x290, false},
		{"edd_mbr_sig_buffer", 0x290, 0x2d0, true},
		{"e820_table", 0x2d0, 0xcd0, true},
		{"padding", 0xcd0, 0xd00, false},
		{"eddbuf", 0xd00, 0xeec, true},
		{"padding", 0xeec, 0x1000, false},
	};
	struct boot_params bp;
	const uint8_t *bytes = (const uint8_t *)&bp;
	unsigned at = 0;

	memset(&bp, 0xff, sizeof(bp));
	boot_params_sanitise(&bp);
	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK_EQ(cases[i].name, cases[i].from, at);
		for (; at < cases[i].to; at++)
			CHECK_EQ(cases[i].name, bytes[at], cases[i].stays ? 0xff : 0);
	}
	assert_int_equal(at, 0x1000);

	/* A loader that did clear the page is left alone. */
	memset(&bp, 0xff, sizeof(bp));
	bp.sentinel = 0;
	boot_params_sanitise(&bp);
	assert_int_equal(bp.ext_ramdisk_image, 0xffffffff);
	assert_int_equal(bytes[0xfff], 0xff);
}

static void test_name_loader(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint32_t image, size, ext_size;
		uint8_t type, want;
	} cases[] = {
		{"no initrd, no name", 0, 0, 0, 0, 0},
		{"an address only", 0x1000000, 0, 0, 0, 0},
		{"initrd, no name", 0x1000000, 1, 0, 0, 0xff},
		{"initrd above 4 GiB in size", 0x1000000, 0, 1, 0, 0xff},
		{"initrd and a name", 0x1000000, 1, 0, 0x72, 0x72},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp = {0};

		bp.hdr.ramdisk_image = cases[i].image;
		bp.hdr.ramdisk_size = cases[i].size;
		bp.ext_ramdisk_size = cases[i].ext_size;
		bp.hdr.type_of_loader = cases[i].type;
		boot_params_name_loader(&bp);
		CHECK_EQ(cases[i].name, bp.hdr.type_of_loader, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_header_end),
		cmocka_unit_test(test_version_strings),
		cmocka_unit_test(test_put_header),
		cmocka_unit_test(test_sanitise),
		cmocka_unit_test(test_name_loader),
	};

	return cmocka_run_group_tests_name("bzimage", tests, NULL, NULL);
}
