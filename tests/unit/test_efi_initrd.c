/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/initrd and embed: archives from LoadFile2, from files, from the image; a fake firmware. */
#include "tests/unit/fake_firmware.h"
#include "core/bzimage.h"
#include "core/crc32c.h"

#define MIB 0x100000u

static const char archive[] = "an archive, with its last byte 0";
static uint8_t large[3 * MIB];

static void check_initrd(const char *name, const struct boot_params *bp, const void *want, uint64_t size)
{
	struct range r = boot_params_initrd(bp);

	CHECK_EQ(name, r.end - r.start, size);
	CHECK(name, !size || !memcmp((void *)r.start, want, size));
	CHECK(name, r.end <= 0x80000000);
}

static void test_load_file2(void **state)
{
	static const struct {
		const char *name;
		const char *cmdline;
		struct fake_load_file load;
		uint64_t memory;
		enum err err;
		uint64_t size; /* of the initrd then */
	} cases[] = {
		{"nobody offers one", "", {0}, MIB, ERR_OK, 0},
		{"it is there", "", {true, archive, sizeof(archive)}, MIB, ERR_OK, sizeof(archive)},
		{"it goes before initrd=", "initrd=missing", {true, archive, sizeof(archive)}, MIB,
			ERR_OK, sizeof(archive)},
		{"noinitrd", "noinitrd", {true, archive, sizeof(archive)}, MIB, ERR_OK, 0},
		{"none for this entry", "", {true, .size_status = EFI_NOT_FOUND}, MIB, ERR_OK, 0},
		{"asked for the size, it fails", "", {true, .size_status = EFI_LOAD_ERROR}, MIB,
			ERR_INITRD_FILE, 0},
		{"reading fails", "", {true, archive, sizeof(archive), .status = EFI_LOAD_ERROR},
			MIB, ERR_INITRD_FILE, 0},
		{"refused when it is read", "",
			{true, archive, sizeof(archive), .status = EFI_SECURITY_VIOLATION}, MIB,
			ERR_INITRD_FILE, 0},
		{"no memory for it", "", {true, large, sizeof(large)}, MIB, ERR_NO_MEMORY, 0},
		{"of a size that there cannot be", "", {true, large, 1ull << 60}, MIB, ERR_NO_MEMORY,
			0},
		{"it grows and grows", "", {true, large, 100, .grows = 1, .grow_calls = 99},
			MIB, ERR_INITRD_FILE, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b;

		fake_start();
		b = fake_boot(&bp, cases[i].cmdline);
		fake.load_file = cases[i].load;
		fake.memory_left = cases[i].memory;
		CHECK_EQ(cases[i].name, efi_initrd(&b, &fault), cases[i].err);
		check_initrd(cases[i].name, &bp, archive, cases[i].size);
		CHECK_EQ(cases[i].name, fault.text != NULL, cases[i].err != ERR_OK);
		fake_end();
	}
}

/* What was asked for is too little when it is read: the loader is asked once more. */
static void test_load_file2_grows(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};

	fake_start();
	struct efi_boot b = fake_boot(&bp, "");

	fake.load_file = (struct fake_load_file){true, large, 4096, .grows = 5000, .grow_calls = 1};
	assert_int_equal(efi_initrd(&b, &fault), ERR_OK);
	check_initrd("the larger one", &bp, large, 9096);
	assert_int_equal(fake.pages_out, 3);
	fake_end();
}

