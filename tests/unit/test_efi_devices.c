/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/given, apple: what is in setup_data, and what firmware is told; a fake firmware. */
#include "tests/unit/fake_firmware.h"

#define HANDLE 0x4000
#define KEPT   0x7000 /* setup_data that was there before */

/* --- what a loader has hung on boot_params --- */

static void test_given(void **state)
{
	struct node {
		uint64_t next;
		uint32_t type, len;
		uint8_t data[24];
	} nodes[3] = {{(uint64_t)&nodes[1], 4711, 24}, {(uint64_t)&nodes[2], 3, 8}, {0, 0, 0}};
	struct boot_params bp = {0};
	struct fault fault = {0};

	assert_int_equal(efi_given_check(&bp, &fault), ERR_OK);
	bp.hdr.setup_data = (uint64_t)nodes;
	assert_int_equal(efi_given_check(&bp, &fault), ERR_OK);
	nodes[2].next = (uint64_t)&nodes[1];
	assert_int_equal(efi_given_check(&bp, &fault), ERR_BAD_SETUP_DATA);
	assert_string_equal(fault.text, "list without end");
	nodes[2].next = 0;
	nodes[1].type = 0x80000000; /* indirect, and too short for that */
	assert_int_equal(efi_given_check(&bp, &fault), ERR_BAD_SETUP_DATA);
}

/* --- Apple --- */

static const uint16_t apple[] = {'A', 'p', 'p', 'l', 'e', 0};
static const uint16_t apple_inc[] = {'A', 'p', 'p', 'l', 'e', ' ', 0};
static const uint16_t edk[] = {'E', 'D', 'K', 0};
static const char property_bytes[100] = "properties of devices";

static struct {
	uint64_t version;
	void *functions[4];
	uint64_t size, grows; /* by so much each time that it is asked */
	uint64_t status;
} properties;

static uint64_t EFIAPI get_all(void *this, void *buf, uint32_t *size)
{
	uint32_t room = *size;

	fake_used(false);
	if (this != &properties)
		fake_misuse("another one's properties");
	*size = (uint32_t)properties.size;
	properties.size += properties.grows;
	if (!buf || room < *size)
		return EFI_BUFFER_TOO_SMALL;
	if (properties.status)
		return properties.status;
	memcpy(buf, property_bytes, *size);
	return EFI_SUCCESS;
}

/* The entry point of a table with one structure: the system's name. */
static const uint8_t *smbios_make(const char *product)
{
	static uint8_t table[64], entry[0x18];
	uint8_t sum = 0;

	memset(table, 0, sizeof(table));
	memcpy(table, "\1\6\0\0\1\2M", 7);
	snprintf((char *)table + 8, 32, "%s", product);
	memset(entry, 0, sizeof(entry));
	memcpy(entry, "_SM3_\0\x18", 7);
	le32_put(entry + 0x0c, sizeof(table));
	le64_put(entry + 0x10, (uint64_t)table);
	for (size_t i = 0; i < sizeof(entry); i++)
		sum = (uint8_t)(sum + entry[i]);
	entry[5] = (uint8_t)-sum;
	return entry;
}

