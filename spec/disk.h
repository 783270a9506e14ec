/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk that bzforge's own boot path starts from: what a tool patches into the boot sector, the
 * loader's header, and the partition tables. Everything is little-endian. Usable from assembly.
 *
 *   sector 0   boot sector (boot/sector): code, the fields below, partition table, 0x55 0xaa
 *   somewhere  loader (boot/loader): MBR_LOADER_SECTS sectors in a row from MBR_LOADER_LBA on, in a
 *              BIOS boot partition, or in the gap between sector 0 and the first partition
 *
 * Sectors here are 512 bytes, whatever the drive's are. The boot sector is only ever started from a
 * drive of 512-byte sectors.
 *
 * The loader is a boot sector of many sectors: it is entered at 0:0x7c00 with the drive in %dl and
 * interrupts in any state, by our boot sector when all of it is in memory, or by a BIOS that boots
 * a CD (El Torito without emulation, any load segment). A BIOS needs to read only the first
 * LOADER_EARLY_SIZE bytes of it: these find the rest through the boot information table, which
 * whoever makes the CD must fill (xorriso -boot-load-size 4 -boot-info-table). A BIOS that reads all of it
 * does no harm. On such a CD, partition tables count 512-byte units too, so that the same file is a
 * disk.
 */
#ifndef SPEC_DISK_H
#define SPEC_DISK_H

/* --- the boot sector --- */
#define MBR_CODE_END       0x1b8 /* 440: what belongs to us ends here */
#define MBR_MAGIC_AT       0x1aa /* u32 MBR_MAGIC */
#define MBR_LOADER_SECTS   0x1ae /* u16 (host) at most LOADER_SECTS_MAX, 0: not filled */
#define MBR_LOADER_LBA     0x1b0 /* u64 (host) first sector of the loader */
#define MBR_DISK_ID        0x1b8 /* u32 */
#define MBR_TABLE          0x1be /* four entries */
#define MBR_ENTRY_SIZE     16
#define MBR_ENTRIES        4
#define MBR_SIGNATURE_AT   0x1fe /* u16 MBR_SIGNATURE */
#define MBR_SIZE           512

#define MBR_MAGIC          0x44667a62 /* "bzfD" */
#define MBR_SIGNATURE      0xaa55

#define MBR_ENTRY_STATUS   0x0 /* u8 0x80: active */
#define MBR_ENTRY_TYPE     0x4 /* u8 */
#define MBR_ENTRY_LBA      0x8 /* u32 */
#define MBR_ENTRY_SECTS    0xc /* u32 */
#define MBR_TYPE_FAT12     0x01
#define MBR_TYPE_FAT16_SMALL 0x04
#define MBR_TYPE_EXTENDED  0x05 /* holds logical partitions */
#define MBR_TYPE_FAT16     0x06
#define MBR_TYPE_FAT32     0x0b
#define MBR_TYPE_FAT32_LBA 0x0c
#define MBR_TYPE_FAT16_LBA 0x0e
#define MBR_TYPE_EXTENDED_LBA 0x0f
#define MBR_TYPE_EXTENDED_LINUX 0x85
#define MBR_TYPE_XBOOTLDR  0xea /* [UAPI Group: Boot Loader Specification] */
#define MBR_TYPE_GPT       0xee /* protective */
#define MBR_TYPE_ESP       0xef

/* --- the loader's header --- */
#define LOADER_INFO_TABLE  0x08 /* El Torito boot information table, filled by who makes the CD: */
#define LOADER_INFO_PVD    0x08 /* u32 2048-byte sector of the primary volume descriptor */
#define LOADER_INFO_LBA    0x0c /* u32 2048-byte sector where the loader begins, 0: not filled */
#define LOADER_INFO_SIZE   0x10 /* u32 bytes of the loader */
#define LOADER_INFO_SUM    0x14 /* u32 */
#define LOADER_INFO_END    0x40
#define LOADER_MAGIC_AT    0x40 /* u32 LOADER_MAGIC */
#define LOADER_VERSION_AT  0x44 /* u16 LOADER_VERSION */
#define LOADER_SECTS       0x46 /* u16 whole loader in 512-byte sectors, a multiple of 4 */
#define LOADER_CRC         0x48 /* u32 CRC-32C of [LOADER_CRC_FROM, end); the build fills it */
#define LOADER_RESERVED    0x4c /* u32 0 */
#define LOADER_CRC_FROM    0x50 /* code from here on */

#define LOADER_MAGIC       0x4c667a62 /* "bzfL" */
#define LOADER_VERSION     1 /* counts changes of this header, and of the boot sector's fields */
#define LOADER_EARLY_SIZE  0x800
#define LOADER_SIZE_MAX    0x6000 /* 24 KiB */
#define LOADER_SECTS_MAX   (LOADER_SIZE_MAX / 512)
#define LOADER_ADDRESS     0x7c00

/* --- GPT [UEFI 2.10 5.3] --- */
#define GPT_SIGNATURE      0x5452415020494645 /* "EFI PART", u64 */
#define GPT_SIGNATURE_AT   0x00 /* u64, of the header, which is block 1 */
#define GPT_REVISION       0x08 /* u32 */
#define GPT_HEADER_SIZE    0x0c /* u32 92 to one block */
#define GPT_HEADER_CRC     0x10 /* u32 CRC-32 of HEADER_SIZE bytes with this field 0 */
#define GPT_MY_LBA         0x18 /* u64 */
#define GPT_ALTERNATE_LBA  0x20 /* u64 */
#define GPT_FIRST_USABLE   0x28 /* u64 */
#define GPT_LAST_USABLE    0x30 /* u64 */
#define GPT_DISK_GUID      0x38 /* 16 bytes */
#define GPT_TABLE_LBA      0x48 /* u64 */
#define GPT_ENTRY_COUNT    0x50 /* u32 */
#define GPT_ENTRY_SIZE     0x54 /* u32 128 times a power of two */
#define GPT_TABLE_CRC      0x58 /* u32 */
#define GPT_HEADER_MIN     0x5c

#define GPT_ENTRY_TYPE     0x00 /* 16 bytes, all 0: not used */
#define GPT_ENTRY_GUID     0x10 /* 16 bytes */
#define GPT_ENTRY_FIRST    0x20 /* u64 first block */
#define GPT_ENTRY_LAST     0x28 /* u64 last block, itself included */
#define GPT_ENTRY_FLAGS    0x30 /* u64 */
#define GPT_ENTRY_NAME     0x38 /* 36 UTF-16 units */
#define GPT_ENTRY_MIN      128

/*
 * Partition types, as initialisers of 16 bytes in the order of the disk; as text
 * 21686148-6449-6e6f-744e-656564454649, c12a7328-f81f-11d2-ba4b-00a0c93ec93b,
 * bc13c2ff-59e6-4262-a352-b275fd6f7172.
 */
/* clang-format off */
#define GPT_TYPE_BIOS_BOOT {0x48, 0x61, 0x68, 0x21, 0x49, 0x64, 0x6f, 0x6e, \
			    0x74, 0x4e, 0x65, 0x65, 0x64, 0x45, 0x46, 0x49}
#define GPT_TYPE_ESP       {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, \
			    0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b}
#define GPT_TYPE_XBOOTLDR  {0xff, 0xc2, 0x13, 0xbc, 0xe6, 0x59, 0x62, 0x42, \
			    0xa3, 0x52, 0xb2, 0x75, 0xfd, 0x6f, 0x71, 0x72}
/* clang-format on */

#endif /* SPEC_DISK_H */
