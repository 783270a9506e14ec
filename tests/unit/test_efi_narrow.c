/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi on firmware of 32 bits: the same files, words half as wide, and values of 64 bits in two. */
#include "tests/unit/fake_narrow.h"
#include "core/bzimage.h"

static void check_initrd(const struct boot_params *bp, const char *want)
{
	struct range r = boot_params_initrd(bp);

	assert_int_equal(r.end - r.start, strlen(want));
	assert_true(r.end <= UINT32_MAX);
	assert_memory_equal((void *)r.start, want, strlen(want));
}

static void test_initrd_file(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};

	narrow_start();
	narrow.file = "from a file";
	struct efi_boot b = narrow_boot(&bp, "initrd=/f");

	assert_int_equal(efi_initrd(&b, &fault), ERR_OK);
	check_initrd(&bp, "from a file");
	narrow_end();
}

/* The status of 32-bit firmware is told as that of 64-bit firmware. */
static void test_initrd_missing(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};

	narrow_start();
	struct efi_boot b = narrow_boot(&bp, "initrd=/none");

	assert_int_equal(efi_initrd(&b, &fault), ERR_INITRD_FILE);
	assert_int_equal(fault.value, EFI_NOT_FOUND);
	narrow_end();
}

static void test_initrd_load_file2(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};

	narrow_start();
	narrow.archive = "from LoadFile2";
	struct efi_boot b = narrow_boot(&bp, "initrd=/f");

	assert_int_equal(efi_initrd(&b, &fault), ERR_OK);
	check_initrd(&bp, "from LoadFile2");
	narrow_end();
}

static void test_options(void **state)
{
	static const uint16_t options[] = {'q', 'u', 'i', 'e', 't', ' ', 0xe4, 0};
	struct boot_params bp;

	narrow_start();
	struct efi_boot b = narrow_boot(&bp, "");

	narrow_options_set(options, sizeof(options));
	assert_int_equal(efi_options(&b), ERR_OK);
	assert_int_equal(b.cmdline.len, 8);
	assert_memory_equal(b.cmdline.ptr, "quiet \xc3\xa4", 8);
	assert_false(b.program_named);
	narrow_end();
}

static void test_screen(void **state)
{
	struct boot_params bp = {0};

	narrow_start();
	efi_screen(&bp);
	assert_int_equal(bp.screen_info.lfb_width, 800);
	assert_int_equal(bp.screen_info.lfb_height, 600);
	assert_int_equal(bp.screen_info.lfb_base, 0xc0000000);
	assert_int_equal(bp.screen_info.lfb_linelength, 832 * 4);
	narrow_end();
}

static void test_configuration(void **state)
{
	struct boot_params bp = {0};

	narrow_start();
	efi_configuration(&bp);
	assert_int_equal(bp.acpi_rsdp_addr, 0xabcd000);
	assert_int_equal(bp.secure_boot, EFI_SECURE_BOOT_ENABLED);
	narrow_end();
}

static void test_rom(void **state)
{
	struct boot_params bp = {0};

	narrow_start();
	efi_pci_roms(&bp);

	const uint8_t *node = (const uint8_t *)(uint64_t)bp.hdr.setup_data;

	assert_non_null(node);
	assert_int_equal(le32_get(node + 16), 0x11111234);
	assert_int_equal(le64_get(node + 24), 22);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(le64_get(node + 32 + 8 * i), i + 1);
	assert_memory_equal(node + 64, "\x55\xaa of a card, 22 bytes", 22);
	narrow_end();
}

static void test_bridge(void **state)
{
	narrow_start();
	efi_pci_dma_stop(text_span("efi=disable_early_pci_dma"));
	assert_int_equal(narrow.disconnected, NARROW_CARD);
	assert_int_equal(narrow.card_command, 0x0103);
	narrow_end();
}

/* More than firmware of 32 bits can count is not asked for. */
static void test_memory(void **state)
{
	uint64_t pa = 0;

	narrow_start();
	assert_int_equal(efi_memory_below(1ull << 32, UINT64_MAX, EFI_LOADER_DATA, &pa), ERR_NO_MEMORY);
	assert_int_equal(efi_memory_below(5, UINT64_MAX, EFI_LOADER_DATA, &pa), ERR_OK);
	assert_true(pa && pa < UINT32_MAX);
	assert_int_equal(narrow.pages_out, 1);
	narrow_end();
}

static void test_leave(void **state)
{
	static struct boot_params bp;
	struct fault fault = {0};

	narrow_start();
	narrow.exits_refused = 2;
	struct efi_boot b = narrow_boot(&bp, "");

	assert_int_equal(efi_leave(&b, &fault), ERR_OK);
	assert_true(narrow.gone);
	assert_int_equal(efi_leave_map(&b, &fault), ERR_OK);
	assert_int_equal(bp.efi_info.efi_loader_signature, EFI_LOADER_SIGNATURE_32);
	assert_int_equal(bp.efi_info.efi_memmap_hi, 0);
	assert_int_equal(bp.efi_info.efi_memmap_size, EFI_MD_SIZE);
	assert_int_equal(bp.e820_entries, 1);
	assert_int_equal(bp.e820_table[0].size, 1000 * EFI_PAGE_SIZE);
	narrow_end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_initrd_file),
		cmocka_unit_test(test_initrd_missing),
		cmocka_unit_test(test_initrd_load_file2),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_configuration),
		cmocka_unit_test(test_rom),
		cmocka_unit_test(test_bridge),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_leave), /* the last: the memory that it keeps is the kernel's */
	};

	return cmocka_run_group_tests_name("efi_narrow", tests, NULL, NULL);
}
