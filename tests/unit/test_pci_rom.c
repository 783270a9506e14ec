/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/pci_rom: sizes that firmware says, and the node as struct pci_setup_rom of Linux has it. */
#include "tests/unit/unit.h"

#include "core/pci_rom.h"

#define MIB 0x100000ull

static void test_sizes(void **state)
{
	static const struct {
		const char *name;
		uint64_t pa, size, want;
	} cases[] = {
		{"no ROM", 0x1000, 0, 0},
		{"nowhere", 0, 512, 0},
		{"one block", 0x1000, 512, 64 + 512},
		{"no multiple of eight", 0x1000, 9, 64 + 16},
		{"one byte", 0x1000, 1, 64 + 8},
		{"the largest", 0x1000, 16 * MIB, 64 + 16 * MIB},
		{"larger than there are", 0x1000, 16 * MIB + 1, 0},
		{"a pointer where the size should be", 0x1000, 0x7e5f4c10, 0},
		{"all bits", 0x1000, UINT64_MAX, 0},
		{"up to the end of all addresses", UINT64_MAX - 512, 512, 64 + 512},
		{"beyond it", UINT64_MAX - 511, 512, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].name, pci_rom_node_size(cases[i].pa, cases[i].size), cases[i].want);
}

static void test_node(void **state)
{
	static const uint8_t bytes[11] = "\x55\xaa-a ROM--";
	static const struct pci_rom rom = {0x8086, 0x100e, {0x11223344, 3, 31, 7}};
	static const uint8_t want[] = {
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, /* next */
		3, 0, 0, 0, 48 + 11, 0, 0, 0, /* type, length */
		0x86, 0x80, 0x0e, 0x10, 0, 0, 0, 0, /* vendor, device */
		11, 0, 0, 0, 0, 0, 0, 0,
		0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
		31, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,
		0x55, 0xaa, '-', 'a', ' ', 'R', 'O', 'M', '-', '-', 0,
		0x5a, /* behind it */
	};
	uint8_t node[sizeof(want)];

	memset(node, 0x5a, sizeof(node));
	pci_rom_node_put(node, 0x0102030405060708, &rom, (struct span){bytes, sizeof(bytes)});
	assert_memory_equal(node, want, sizeof(want));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_node),
	};

	return cmocka_run_group_tests_name("pci_rom", tests, NULL, NULL);
}
