/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See efi_tables.h. Stage 1, 64-bit mode; no call into firmware. [UEFI 2.10 4.3, 4.6] */
#include "boot/stub/efi_tables.h"
#include "boot/lib/phys.h"
#include "boot/stub/memory.h"
#include "boot/stub/paging.h"
#include "boot/stub/setup_list.h"
#include "spec/efi.h"

#define MAP_SIZE_MAX   0x100000 /* more than 20000 descriptors: not believable */
#define TABLES_MAX     256
#define SEED_SIZE_MAX  512 /* Linux's own limit for it */

enum err efi_map_read(const struct boot_params *bp, struct efi_map *ret, struct fault *fault)
{
	const struct efi_info *efi = &bp->efi_info;
	uint64_t pa = efi->efi_memmap | (uint64_t)efi->efi_memmap_hi << 32;

	if ((efi->efi_loader_signature != EFI_LOADER_SIGNATURE_64 &&
		    efi->efi_loader_signature != EFI_LOADER_SIGNATURE_32) ||
		!pa)
		return ERR_NO_MEMORY_MAP;
	if (efi->efi_memmap_size > MAP_SIZE_MAX ||
		paging_map(range_make(pa, efi->efi_memmap_size)))
		return fault_set(fault, ERR_BAD_MEMORY_MAP, "efi_memmap_size", pa,
			efi->efi_memmap_size);
	*ret = (struct efi_map){phys_span(pa, efi->efi_memmap_size), efi->efi_memdesc_size,
		efi->efi_memdesc_version};
	return ERR_OK;
}

static bool is_guid(const uint8_t *guid, uint64_t low, uint64_t high)
{
	return le64_get(guid) == low && le64_get(guid + 8) == high;
}

static void seed_read(struct memory *m, uint64_t pa, struct span *ret)
{
	struct span s;

	if (memory_read_described(m, pa, EFI_RANDOM_SEED_BITS, &s))
		return;
	uint32_t len = le32_get(s.ptr + EFI_RANDOM_SEED_LENGTH);

	if (len > SEED_SIZE_MAX ||
		memory_read_described(m, pa, EFI_RANDOM_SEED_BITS + (uint64_t)len, &s))
		return;
	*ret = (struct span){s.ptr + EFI_RANDOM_SEED_BITS, len};
}

static void table_read(struct memory *m, const uint8_t *entry, struct efi_tables *ret)
{
	uint64_t pa = le64_get(entry + EFI_CT_TABLE);

	if (is_guid(entry, EFI_ACPI_20_GUID_LOW, EFI_ACPI_20_GUID_HIGH) ||
		(is_guid(entry, EFI_ACPI_10_GUID_LOW, EFI_ACPI_10_GUID_HIGH) && !ret->rsdp_pa))
		ret->rsdp_pa = pa;
	else if (is_guid(entry, LINUX_EFI_RANDOM_SEED_LOW, LINUX_EFI_RANDOM_SEED_HIGH))
		seed_read(m, pa, &ret->seed);
}

static enum err setup_efi_read(const struct setup_data_node *node, void *ctx, struct fault *fault)
{
	uint64_t *tables_pa = ctx;

	if (node->type == SETUP_EFI && node->len >= SETUP_EFI_SIZE)
		*tables_pa = le64_get((const uint8_t *)phys_ptr(node->bytes.start) +
			SETUP_DATA_DATA + SETUP_EFI_TABLES);
	return ERR_OK;
}

/* In the system table, or, after kexec, where the kernel before us says. */
static uint64_t tables_find(const struct boot_params *bp, struct span system)
{
	uint64_t pa = 0;

	if (setup_list_walk(bp->hdr.setup_data, setup_efi_read, &pa, NULL) || !pa)
		pa = le64_get(system.ptr + EFI_ST_TABLES);
	return pa;
}

struct efi_tables efi_tables_read(const struct boot_params *bp, struct memory *m)
{
	const struct efi_info *efi = &bp->efi_info;
	uint64_t pa = efi->efi_systab | (uint64_t)efi->efi_systab_hi << 32;
	struct efi_tables t = {{0, 0}};
	struct span system, tables;

	/* Tables of 32-bit firmware look different; nobody needs them that badly. */
	if (efi->efi_loader_signature != EFI_LOADER_SIGNATURE_64 || !pa ||
		memory_read_described(m, pa, EFI_ST_SIZE, &system) ||
		le64_get(system.ptr + EFI_ST_SIGNATURE) != EFI_ST_SIGNATURE_VALUE)
		return t;
	uint64_t count = le64_get(system.ptr + EFI_ST_TABLE_ENTRIES);
	uint64_t tables_pa = tables_find(bp, system);

	t.system_table = range_make(pa, EFI_ST_SIZE);
	if (count > TABLES_MAX ||
		memory_read_described(m, tables_pa, count * EFI_CT_SIZE, &tables))
		return t;
	t.tables = range_make(tables_pa, tables.len);
	for (uint64_t i = 0; i < count; i++)
		table_read(m, tables.ptr + i * EFI_CT_SIZE, &t);
	return t;
}
