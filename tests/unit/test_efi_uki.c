/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot/efi/uki, extra and variables: what a unified kernel image measures, in which order, and what it
 * leaves in variables and archives, whatever the firmware has and refuses. What the events' bytes are is
 * compared with systemd's stub in tests/boot/test_measured_uki.py.
 */
#include "tests/unit/fake_firmware.h"
#include "boot/lib/phys.h"
#include "core/crc32c.h"
#include "spec/image.h"

#define EVENTS    16
#define TCG2_FAIL (1ull << 63 | 7)

static const uint8_t tcg2_guid[16] = {0x6c, 0x76, 0x7f, 0x60, 0x55, 0x74, 0xbe, 0x42, 0x93, 0x0b, 0xe4,
	0xd7, 0x6d, 0xb2, 0x72, 0x0f};
static const uint8_t path_guid[16] = {0x91, 0x6e, 0x57, 0x09, 0x3f, 0x6d, 0xd2, 0x11, 0x8e, 0x39, 0x00,
	0xa0, 0xc9, 0x69, 0x72, 0x3b};

static struct {
	uint32_t pcr, type;
	uint64_t size;
	char text[32]; /* of an IPL event */
} events[EVENTS];
static size_t event_count;
static uint64_t hash_status;

static EFIAPI uint64_t hash_extend(void *self, uint64_t flags, uint64_t data, uint64_t size, const uint8_t *event)
{
	if (hash_status)
		return hash_status;
	assert_true(event_count < EVENTS && !flags && data);
	events[event_count].pcr = le32_get(event + 10);
	events[event_count].type = le32_get(event + 14);
	events[event_count].size = size;
	for (size_t i = 0; i < 31 && 18 + 2 * i < le32_get(event); i++)
		events[event_count].text[i] = (char)event[18 + 2 * i];
	event_count++;
	return 0;
}

static void *tcg2[] = {NULL, NULL, hash_extend};

/* \EFI\a.efi, on the second partition of a disk */
static const uint8_t file_path[] = "\x04\x04\x1c\0\\\0E\0F\0I\0\\\0a\0.\0e\0f\0i\0\0\0\0\0\x7f\xff\x04";
static const uint8_t device_path[] = "\x04\x01\x2a\0\2\0\0\0\0\x08\0\0\0\0\0\0\0\0\x10\0\0\0\0\0"
	"\x67\x45\x23\x01\xab\x89\xef\xcd\x01\x23\x45\x67\x89\xab\xcd\xef\2\2\x7f\xff\x04";

/*
 * An image as firmware has loaded it: 0x1000 bytes, headers, and sections of 16 bytes from 0x800 on. The
 * stub is at 0x400, as far as anybody asks.
 */
static uint8_t *image;

static void image_make(const char *const *names, size_t count)
{
	uint32_t size = 0x1000;

	image = calloc(1, size);
	memcpy(image, "MZ", 2);
	le32_put(image + 0x3c, 0x40);
	memcpy(image + 0x40, "PE\0\0", 4);
	le16_put(image + 0x46, (uint16_t)count);
	le16_put(image + 0x54, 240);
	le16_put(image + 0x58, 0x20b);
	le32_put(image + 0x90, size);
	le32_put(image + 0x94, 0x400);
	le32_put(image + 0xc4, 16);
	for (size_t i = 0; i < count; i++) {
		uint8_t *s = image + 0x148 + 40 * i;

		memcpy(s, names[i], strnlen(names[i], 8));
		le32_put(s + 8, 16);
		le32_put(s + 12, 0x800 + 0x20 * (uint32_t)i);
	}
	le64_put(fake_loaded_image + 0x20, (uint64_t)file_path);
	le64_put(fake_loaded_image + 0x40, (uint64_t)image);
	le64_put(fake_loaded_image + 0x48, size);
}

static const char *const sections[] = {".text", ".osrel", ".sbat", ".pcrpkey", ".pcrsig", ".cmdline", ".ucode",
	".initrd", ".linux"};

static struct efi_boot start(struct boot_params *bp)
{
	struct efi_guid guid;

	fake_start();
	event_count = 0;
	hash_status = 0;
	memcpy(&guid, path_guid, 16);
	fake_protocol_add(FAKE_VOLUME, guid, (void *)device_path);
	memcpy(&guid, tcg2_guid, 16);
	fake_protocol_add(0x2000, guid, tcg2);
	image_make(sections, COUNT(sections));
	struct efi_boot b = fake_boot(bp, "");

	b.loaded_image = (uint64_t)fake_loaded_image;
	b.stub_pa = (uint64_t)image + 0x400;
	b.manifest.flags = MANIFEST_FLAG_UKI;
	return b;
}

static void end(void)
{
	free(image);
	efi_memory_release();
	fake_end();
}

