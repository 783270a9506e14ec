/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/memory and leave: pages, the memory map, ExitBootServices; against a fake firmware. */
#include "tests/unit/fake_firmware.h"

static void test_pages(void **state)
{
	uint64_t pa[3];

	fake_start();
	for (size_t i = 0; i < COUNT(pa); i++) {
		assert_int_equal(efi_memory_below(4097, UINT32_MAX, EFI_LOADER_DATA, &pa[i]), ERR_OK);
		assert_true(pa[i] + 8192 <= 1ull << 32);
		for (size_t at = 0; at < 8192; at++)
			assert_int_equal(((const uint8_t *)pa[i])[at], 0);
	}
	assert_int_equal(fake.pages_out, 6);
	efi_memory_free(pa[1]);
	efi_memory_free(pa[1]); /* no longer ours */
	efi_memory_free(0);
	assert_int_equal(fake.pages_out, 4);
	efi_memory_release();
	assert_int_equal(fake.pages_out, 0);
	fake_end();
}

static void test_pages_refused(void **state)
{
	uint64_t pa = 1;
	size_t count = 0;

	fake_start();
	fake.memory_left = 4096;
	assert_int_equal(efi_memory_below(4097, UINT32_MAX, EFI_LOADER_DATA, &pa), ERR_NO_MEMORY);
	assert_int_equal(efi_memory_below(UINT64_MAX, UINT64_MAX, EFI_LOADER_DATA, &pa),
		ERR_NO_MEMORY);
	assert_int_equal(efi_memory_at((struct range){0x1000000, 0x2000000}, EFI_LOADER_DATA),
		ERR_ADDRESS_TAKEN);
	assert_int_equal(pa, 1);
	/* More than can be remembered are not taken. */
	fake.memory_left = 1 << 24;
	while (!efi_memory_below(1, UINT32_MAX, EFI_LOADER_DATA, &pa))
		count++;
	assert_int_equal(count, 64);
	assert_int_equal(fake.pages_out, 64);
	fake_end();
}

static void test_leave(void **state)
{
	static const struct {
		const char *name;
		size_t entries; /* descriptors, each of another type than the one before */
		int refused;
		size_t growth;
		uint64_t memory;
		enum err err;
		int exits;
	} cases[] = {
		{"at once", 7, 0, 0, 1 << 20, ERR_OK, 1},
		{"the map had changed", 7, 1, 3, 1 << 20, ERR_OK, 2},
		{"it had changed three times", 7, 3, 3, 1 << 20, ERR_OK, 4},
		{"it changes all the time", 7, 9, 1, 1 << 20, ERR_FIRMWARE, 4},
		{"it grew by all that there is room for", 7, 1, 64, 1 << 20, ERR_OK, 2},
		{"it grew by more", 7, 1, 65, 1 << 20, ERR_NO_MEMORY_MAP, 1},
		{"just as many as boot_params takes", 128, 0, 0, 1 << 20, ERR_OK, 1},
		{"one more", 129, 0, 0, 1 << 20, ERR_OK, 1},
		{"grown beyond boot_params", 120, 1, 20, 1 << 20, ERR_OK, 2},
		{"many", 400, 0, 0, 1 << 20, ERR_OK, 1},
		{"no memory for the map", 7, 0, 0, 0, ERR_NO_MEMORY, 0},
		{"no memory for the other map", 7, 0, 0, 4096, ERR_NO_MEMORY, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		size_t count = cases[i].entries, extra;
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b;

		fake_start();
		b = fake_boot(&bp, "");
		bp.hdr.setup_data = 0x1234;
		fake.map_entries = count;
		fake.exits_refused = cases[i].refused;
		fake.exit_growth = cases[i].growth;
		fake.memory_left = cases[i].memory;
		CHECK_EQ(name, efi_leave(&b, &fault), cases[i].err);
		CHECK_EQ(name, fake.exits, cases[i].exits);
		CHECK_EQ(name, efi_alive(), cases[i].err != ERR_OK);
		CHECK_EQ(name, fake.gone, cases[i].err == ERR_OK);
		if (cases[i].err) {
			CHECK(name, fault.text);
			continue; /* memory cannot be given back once leaving was tried */
		}
		CHECK_EQ(name, efi_leave_map(&b, &fault), ERR_OK);
		count += (size_t)cases[i].refused * cases[i].growth;
		extra = count > BP_E820_MAX ? count - BP_E820_MAX : 0;
		CHECK_EQ(name, bp.e820_entries, count - extra);
		for (size_t e = 0; e < count - extra; e++) {
			CHECK_EQ(name, bp.e820_table[e].addr, e * 4096);
			CHECK_EQ(name, bp.e820_table[e].size, 4096);
			CHECK_EQ(name, bp.e820_table[e].type, e % 2 ? 2 : 1);
		}
		CHECK_EQ(name, bp.hdr.setup_data == 0x1234, extra == 0);
		if (extra) { /* a setup_data node of type 1, SETUP_E820_EXT [boot.rst] */
			const uint8_t *node = (const uint8_t *)bp.hdr.setup_data;

			CHECK_EQ(name, le64_get(node), 0x1234);
			CHECK_EQ(name, le32_get(node + 8), 1);
			CHECK_EQ(name, le32_get(node + 12), extra * 20);
			CHECK_EQ(name, le64_get(node + 16), 128 * 4096);
			CHECK_EQ(name, le64_get(node + 16 + (extra - 1) * 20), (count - 1) * 4096);
		}
		CHECK_EQ(name, bp.efi_info.efi_loader_signature, 0x34364c45); /* EL64 */
		CHECK_EQ(name, bp.efi_info.efi_systab | (uint64_t)bp.efi_info.efi_systab_hi << 32,
			efi_system_table());
		CHECK_EQ(name, bp.efi_info.efi_memdesc_size, 48);
		CHECK_EQ(name, bp.efi_info.efi_memdesc_version, 1);
		CHECK_EQ(name, bp.efi_info.efi_memmap_size, count * 48);
		CHECK_EQ(name, le64_get((const uint8_t *)(uint64_t)bp.efi_info.efi_memmap + 48 +
			EFI_MD_PHYSICAL_START), 4096);
		fake_end();
	}
}

/* Memory for a special purpose (EFI_MEMORY_SP, 0x40000) is kept apart, unless the user says not to. */
static void test_soft_reserved(void **state)
{
	static const struct {
		const char *cmdline;
		uint32_t type;
	} cases[] = {
		{"", 0xefffffff},
		{"efi=debug", 0xefffffff},
		{"efi=nosoftreserve", 1},
		{"quiet efi=debug,nosoftreserve", 1},
		{"efi=nosoftreserve efi=debug", 1},
		{"efi=nosoftreserved nosoftreserve xefi=nosoftreserve", 0xefffffff},
		{"efi", 0xefffffff},
		{"efi=,", 0xefffffff},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b;

		fake_start();
		b = fake_boot(&bp, cases[i].cmdline);
		fake.map_attribute = 0x40008;
		CHECK_EQ(cases[i].cmdline, efi_leave(&b, &fault), ERR_OK);
		CHECK_EQ(cases[i].cmdline, efi_leave_map(&b, &fault), ERR_OK);
		CHECK_EQ(cases[i].cmdline, bp.e820_entries, 7);
		CHECK_EQ(cases[i].cmdline, bp.e820_table[0].type, cases[i].type);
		CHECK_EQ(cases[i].cmdline, bp.e820_table[1].type, 2);
		fake_end();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_pages_refused),
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_soft_reserved),
	};

	return cmocka_run_group_tests_name("efi_leave", tests, NULL, NULL);
}