static void test_files(void **state)
{
	static const struct {
		const char *name;
		const char *cmdline;
		enum err err;
		const char *want;
		size_t size;
	} cases[] = {
		{"none asked for", "quiet", ERR_OK, "", 0},
		{"one", "initrd=\\one", ERR_OK, "12345", 5},
		{"with slashes", "quiet initrd=/dir/two", ERR_OK, "abc", 3},
		{"two, the second at a multiple of four", "initrd=\\one initrd=\\dir\\two", ERR_OK,
			"12345\0\0\0abc", 11},
		{"an empty one between", "initrd=\\one initrd=\\empty initrd=\\dir\\two", ERR_OK,
			"12345\0\0\0abc", 11},
		{"only an empty one", "initrd=\\empty", ERR_OK, "", 0},
		{"the same twice", "initrd=\\one initrd=\\one", ERR_OK, "12345\0\0\0" "12345", 13},
		{"read in pieces", "initrd=\\pieces", ERR_OK, "abcdefghij", 10},
		{"in quotes", "initrd=\"\\with space\"", ERR_OK, "Q", 1},
		{"without a value", "initrd", ERR_OK, "", 0},
		{"another word that begins so", "initrdmem=\\one", ERR_OK, "", 0},
		{"missing", "initrd=\\none", ERR_INITRD_FILE, "", 0},
		{"the second missing", "initrd=\\one initrd=\\none", ERR_INITRD_FILE, "", 0},
		{"unreadable", "initrd=\\one initrd=\\bad", ERR_INITRD_FILE, "", 0},
		{"without a size", "initrd=\\sizeless", ERR_INITRD_FILE, "", 0},
		{"too large for memory", "initrd=\\huge", ERR_NO_MEMORY, "", 0},
		{"sizes that go round", "initrd=\\around initrd=\\one", ERR_NO_MEMORY, "", 0},
		{"shorter than it said", "initrd=\\short", ERR_INITRD_FILE, "", 0},
		{"33 of them",
			"initrd=\\one initrd=\\one initrd=\\one initrd=\\one initrd=\\one "
			"initrd=\\one initrd=\\one initrd=\\one initrd=\\one initrd=\\one "
			"initrd=\\one initrd=\\one initrd=\\one initrd=\\one initrd=\\one "
			"initrd=\\one initrd=\\one initrd=\\one initrd=\\one initrd=\\one "
			"initrd=\\one initrd=\\one initrd=\\one initrd=\\one initrd=\\one "
			"initrd=\\one initrd=\\one initrd=\\one initrd=\\one initrd=\\one "
			"initrd=\\one initrd=\\one initrd=\\one", ERR_INITRD_FILE, "", 0},
	};
	static const struct fake_file files[] = {
		{"\\one", "12345", 5},
		{"\\dir\\two", "abc", 3},
		{"\\empty", "", 0},
		{"\\pieces", "abcdefghij", 10, .piece = 4},
		{"\\with space", "Q", 1},
		{"\\bad", "12345", 5, .status = EFI_ERROR_BIT | 7}, /* DEVICE_ERROR */
		{"\\sizeless", "12345", 5, .info_status = EFI_UNSUPPORTED},
		{"\\huge", "", 1ull << 40},
		{"\\around", "", UINT64_MAX - 1},
		{"\\short", "12345", 9, .ends_at = 5},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b;

		fake_start();
		b = fake_boot(&bp, cases[i].cmdline);
		memcpy(fake.files, files, sizeof(files));
		fake_volume_add();
		CHECK_EQ(cases[i].name, efi_initrd(&b, &fault), cases[i].err);
		check_initrd(cases[i].name, &bp, cases[i].want, cases[i].size);
		fake_end();
	}
}

/* A loader that put us into memory itself has no volume; a handover loader no loaded image. */
static void test_no_volume(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};

	fake_start();
	struct efi_boot b = fake_boot(&bp, "initrd=\\one");

	assert_int_equal(efi_initrd(&b, &fault), ERR_INITRD_FILE);
	b.loaded_image = 0;
	assert_int_equal(efi_initrd(&b, &fault), ERR_OK);
	fake_end();
}

/* Below initrd_addr_max; if that has no room, anywhere, but only for a kernel that can. */
static void test_room(void **state)
{
	struct boot_params bp;
	uint64_t pa = 0;

	fake_start();
	struct efi_boot b = fake_boot(&bp, "");

	assert_int_equal(efi_initrd_room(&b, 5, &pa), ERR_OK);
	assert_true(pa && pa < 0x7fffffff);
	assert_int_equal(((const uint8_t *)pa)[0], 0);
	assert_int_equal(((const uint8_t *)pa)[EFI_PAGE_SIZE - 1], 0);
	fake.memory_left = 0;
	assert_int_equal(efi_initrd_room(&b, 5, &pa), ERR_NO_MEMORY);
	fake_end();
}