static void check_text(const char *name, const char *want)
{
	const struct fake_variable *v = fake_variable(name);

	if (!want) {
		CHECK(name, !v);
		return;
	}
	CHECK(name, v != NULL);
	CHECK_EQ(name, v->attributes, 6); /* BOOTSERVICE_ACCESS | RUNTIME_ACCESS, not NON_VOLATILE */
	CHECK_EQ(name, v->size, 2 * (strlen(want) + 1));
	for (size_t i = 0; i <= strlen(want); i++)
		CHECK_EQ(name, le16_get(v->data + 2 * i), want[i]);
}

/* The order is not that of the file; what has no place in it is not measured. */
static void test_sections(void **state)
{
	static const char *const order[] = {".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".pcrpkey"};
	struct boot_params bp;
	struct efi_boot b = start(&bp);

	efi_uki_open(&b);
	assert_true(b.is_uki);
	assert_int_equal(event_count, 2 * COUNT(order));
	for (size_t i = 0; i < event_count; i++) {
		assert_int_equal(events[i].pcr, 11);
		assert_int_equal(events[i].type, 13);
		assert_string_equal(events[i].text, order[i / 2]);
		assert_int_equal(events[i].size, i % 2 ? 16 : strlen(order[i / 2]) + 1);
	}
	check_text("StubPcrKernelImage", "11");
	check_text("LoaderDevicePartUUID", "01234567-89ab-cdef-0123-456789abcdef");
	check_text("LoaderImageIdentifier", "\\EFI\\a.efi");
	check_text("StubInfo", "bzforge " BZFORGE_VERSION);
	assert_int_equal(le64_get(fake_variable("StubFeatures")->data), 0xf);
	end();
}

static void test_not_measured(void **state)
{
	struct boot_params bp;
	struct efi_boot b = start(&bp);

	hash_status = TCG2_FAIL;
	efi_uki_open(&b);
	assert_true(b.is_uki);
	check_text("StubPcrKernelImage", NULL);
	check_text("StubInfo", "bzforge " BZFORGE_VERSION);
	end();
}

/* What makes an image no UKI, or one that nobody can see as a whole. */
static void test_no_uki(void **state)
{
	static const char *const cases[] = {"another image", "handover", "no image", "a damaged header"};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct efi_boot b = start(&bp);

		if (i == 0)
			b.manifest.flags = 0;
		if (i == 1)
			b.stub_pa = (uint64_t)image + 0x1000;
		if (i == 2)
			b.loaded_image = 0;
		if (i == 3)
			le32_put(image + 0x148 + 8, 0x1001);
		efi_uki_open(&b);
		efi_uki_line(&b);
		efi_uki_extra(&b);
		efi_uki_linux(&b);
		CHECK(cases[i], !b.is_uki && !fake.variables[0].name);
		CHECK_EQ(cases[i], event_count, 0);
		end();
	}
}

/* A boot menu's words stay, the stub's own are new. */
static void test_variables_there(void **state)
{
	static const struct efi_guid loader = LOADER_GUID;
	struct boot_params bp;
	struct efi_boot b = start(&bp);
	static const char *const names[] = {"LoaderDevicePartUUID", "LoaderImageIdentifier", "StubInfo"};

	for (size_t i = 0; i < COUNT(names); i++)
		fake.variables[i] = (struct fake_variable){.name = names[i], .vendor = loader, .size = 4,
			.data = "x\0\0", .attributes = 6};
	efi_uki_open(&b);
	check_text("LoaderDevicePartUUID", "x");
	check_text("LoaderImageIdentifier", "x");
	check_text("StubInfo", "bzforge " BZFORGE_VERSION);
	end();
}

