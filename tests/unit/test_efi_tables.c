/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/tables: ACPI, Secure Boot, random seed; against a fake firmware. */
#include "tests/unit/fake_firmware.h"

#define GLOBAL EFI_GLOBAL_VARIABLE_GUID
#define SHIM   EFI_SHIM_LOCK_GUID

static void test_secure_boot(void **state)
{
	static const struct {
		const char *name;
		struct fake_variable variables[3];
		uint8_t want;
	} cases[] = {
		{"firmware without it", {{0}}, 2},
		{"on", {{"SecureBoot", GLOBAL, 0, {1}, 1}, {"SetupMode", GLOBAL, 0, {0}, 1}}, 3},
		{"off", {{"SecureBoot", GLOBAL, 0, {0}, 1}, {"SetupMode", GLOBAL, 0, {0}, 1}}, 2},
		{"on, but anybody may set keys",
			{{"SecureBoot", GLOBAL, 0, {1}, 1}, {"SetupMode", GLOBAL, 0, {1}, 1}}, 2},
		{"cannot be read", {{"SecureBoot", GLOBAL, EFI_ERROR_BIT | 7, {0}, 1}}, 1},
		{"is no byte", {{"SecureBoot", GLOBAL, 0, {1}, 4}, {"SetupMode", GLOBAL, 0, {0}, 1}},
			1},
		{"is empty", {{"SecureBoot", GLOBAL, 0, {1}, 0}, {"SetupMode", GLOBAL, 0, {0}, 1}},
			1},
		{"without SetupMode", {{"SecureBoot", GLOBAL, 0, {1}, 1}}, 1},
		{"shim does not validate", {{"SecureBoot", GLOBAL, 0, {1}, 1},
			{"SetupMode", GLOBAL, 0, {0}, 1}, {"MokSBState", SHIM, 0, {1}, 1}}, 2},
		{"shim validates", {{"SecureBoot", GLOBAL, 0, {1}, 1},
			{"SetupMode", GLOBAL, 0, {0}, 1}, {"MokSBState", SHIM, 0, {0}, 1}}, 3},
		{"another vendor's MokSBState", {{"SecureBoot", GLOBAL, 0, {1}, 1},
			{"SetupMode", GLOBAL, 0, {0}, 1}, {"MokSBState", GLOBAL, 0, {1}, 1}}, 3},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp = {0};

		fake_start();
		memcpy(fake.variables, cases[i].variables, sizeof(cases[i].variables));
		efi_configuration(&bp);
		CHECK_EQ(cases[i].name, bp.secure_boot, cases[i].want);
		fake_end();
	}
}

/* Set where the firmware knows the variable, made nowhere. */
static void test_reset_request(void **state)
{
	struct boot_params bp = {0};

	fake_start();
	fake.variables[0] = (struct fake_variable){"MemoryOverwriteRequestControl",
		EFI_GUID(0xe20939be, 0x32d4, 0x41be, 0xa1, 0x50, 0x89, 0x7f, 0x85, 0xd4, 0x98, 0x29),
		.size = 1};
	efi_configuration(&bp);
	assert_int_equal(fake.variables[0].data[0], 1);
	assert_int_equal(fake.variables[0].size, 1);
	assert_int_equal(fake.variables[0].attributes, 7);
	fake_end(); /* the other tests are without it */
}

/* ACPI 2.0's table before 1.0's. */
static void test_acpi(void **state)
{
	struct boot_params bp = {0};
	uint8_t one, two;

	fake_start();
	efi_configuration(&bp);
	assert_int_equal(bp.acpi_rsdp_addr, 0);
	fake_table_add(EFI_ACPI_TABLE_GUID, &one);
	efi_configuration(&bp);
	assert_int_equal(bp.acpi_rsdp_addr, (uint64_t)&one);
	fake_table_add(EFI_ACPI_20_TABLE_GUID, &two);
	efi_configuration(&bp);
	assert_int_equal(bp.acpi_rsdp_addr, (uint64_t)&two);
	fake_end();
}

#define GIVEN_MAX 600

static void test_seed(void **state)
{
	static const struct {
		const char *name;
		bool rng, raw;
		uint64_t status;
		uint32_t given; /* bytes of a loader's seed, of 0x11 each */
		uint32_t size; /* of the seed then */
		uint8_t first, last;
	} cases[] = {
		{"nobody has one", false, false, 0, 0, 0, 0, 0},
		{"from the firmware, as it likes", true, false, 0, 0, 32, 0x55, 0x55},
		{"from the firmware, as it comes from the source", true, true, 0, 0, 32, 0x77, 0x77},
		{"the firmware has nothing", true, true, EFI_ERROR_BIT | 6, 0, 0, 0, 0},
		{"a loader's", false, false, 0, 32, 32, 0x11, 0x11},
		{"a loader's, and the firmware has nothing", true, true, EFI_ERROR_BIT | 6, 32, 32,
			0x11, 0x11},
		{"both", true, true, 0, 32, 64, 0x77, 0x11},
		{"a large one of a loader", true, true, 0, 512, 544, 0x77, 0x11},
		{"too large a one of a loader", true, true, 0, 513, 544, 0x77, 0x11},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		static uint8_t given[4 + GIVEN_MAX];
		struct boot_params bp = {0};
		void *rng[2] = {NULL, fake_get_rng};

		fake_start();
		fake.rng.status = cases[i].status;
		fake.rng.knows_raw = cases[i].raw;
		if (cases[i].rng)
			fake_protocol_add(0x3000, EFI_RNG_GUID, rng);
		memset(given, 0x11, sizeof(given));
		le32_put(given, cases[i].given);
		if (cases[i].given)
			fake_table_add(LINUX_EFI_RANDOM_SEED_GUID, given);
		efi_configuration(&bp);
		struct span seed = efi_random_seed();

		CHECK_EQ(cases[i].name, seed.len, cases[i].size);
		if (seed.len) {
			CHECK_EQ(cases[i].name, seed.ptr[0], cases[i].first);
			CHECK_EQ(cases[i].name, seed.ptr[seed.len - 1], cases[i].last);
			CHECK_EQ(cases[i].name, le32_get(seed.ptr - 4), cases[i].size);
		}
		/* What was taken over is nowhere else. */
		if (cases[i].given && seed.ptr != given + 4)
			CHECK_EQ(cases[i].name, given[4], 0);
		CHECK_EQ(cases[i].name, fake.pools_out, cases[i].rng && !cases[i].status);
		if (fake.pools_out)
			free((void *)(seed.ptr - 4));
		fake_end();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secure_boot),
		cmocka_unit_test(test_reset_request),
		cmocka_unit_test(test_acpi),
		cmocka_unit_test(test_seed),
	};

	return cmocka_run_group_tests_name("efi_tables", tests, NULL, NULL);
}
