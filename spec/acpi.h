/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way from the root pointer to memory affinity and processors [ACPI 6.5 5.2.5 to 5.2.8, 5.2.12, 5.2.16]. */
#ifndef SPEC_ACPI_H
#define SPEC_ACPI_H

/* RSDP; on PCs without EFI on a multiple of 16 in the EBDA's first KiB or from 0xe0000 on. */
#define ACPI_RSDP_REVISION      15 /* u8; below 2 there is only the first part */
#define ACPI_RSDP_RSDT          16 /* u32 */
#define ACPI_RSDP_SIZE_1        20 /* what the first checksum covers */
#define ACPI_RSDP_XSDT          24 /* u64 */
#define ACPI_RSDP_SIZE_2        36
#define ACPI_RSDP_ALIGN         16
#define ACPI_RSDP_SIGNATURE     0x2052545020445352ull /* "RSD PTR " */
#define ACPI_EBDA_SEGMENT_PA    0x40e /* u16 in the BIOS data area */
#define ACPI_EBDA_SCAN          0x400
#define ACPI_ROM_START          0xe0000
#define ACPI_ROM_END            0x100000

/* Header of every table */
#define ACPI_TABLE_SIGNATURE    0 /* u32 */
#define ACPI_TABLE_LENGTH       4 /* u32, header included */
#define ACPI_TABLE_HEADER_SIZE  36
#define ACPI_SIGNATURE_SRAT     0x54415253 /* "SRAT" */
#define ACPI_SIGNATURE_MADT     0x43495041 /* "APIC" */
#define ACPI_SIGNATURE_RSDT     0x54445352
#define ACPI_SIGNATURE_XSDT     0x54445358

/* SRAT: header, 12 reserved bytes, then entries of type and length. */
#define ACPI_SRAT_ENTRIES       48
#define ACPI_SRAT_TYPE          0 /* u8 */
#define ACPI_SRAT_LENGTH        1 /* u8 */
#define ACPI_SRAT_MEMORY        1
#define ACPI_SRAT_MEMORY_SIZE   40
#define ACPI_SRAT_MEMORY_BASE   8 /* u64 */
#define ACPI_SRAT_MEMORY_BYTES  16 /* u64 */
#define ACPI_SRAT_MEMORY_FLAGS  28 /* u32 */
#define ACPI_SRAT_ENABLED       1u
#define ACPI_SRAT_HOT_PLUGGABLE 2u

/* MADT: header, 8 bytes, then entries of type and length. */
#define ACPI_MADT_ENTRIES       44
#define ACPI_MADT_TYPE          0 /* u8 */
#define ACPI_MADT_LENGTH        1 /* u8 */
#define ACPI_MADT_APIC          0
#define ACPI_MADT_APIC_SIZE     8
#define ACPI_MADT_APIC_ID       3 /* u8 */
#define ACPI_MADT_APIC_FLAGS    4 /* u32 */
#define ACPI_MADT_X2APIC        9
#define ACPI_MADT_X2APIC_SIZE   16
#define ACPI_MADT_X2APIC_ID     4 /* u32 */
#define ACPI_MADT_X2APIC_FLAGS  8 /* u32 */
#define ACPI_MADT_MAILBOX       16 /* processors are woken through memory */
#define ACPI_MADT_ENABLED       1u

#endif /* SPEC_ACPI_H */
