/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What EFI firmware left, where a loader has left boot services and tells us by boot_params.efi_info:
 * the memory map, the system table, and the configuration tables behind it.
 */
#ifndef BOOT_STUB_EFI_TABLES_H
#define BOOT_STUB_EFI_TABLES_H

#include "boot/stub/stage1.h"
#include "core/efi_map.h"

/* The memory map, mapped. Errors: NO_MEMORY_MAP (there is none), BAD_MEMORY_MAP (not believable). */
enum err efi_map_read(const struct boot_params *bp, struct efi_map *ret, struct fault *fault) MUST_CHECK;

/* Of the tables, what somebody here wants; 0 and empty for what is not there. */
struct efi_tables {
	struct range system_table, tables;
	uint64_t rsdp_pa;
	struct span seed; /* LINUX_EFI_RANDOM_SEED_TABLE's bytes */
};
/* Only what the memory map describes is read: addresses may be stale, as after kexec. */
struct efi_tables efi_tables_read(const struct boot_params *bp, struct memory *m);

#endif /* BOOT_STUB_EFI_TABLES_H */