static void test_properties(void **state)
{
	static const struct {
		const char *name;
		const uint16_t *vendor;
		uint64_t version, size, grows, status, memory;
		bool node, warned;
	} cases[] = {
		{"Apple's", apple, 0x10000, 50, 0, 0, 1 << 20, true, false},
		{"another vendor", edk, 0x10000, 50, 0, 0, 1 << 20, false, false},
		{"a longer name", apple_inc, 0x10000, 50, 0, 0, 1 << 20, false, false},
		{"no vendor at all", NULL, 0x10000, 50, 0, 0, 1 << 20, false, false},
		{"another version", apple, 0x20000, 50, 0, 0, 1 << 20, false, true},
		{"no properties", apple, 0x10000, 0, 0, 0, 1 << 20, false, false},
		{"they grow and grow", apple, 0x10000, 50, 1, 0, 1 << 20, false, true},
		{"too many", apple, 0x10000, 0xffffffff, 0, 0, 1 << 20, false, true},
		{"they cannot be read", apple, 0x10000, 50, 0, EFI_UNSUPPORTED, 1 << 20, false, true},
		{"no memory", apple, 0x10000, 50, 0, 0, 0, false, true},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		struct boot_params bp = {.hdr.setup_data = KEPT};

		fake_start();
		fake.memory_left = cases[i].memory;
		fake_vendor_set(cases[i].vendor);
		properties.version = cases[i].version;
		properties.functions[3] = get_all;
		properties.size = cases[i].size;
		properties.grows = cases[i].grows;
		properties.status = cases[i].status;
		fake_protocol_add(HANDLE, APPLE_PROPERTIES_GUID, &properties);
		fake_table_add(EFI_SMBIOS3_GUID, (void *)smbios_make("MacBookAir7,2"));
		efi_apple(&bp);

		const uint8_t *node = (const uint8_t *)bp.hdr.setup_data;

		if (cases[i].node) {
			CHECK_EQ(name, le64_get(node), KEPT);
			CHECK_EQ(name, le32_get(node + 8), 5); /* SETUP_APPLE_PROPERTIES */
			CHECK_EQ(name, le32_get(node + 12), cases[i].size);
			CHECK(name, !memcmp(node + 16, property_bytes, cases[i].size));
		} else {
			CHECK_EQ(name, bp.hdr.setup_data, KEPT);
		}
		CHECK_EQ(name, fake.pages_out, cases[i].node);
		fake_end();
	}
}

static char told_vendor[32], told_version[32];
static uint64_t told_status;

static uint64_t EFIAPI set_os_version(const char *text)
{
	snprintf(told_version, sizeof(told_version), "%s", text);
	return told_status;
}

static uint64_t EFIAPI set_os_vendor(const char *text)
{
	snprintf(told_vendor, sizeof(told_vendor), "%s", text);
	return told_status;
}

static struct {
	uint64_t version;
	void *functions[2];
} set_os = {2, {set_os_version, set_os_vendor}};

static void test_set_os(void **state)
{
	static const struct {
		const char *name;
		const uint16_t *vendor;
		const char *product; /* NULL: no SMBIOS */
		uint64_t version, status;
		const char *want_vendor, *want_version;
		bool warned;
	} cases[] = {
		{"two GPUs", apple, "MacBookPro11,3", 2, 0, "Apple Inc.", "Mac OS X 10.9", false},
		{"the last of the list", apple, "MacBookPro16,4", 2, 0, "Apple Inc.", "Mac OS X 10.9",
			false},
		{"an older version", apple, "MacBookPro11,5", 1, 0, "", "Mac OS X 10.9", false},
		{"version 0", apple, "MacBookPro11,5", 0, 0, "", "", false},
		{"it fails", apple, "MacBookPro11,5", 2, EFI_UNSUPPORTED, "Apple Inc.", "", true},
		{"one GPU", apple, "MacBookPro11,4", 2, 0, "", "", false},
		{"a name that only begins so", apple, "MacBookPro11,33", 2, 0, "", "", false},
		{"a shorter name", apple, "MacBookPro11,", 2, 0, "", "", false},
		{"no SMBIOS", apple, NULL, 2, 0, "", "", true},
		{"another vendor", edk, "MacBookPro11,3", 2, 0, "", "", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp = {0};

		told_vendor[0] = told_version[0] = 0;
		told_status = cases[i].status;
		set_os.version = cases[i].version;
		fake_start();
		fake_vendor_set(cases[i].vendor);
		fake_protocol_add(HANDLE, APPLE_SET_OS_GUID, &set_os);
		if (cases[i].product)
			fake_table_add(EFI_SMBIOS3_GUID, (void *)smbios_make(cases[i].product));
		efi_apple(&bp);
		assert_string_equal(told_vendor, cases[i].want_vendor);
		assert_string_equal(told_version, cases[i].want_version);
		CHECK(cases[i].name, !fake_warned == !cases[i].warned);
		fake_end();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_set_os),
	};

	return cmocka_run_group_tests_name("efi_devices", tests, NULL, NULL);
}