static void test_line(void **state)
{
	static const struct {
		const char *name;
		bool replaced;
		uint64_t status;
		size_t events;
		const char *variable;
	} cases[] = {
		{"replaced", true, 0, 1, "12"},
		{"not replaced: all there was is measured", false, 0, 0, "12"},
		{"replaced, and not measured", true, TCG2_FAIL, 0, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct efi_boot b = start(&bp);

		efi_uki_open(&b);
		event_count = 0;
		hash_status = cases[i].status;
		b.cmdline = text_span("a \xc3\xa9");
		b.line_replaced = cases[i].replaced;
		efi_uki_line(&b);
		efi_uki_extra(&b);
		CHECK_EQ(cases[i].name, event_count, cases[i].events);
		if (event_count) {
			CHECK_EQ(cases[i].name, events[0].pcr, 12);
			CHECK_EQ(cases[i].name, events[0].size, 8); /* three characters and a NUL */
			CHECK(cases[i].name, !strcmp(events[0].text, "a \xe9"));
		}
		check_text("StubPcrKernelParameters", cases[i].variable);
		end();
	}
}

/* Files beside the image, in the order of their kinds, and the archives of two sections. */
static void test_extra(void **state)
{
	static const struct {
		uint32_t pcr;
		const char *text;
	} want[] = {{12, "Credentials initrd"}, {12, "Global credentials initrd"}, {13, "System extension initrd"}};
	struct boot_params bp;
	struct efi_boot b = start(&bp);

	fake.files[0] = (struct fake_file){.path = "\\EFI\\a.efi.extra.d\\s.raw", .data = "sysext", .size = 6};
	fake.files[1] = (struct fake_file){.path = "\\EFI\\a.efi.extra.d\\c.cred", .data = "secret", .size = 6};
	fake.files[2] = (struct fake_file){.path = "\\loader\\credentials\\g.cred", .data = "all", .size = 3};
	fake.files[3] = (struct fake_file){.path = "\\EFI\\a.efi.extra.d\\b.cred", .size = 6, .status = TCG2_FAIL};
	fake_volume_add();
	efi_uki_open(&b);
	event_count = 0;
	efi_uki_line(&b);
	efi_uki_extra(&b);
	assert_int_equal(event_count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_int_equal(events[i].pcr, want[i].pcr);
		assert_string_equal(events[i].text, want[i].text);
		assert_int_equal(events[i].size, b.extra[i].size);
	}
	/* the file that could not be read is not there, the next one is; and that was said */
	assert_non_null(memmem((void *)b.extra[EXTRA_CREDENTIALS].pa, b.extra[EXTRA_CREDENTIALS].size,
		".extra/credentials/c.cred\0", 26));
	assert_null(memmem((void *)b.extra[EXTRA_CREDENTIALS].pa, b.extra[EXTRA_CREDENTIALS].size, "b.cred", 6));
	assert_non_null(fake_warned);
	assert_non_null(memmem((void *)b.extra[EXTRA_PCRSIG].pa, b.extra[EXTRA_PCRSIG].size,
		".extra/tpm2-pcr-signature.json", 30));
	assert_non_null(memmem((void *)b.extra[EXTRA_PCRPKEY].pa, b.extra[EXTRA_PCRPKEY].size,
		".extra/tpm2-pcr-public-key.pem", 30));
	check_text("StubPcrKernelParameters", "12");
	check_text("StubPcrInitRDSysExts", "13");
	end();
}

/* Parts of the initrd, each at a multiple of four: ours, the loader's, what lies beside. */
static void test_initrd(void **state)
{
	struct boot_params bp;
	struct efi_boot b = start(&bp);
	struct fault fault = {0};

	memcpy(image + 0x440, "embed", 5);
	b.manifest.initrd_off = 0x40;
	b.manifest.initrd_size = 5;
	b.manifest.initrd_crc = crc32c(0, text_span("embed"));
	bp.secure_boot = EFI_SECURE_BOOT_DISABLED;
	bp.hdr.initrd_addr_max = UINT32_MAX;
	uint64_t pa;

	assert_int_equal(efi_memory_below(3, UINT32_MAX, EFI_LOADER_DATA, &pa), ERR_OK);
	memcpy((void *)pa, "two", 3);
	bp.hdr.ramdisk_image = (uint32_t)pa;
	bp.hdr.ramdisk_size = 3;
	efi_uki_open(&b);
	efi_uki_line(&b);
	efi_uki_extra(&b);
	uint64_t total = 12 + b.extra[EXTRA_PCRSIG].size + b.extra[EXTRA_PCRPKEY].size;

	assert_int_equal(efi_embedded_initrd(&b, &fault), ERR_OK);
	assert_int_equal(bp.hdr.ramdisk_size, total);
	assert_memory_equal((void *)(uint64_t)bp.hdr.ramdisk_image, "embed\0\0\0two\0" "070701", 18);
	event_count = 0;
	efi_uki_linux(&b);
	assert_int_equal(event_count, 1); /* there is no line */
	assert_int_equal(events[0].pcr, 9);
	assert_int_equal(events[0].type, 6);
	assert_int_equal(events[0].size, total);
	end();
}

/* Without memory there are no archives, and a boot all the same. */
static void test_no_memory(void **state)
{
	struct boot_params bp;
	struct efi_boot b = start(&bp);

	fake.files[0] = (struct fake_file){.path = "\\EFI\\a.efi.extra.d\\c.cred", .data = "secret", .size = 6};
	fake_volume_add();
	efi_uki_open(&b);
	efi_uki_line(&b);
	fake.memory_left = 0;
	efi_uki_extra(&b);
	for (size_t i = 0; i < EXTRA_KINDS; i++)
		assert_int_equal(b.extra[i].size, 0);
	check_text("StubPcrKernelParameters", NULL);
	end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_not_measured),
		cmocka_unit_test(test_no_uki),
		cmocka_unit_test(test_variables_there),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_extra),
		cmocka_unit_test(test_initrd),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests_name("efi_uki", tests, NULL, NULL);
}