/* --- the image's own --- */

static void embed(struct efi_boot *b, const char *line, const char *initrd)
{
	static uint8_t image[256];
	struct span text = text_span(line), bytes = text_span(initrd);

	b->stub_pa = (uint64_t)image;
	memcpy(image + 16, text.ptr, text.len + 1);
	memcpy(image + 128, bytes.ptr, bytes.len);
	b->manifest.cmdline_off = text.len ? 16 : 0;
	b->manifest.cmdline_size = (uint32_t)text.len;
	b->manifest.cmdline_crc = crc32c(0, text);
	b->manifest.initrd_off = bytes.len ? 128 : 0;
	b->manifest.initrd_size = (uint32_t)bytes.len;
	b->manifest.initrd_crc = crc32c(0, bytes);
}

static void test_embedded_line(void **state)
{
	static const struct {
		const char *name, *own, *given, *want;
		uint8_t secure;
	} cases[] = {
		{"none", "", "given", "given", EFI_SECURE_BOOT_DISABLED},
		{"none, Secure Boot", "", "given", "given", EFI_SECURE_BOOT_ENABLED},
		{"in front of the loader's", "own line", "given", "own line given",
			EFI_SECURE_BOOT_DISABLED},
		{"alone", "own line", "", "own line", EFI_SECURE_BOOT_DISABLED},
		{"the only one", "own line", "given", "own line", EFI_SECURE_BOOT_ENABLED},
		{"the only one anyway", "own line", "", "own line", EFI_SECURE_BOOT_ENABLED},
		{"the only one if nobody knows", "own line", "given", "own line",
			EFI_SECURE_BOOT_UNKNOWN},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b;

		fake_start();
		b = fake_boot(&bp, cases[i].given);
		bp.secure_boot = cases[i].secure;
		embed(&b, cases[i].own, "");
		CHECK_EQ(cases[i].name, efi_embedded_options(&b, &fault), ERR_OK);
		CHECK_EQ(cases[i].name, b.cmdline.len, strlen(cases[i].want));
		CHECK(cases[i].name, !memcmp(b.cmdline.ptr, cases[i].want, b.cmdline.len));
		CHECK_EQ(cases[i].name, fake_warned != NULL,
			cases[i].given[0] && !strcmp(cases[i].want, "own line"));
		fake_end();
	}
}

static void test_embedded_line_bad(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};

	fake_start();
	struct efi_boot b = fake_boot(&bp, "given");

	bp.secure_boot = EFI_SECURE_BOOT_DISABLED;
	embed(&b, "own line", "");
	bp.hdr.cmdline_size = 13; /* and the two are 14 long */
	assert_int_equal(efi_embedded_options(&b, &fault), ERR_CMDLINE_LONG);
	bp.hdr.cmdline_size = 14;
	b.manifest.cmdline_crc++;
	assert_int_equal(efi_embedded_options(&b, &fault), ERR_CMDLINE_CRC);
	fake_end();
}

static void test_embedded_initrd(void **state)
{
	static const struct {
		const char *name, *own, *given, *want;
		size_t size;
		uint8_t secure;
	} cases[] = {
		{"none", "", "given", "given", 5, EFI_SECURE_BOOT_ENABLED},
		{"neither", "", "", "", 0, EFI_SECURE_BOOT_DISABLED},
		{"alone", "own", "", "own", 3, EFI_SECURE_BOOT_DISABLED},
		{"in front of the loader's", "own", "given", "own\0given", 9,
			EFI_SECURE_BOOT_DISABLED},
		{"no byte between when there need be none", "four", "given", "fourgiven", 9,
			EFI_SECURE_BOOT_DISABLED},
		{"the only one", "own", "given", "own", 3, EFI_SECURE_BOOT_ENABLED},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b;

		fake_start();
		b = fake_boot(&bp, "");
		bp.secure_boot = cases[i].secure;
		embed(&b, "", cases[i].own);
		fake.load_file = (struct fake_load_file){cases[i].given[0] != 0, cases[i].given,
			strlen(cases[i].given)};
		CHECK_EQ(cases[i].name, efi_initrd(&b, &fault), ERR_OK);
		CHECK_EQ(cases[i].name, efi_embedded_initrd(&b, &fault), ERR_OK);
		check_initrd(cases[i].name, &bp, cases[i].want, cases[i].size);
		CHECK_EQ(cases[i].name, fake.pages_out, cases[i].size != 0);
		fake_end();
	}
}

