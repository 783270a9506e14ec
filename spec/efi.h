/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What firmware leaves behind for an operating system [UEFI 2.10 4.3, 4.6, 7.2]: memory map, system
 * table, configuration tables; and Linux's own configuration table with a random seed. Offsets are
 * those of 64-bit firmware. Fields are read through bounded views, so there are no structs.
 */
#ifndef SPEC_EFI_H
#define SPEC_EFI_H

/* boot_params.efi_info.efi_loader_signature [zero-page.rst] */
#define EFI_LOADER_SIGNATURE_64 0x34364c45 /* "EL64" */
#define EFI_LOADER_SIGNATURE_32 0x32334c45 /* "EL32" */

/* EFI_MEMORY_DESCRIPTOR; the map says how far apart they lie. */
#define EFI_MD_TYPE             0 /* u32 */
#define EFI_MD_PHYSICAL_START   8 /* u64 */
#define EFI_MD_NUMBER_OF_PAGES  24 /* u64, 4 KiB each */
#define EFI_MD_ATTRIBUTE        32 /* u64 */
#define EFI_MD_SIZE             40 /* at least */
#define EFI_MD_VERSION          1
#define EFI_PAGE_SHIFT          12

/* EFI_MEMORY_TYPE */
#define EFI_RESERVED_MEMORY     0
#define EFI_LOADER_CODE         1
#define EFI_LOADER_DATA         2
#define EFI_BOOT_SERVICES_CODE  3
#define EFI_BOOT_SERVICES_DATA  4
#define EFI_RUNTIME_CODE        5
#define EFI_RUNTIME_DATA        6
#define EFI_CONVENTIONAL_MEMORY 7
#define EFI_UNUSABLE_MEMORY     8
#define EFI_ACPI_RECLAIM        9
#define EFI_ACPI_NVS            10
#define EFI_MMIO                11
#define EFI_MMIO_PORT           12
#define EFI_PAL_CODE            13
#define EFI_PERSISTENT_MEMORY   14
#define EFI_UNACCEPTED_MEMORY   15

#define EFI_MEMORY_MORE_RELIABLE 0x10000ull /* mirrored */
#define EFI_MEMORY_SP            0x40000ull /* specific purpose: soft-reserved */

/* EFI_SYSTEM_TABLE */
#define EFI_ST_SIGNATURE         0 /* u64 */
#define EFI_ST_TABLE_ENTRIES     0x68 /* u64 */
#define EFI_ST_TABLES            0x70 /* u64, physical until virtual addresses are set */
#define EFI_ST_SIZE              0x78
#define EFI_ST_SIGNATURE_VALUE   0x5453595320494249ull /* "IBI SYST" */

/* EFI_CONFIGURATION_TABLE */
#define EFI_CT_GUID  0 /* 16 bytes */
#define EFI_CT_TABLE 16 /* u64 */
#define EFI_CT_SIZE  24

/* GUIDs as the two little-endian words that stand in memory. */
#define EFI_ACPI_20_GUID_LOW           0x11d3e4f18868e871ull /* 8868e871-e4f1-11d3-bc22-0080c73c8881 */
#define EFI_ACPI_20_GUID_HIGH          0x81883cc7800022bcull
#define EFI_ACPI_10_GUID_LOW           0x11d32d88eb9d2d30ull /* eb9d2d30-2d88-11d3-9a16-0090273fc14d */
#define EFI_ACPI_10_GUID_HIGH          0x4dc13f279000169aull
#define LINUX_EFI_RANDOM_SEED_LOW      0x42f27ceb1ce1e5bcull /* 1ce1e5bc-7ceb-42f2-81e5-8aadf180f57b */
#define LINUX_EFI_RANDOM_SEED_HIGH     0x7bf580f1ad8ae581ull

/* The table behind LINUX_EFI_RANDOM_SEED: a length, then as many bytes. */
#define EFI_RANDOM_SEED_LENGTH 0 /* u32 */
#define EFI_RANDOM_SEED_BITS   4

/* A setup_data node SETUP_EFI, from kexec: physical addresses of what firmware now calls by virtual ones. */
#define SETUP_EFI_TABLES 16 /* u64 configuration tables */
#define SETUP_EFI_SIZE   24 /* at least */

#endif /* SPEC_EFI_H */
