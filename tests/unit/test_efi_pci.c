/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/pci_rom: option ROMs to setup_data; pci_dma: bridges that let nothing through. A fake firmware. */
#include "tests/unit/fake_firmware.h"

#define HANDLE 0x4000
#define KEPT   0x7000 /* setup_data that was there before */

/* --- option ROMs --- */

/* EFI_PCI_IO_PROTOCOL [14.4.2], and what its functions answer. */
struct card {
	void *functions[18];
	uint64_t rom_size;
	const void *rom;
	uint16_t config[6]; /* vendor, device, command, status, revision and so on, class */
	uint64_t location[4];
	uint64_t read_status, write_status, location_status;
};

#define COMMAND 2
#define CLASS   5

static uint64_t EFIAPI config_read(struct card *this, uint64_t width, uint32_t at, uint64_t count,
	uint16_t *ret)
{
	fake_used(false);
	if (width != 1 || count != 1 || at / 2 >= COUNT(this->config) || at % 2)
		fake_misuse("Pci.Read of something else");
	else if (!this->read_status)
		*ret = this->config[at / 2];
	return this->read_status;
}

static uint64_t EFIAPI config_write(struct card *this, uint64_t width, uint32_t at, uint64_t count,
	const uint16_t *value)
{
	fake_used(false);
	if (width != 1 || count != 1 || at != 2 * COMMAND)
		fake_misuse("Pci.Write of something else");
	else if (!this->write_status)
		this->config[COMMAND] = *value;
	return this->write_status;
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
		.config = {0x1af4, 0x1000}, __VA_ARGS__}

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

/* --- devices that may not reach memory any more --- */

#define DEVICE(bus, class, command, ...)                                                           \
	{.functions = {[6] = config_read, [7] = config_write, [14] = get_location},                \
		.config = {[COMMAND] = (command), [CLASS] = (class)}, .location = {0, (bus), 3, 0}, \
		__VA_ARGS__}
#define BRIDGE    0x0604
#define DISK      0x0108
#define VGA       0x0300
#define DISPLAY   0x0380
#define ISA       0x0601

static void test_bridges(void **state)
{
	static const struct {
		const char *name, *cmdline;
		struct card card;
		bool disconnected;
		uint16_t command; /* afterwards */
		bool warned;
	} cases[] = {
		{"not asked for", "efi=debug", DEVICE(1, DISK, 7), false, 7, false},
		{"nor this bridge", "", DEVICE(0, BRIDGE, 7), false, 7, false},
		{"taken back", "efi=disable_early_pci_dma efi=no_disable_early_pci_dma",
			DEVICE(0, BRIDGE, 7), false, 7, false},
		{"a bridge on a root bus", "efi=disable_early_pci_dma", DEVICE(0, BRIDGE, 0x107), false,
			0x103, false},
		{"one behind a bridge", "efi=debug,disable_early_pci_dma", DEVICE(2, BRIDGE, 7), true, 3,
			false},
		{"one that is shut", "efi=disable_early_pci_dma", DEVICE(0, BRIDGE, 3,
			.write_status = EFI_UNSUPPORTED), false, 3, false},
		{"one that stays open", "efi=disable_early_pci_dma", DEVICE(0, BRIDGE, 7,
			.write_status = EFI_UNSUPPORTED), false, 7, true},
		{"one that says nothing", "efi=disable_early_pci_dma", DEVICE(1, BRIDGE, 7,
			.read_status = EFI_UNSUPPORTED), false, 7, false},
		{"a disk behind a bridge", "efi=disable_early_pci_dma", DEVICE(1, DISK, 7), true, 7,
			false},
		{"a disk on a root bus", "efi=disable_early_pci_dma", DEVICE(0, DISK, 7), false, 7,
			false},
		{"a disk that is nowhere", "efi=disable_early_pci_dma", DEVICE(1, DISK, 7,
			.location_status = EFI_UNSUPPORTED), false, 7, false},
		{"a screen behind a bridge", "efi=disable_early_pci_dma", DEVICE(1, VGA, 7), false, 7,
			false},
		{"another screen", "efi=disable_early_pci_dma", DEVICE(1, DISPLAY, 7), false, 7, false},
		{"a bridge to something else", "efi=disable_early_pci_dma", DEVICE(0, ISA, 7), false, 7,
			false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		struct card card = cases[i].card;

		fake_start();
		fake_protocol_add(HANDLE, EFI_PCI_IO_GUID, &card);
		efi_pci_dma_stop(text_span(cases[i].cmdline));
		CHECK_EQ(name, fake.disconnected_count, cases[i].disconnected);
		CHECK(name, !cases[i].disconnected || fake.disconnected[0] == HANDLE);
		CHECK_EQ(name, card.config[COMMAND], cases[i].command);
		CHECK(name, !fake_warned == !cases[i].warned);
		fake_end();
	}
}

/* Drivers are gone before the first bridge is shut: one of them would wait for its device. */
static struct card order[2];
static size_t gone_at_write;

static uint64_t EFIAPI shut(struct card *this, uint64_t width, uint32_t at, uint64_t count,
	const uint16_t *value)
{
	gone_at_write = fake.disconnected_count;
	return config_write(this, width, at, count, value);
}

static void test_drivers_first(void **state)
{
	order[0] = (struct card)DEVICE(0, BRIDGE, 7);
	order[1] = (struct card)DEVICE(1, DISK, 7);
	order[0].functions[7] = shut;
	fake_start();
	fake_protocol_add(HANDLE, EFI_PCI_IO_GUID, &order[0]);
	fake_protocol_add(HANDLE + 1, EFI_PCI_IO_GUID, &order[1]);
	efi_pci_dma_stop(text_span("efi=disable_early_pci_dma"));
	assert_int_equal(gone_at_write, 1);
	assert_int_equal(order[0].config[COMMAND], 3);
	fake_end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roms),
		cmocka_unit_test(test_grown),
		cmocka_unit_test(test_bridges),
		cmocka_unit_test(test_drivers_first),
	};

	return cmocka_run_group_tests_name("efi_pci", tests, NULL, NULL);
}