/* Under Secure Boot an image with an initrd of its own does not even load the loader's, but says so. */
static void test_not_loaded(void **state)
{
	static const struct {
		const char *name, *own, *line;
		struct fake_load_file load;
		bool in_boot_params;
		uint8_t secure;
		int asked; /* calls of LoadFile2 */
		bool said;
	} cases[] = {
		{"nobody offers one", "own", "quiet", {0}, false, EFI_SECURE_BOOT_ENABLED, 0, false},
		{"LoadFile2", "own", "", {true, archive, sizeof(archive)}, false,
			EFI_SECURE_BOOT_ENABLED, 1, true},
		{"nobody knows whether Secure Boot is on", "own", "",
			{true, archive, sizeof(archive)}, false, EFI_SECURE_BOOT_UNKNOWN, 1, true},
		{"LoadFile2 without one", "own", "", {true, .size_status = EFI_NOT_FOUND}, false,
			EFI_SECURE_BOOT_ENABLED, 1, false},
		{"LoadFile2 that fails", "own", "", {true, .size_status = EFI_LOAD_ERROR}, false,
			EFI_SECURE_BOOT_ENABLED, 1, true},
		{"initrd=", "own", "initrd=\\one", {0}, false, EFI_SECURE_BOOT_ENABLED, 0, true},
		{"initrd= of what there is not", "own", "initrd=\\none", {0}, false,
			EFI_SECURE_BOOT_ENABLED, 0, true},
		{"boot_params", "own", "", {0}, true, EFI_SECURE_BOOT_ENABLED, 0, true},
		{"no Secure Boot", "own", "", {true, archive, sizeof(archive)}, false,
			EFI_SECURE_BOOT_DISABLED, 2, false},
		{"none of its own", "", "", {true, archive, sizeof(archive)}, false,
			EFI_SECURE_BOOT_ENABLED, 2, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b;

		fake_start();
		b = fake_boot(&bp, cases[i].line);
		bp.secure_boot = cases[i].secure;
		if (cases[i].in_boot_params)
			boot_params_set_initrd(&bp, (uint64_t)archive, sizeof(archive));
		embed(&b, "", cases[i].own);
		fake.load_file = cases[i].load;
		fake.files[0] = (struct fake_file){"\\one", "12345", 5};
		fake_volume_add();
		CHECK_EQ(cases[i].name, efi_initrd(&b, &fault), ERR_OK);
		CHECK_EQ(cases[i].name, fake.load_file.calls, cases[i].asked);
		CHECK_EQ(cases[i].name, fake.pages_out, cases[i].asked == 2);
		CHECK_EQ(cases[i].name, fake_warned != NULL, cases[i].said);
		CHECK_EQ(cases[i].name, efi_embedded_initrd(&b, &fault), ERR_OK);
		if (cases[i].asked < 2)
			check_initrd(cases[i].name, &bp, "own", 3);
		fake_end();
	}
}

static void test_embedded_initrd_bad(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};

	fake_start();
	struct efi_boot b = fake_boot(&bp, "");

	embed(&b, "", "own");
	fake.memory_left = 0;
	assert_int_equal(efi_embedded_initrd(&b, &fault), ERR_NO_MEMORY);
	b.manifest.initrd_crc++;
	assert_int_equal(efi_embedded_initrd(&b, &fault), ERR_INITRD_CRC);
	fake_end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load_file2),
		cmocka_unit_test(test_load_file2_grows),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_no_volume),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_embedded_line),
		cmocka_unit_test(test_embedded_line_bad),
		cmocka_unit_test(test_embedded_initrd),
		cmocka_unit_test(test_not_loaded),
		cmocka_unit_test(test_embedded_initrd_bad),
	};

	return cmocka_run_group_tests_name("efi_initrd", tests, NULL, NULL);
}
