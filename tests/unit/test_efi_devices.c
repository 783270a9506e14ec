/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/pci_rom and apple: what goes to setup_data, and what firmware is told; a fake firmware. */
#include "tests/unit/fake_firmware.h"

#define HANDLE 0x4000
#define KEPT   0x7000 /* setup_data that was there before */

/* --- option ROMs --- */

/* EFI_PCI_IO_PROTOCOL [14.4.2], and what its functions answer. */
struct card {
	void *functions[18];
	uint64_t rom_size;
	const void *rom;
	uint16_t ids[2];
	uint64_t location[4];
	uint64_t read_status, location_status;
};

static uint64_t EFIAPI config_read(struct card *this, uint64_t width, uint32_t at, uint64_t count,
	uint16_t *ret)
{
	fake_used(false);
	if (width != 1 || count != 1 || at > 2 || at % 2)
		fake_misuse("Pci.Read of something else");
	else if (!this->read_status)
		*ret = this->ids[at / 2];
	return this->read_status;
}

static uint64_t EFIAPI get_location(struct card *this, uint64_t *segment, uint64_t *bus,
	uint64_t *device, uint64_t *function)
{
	fake_used(false);
	if (!this->location_status) {
		*segment = this->location[0];
		*bus = this->location[1];
		*device = this->location[2];
		*function = this->location[3];
	}
	return this->location_status;
}

static const char rom[] = "\x55\xaa ROM";
static const char other_rom[] = "\x55\xaa another";

#define CARD(rom_, size_, ...)                                                                     \
	{.functions = {[6] = config_read, [14] = get_location}, .rom_size = (size_), .rom = (rom_), \
		.ids = {0x1af4, 0x1000}, __VA_ARGS__}

static struct card cards[] = {
	CARD(rom, sizeof(rom), .location = {0, 1, 2, 3}),
	CARD(NULL, 0),
	CARD(other_rom, sizeof(other_rom), .location = {0x10000, 0xff, 31, 7}),
	CARD(NULL, 512),
	CARD(rom, 0x1000001),
	CARD(rom, UINT64_MAX),
	CARD(rom, sizeof(rom), .read_status = EFI_UNSUPPORTED),
	CARD(rom, sizeof(rom), .location_status = EFI_UNSUPPORTED),
};

static void test_roms(void **state)
{
	static const struct {
		const char *name;
		int cards[4]; /* -1: no more */
		uint64_t memory;
		int nodes[3]; /* cards of which there are nodes, in the list's order */
	} cases[] = {
		{"no devices", {-1}, 1 << 20, {-1}},
		{"a card with a ROM", {0, -1}, 1 << 20, {0, -1}},
		{"only ones without", {1, 3, -1}, 1 << 20, {-1}},
		{"two ROMs", {0, 1, 2, -1}, 1 << 20, {2, 0, -1}},
		{"sizes that there cannot be", {4, 0, 5, -1}, 1 << 20, {0, -1}},
		{"one that does not say what it is", {6, 2, -1}, 1 << 20, {2, -1}},
		{"one that does not say where it is", {7, 2, -1}, 1 << 20, {2, -1}},
		{"no memory for handles", {0, -1}, 0, {-1}},
		{"no memory for ROMs", {0, 2, -1}, 4096, {-1}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		struct boot_params bp = {.hdr.setup_data = KEPT};
		size_t n;

		fake_start();
		fake.memory_left = cases[i].memory;
		for (n = 0; cases[i].cards[n] >= 0; n++)
			fake_protocol_add(HANDLE + n, EFI_PCI_IO_GUID, &cards[cases[i].cards[n]]);
		efi_pci_roms(&bp);

		uint64_t pa = bp.hdr.setup_data;

		for (n = 0; cases[i].nodes[n] >= 0; n++) {
			const struct card *c = &cards[cases[i].nodes[n]];
			const uint8_t *node = (const uint8_t *)pa;

			CHECK(name, pa != KEPT && pa % 8 == 0);
			CHECK_EQ(name, le32_get(node + 8), 3); /* SETUP_PCI */
			CHECK_EQ(name, le32_get(node + 12), 48 + c->rom_size);
			CHECK_EQ(name, le32_get(node + 16), 0x10001af4);
			CHECK_EQ(name, le64_get(node + 24), c->rom_size);
			CHECK(name, !memcmp(node + 32, c->location, 32));
			CHECK(name, !memcmp(node + 64, c->rom, c->rom_size));
			pa = le64_get(node);
		}
		CHECK_EQ(name, pa, KEPT);
		CHECK(name, !fake_warned == (cases[i].memory != 4096));
		fake_end();
	}
}

/* Firmware whose ROM has grown between the questions. */
static uint64_t EFIAPI grow(struct card *this, uint64_t width, uint32_t at, uint64_t count, uint16_t *ret)
{
	this[1].rom_size = 0x100000;
	return config_read(this, width, at, count, ret);
}

static void test_grown(void **state)
{
	struct card pair[2] = {CARD(rom, sizeof(rom)), CARD(rom, sizeof(rom))};
	struct boot_params bp = {.hdr.setup_data = KEPT};

	pair[0].functions[6] = grow;
	fake_start();
	fake_protocol_add(HANDLE, EFI_PCI_IO_GUID, &pair[0]);
	fake_protocol_add(HANDLE + 1, EFI_PCI_IO_GUID, &pair[1]);
	efi_pci_roms(&bp);
	assert_int_equal(le64_get((const uint8_t *)bp.hdr.setup_data), KEPT);
	assert_int_equal(fake.pages_out, 1);
	fake_end();
}

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
		cmocka_unit_test(test_roms),
		cmocka_unit_test(test_grown),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_set_os),
	};

	return cmocka_run_group_tests_name("efi_devices", tests, NULL, NULL);
}
