/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers of kernel files other than x86's: offsets only, the bytes come from outside and are read through
 * core/span.h. Little-endian where nothing else is said.
 */
#ifndef SPEC_KERNELS_H
#define SPEC_KERNELS_H

/* arm64 [Documentation/arm64/booting.rst, "Call the kernel image"] and RISC-V [riscv/boot-image-header.rst] */
#define IMAGE_CODE0           0 /* u32 an instruction that reads as "MZ" where the file is a PE, too */
#define IMAGE_TEXT_OFFSET     8 /* u64 */
#define IMAGE_SIZE            16 /* u64 bytes in memory, bss and all */
#define IMAGE_FLAGS           24 /* u64 */
#define IMAGE_RISCV_VERSION   32 /* u32 */
#define IMAGE_RISCV_MAGIC     48 /* u64 "RISCV", deprecated since version 0.2 */
#define IMAGE_MAGIC           56 /* u32 */
#define IMAGE_HEADER_SIZE     64
#define IMAGE_ARM64_MAGIC     0x644d5241 /* "ARMd" */
#define IMAGE_RISCV_MAGIC2    0x05435352 /* "RSC\5" */
#define IMAGE_FLAG_BIG_ENDIAN 1
#define IMAGE_FLAG_PAGE_SHIFT 1 /* arm64: two bits: unknown, 4 KiB, 16 KiB, 64 KiB */

/* ARM zImage [arch/arm/boot/compressed/head.S; Documentation/arm/booting.rst] */
#define ZIMAGE_MAGIC       0x24 /* u32 */
#define ZIMAGE_START       0x28 /* u32 load address that it was linked for, 0: anywhere */
#define ZIMAGE_END         0x2c /* u32 */
#define ZIMAGE_ENDIAN      0x30 /* u32 0x04030201 in the kernel's byte order */
#define ZIMAGE_MAGIC2      0x34 /* u32: a table of tags follows */
#define ZIMAGE_TABLE       0x38 /* u32 its offset */
#define ZIMAGE_HEADER_SIZE 0x3c
#define ZIMAGE_MAGIC_VALUE  0x016f2818
#define ZIMAGE_MAGIC2_VALUE 0x45454545
#define ZIMAGE_ENDIAN_VALUE 0x04030201
/* a tag: u32 words in it, u32 which, ... */
#define ZIMAGE_TAG_KLSZ    0x5a534c4b /* u32 offset of the payload's last word, u32 bss size */
#define ZIMAGE_TAG_HEADER  8

/* EFI zboot [drivers/firmware/efi/libstub/zboot-header.S] */
#define ZBOOT_TYPE         4 /* "zimg" */
#define ZBOOT_TYPE_VALUE   0x676d697a
#define ZBOOT_OFFSET       8 /* u32 of the payload */
#define ZBOOT_SIZE         12 /* u32, of all but gzip a u32 size of the content lies behind */
#define ZBOOT_CODEC        24 /* text, up to where MZ_LINUX_AT is */
#define ZBOOT_CODEC_SIZE   32
#define ZBOOT_HEADER_SIZE  64

/* U-Boot's legacy image, all big-endian [u-boot include/image.h, struct legacy_img_hdr] */
#define UIMAGE_MAGIC       0 /* u32 */
#define UIMAGE_HEADER_CRC  4 /* u32 CRC-32 of the header with 0 here */
#define UIMAGE_SIZE        12 /* u32 of the data */
#define UIMAGE_LOAD        16 /* u32 */
#define UIMAGE_ENTRY       20 /* u32 */
#define UIMAGE_DATA_CRC    24 /* u32 */
#define UIMAGE_OS          28 /* u8 */
#define UIMAGE_ARCH        29 /* u8 */
#define UIMAGE_TYPE        30 /* u8 */
#define UIMAGE_CODEC       31 /* u8 */
#define UIMAGE_NAME        32
#define UIMAGE_NAME_SIZE   32
#define UIMAGE_HEADER_SIZE 64
#define UIMAGE_MAGIC_VALUE 0x27051956
#define UIMAGE_TYPE_KERNEL 2
#define UIMAGE_TYPE_MULTI  4 /* sizes up to a zero, then the parts; the first is the kernel */
#define UIMAGE_TYPE_KERNEL_NOLOAD 14

/* s390 bzImage [arch/s390/boot/head.S]: boot sectors for IPL, then the entry, and words that loaders look for */
#define S390_MAGIC         0x10008 /* "S390EP" */
#define S390_MAGIC_VALUE   0x30393353
#define S390_MAGIC2        0x1000c
#define S390_MAGIC2_VALUE  0x5045

#define FDT_MAGIC_BE       0xd00dfeed /* first word, big-endian */

/* ELF of either class and byte order: what differs from spec/elf64.h */
#define ELFDATA2MSB        2
#define ELF32_E_PHOFF      28
#define ELF32_E_SHOFF      32
#define ELF32_E_PHENTSIZE  42
#define ELF32_E_PHNUM      44
#define ELF32_E_SHENTSIZE  46
#define ELF32_E_SHNUM      48
#define ELF32_EHDR_SIZE    52
#define ELF32_P_OFFSET     4
#define ELF32_P_VADDR      8
#define ELF32_P_PADDR      12
#define ELF32_P_FILESZ     16
#define ELF32_P_MEMSZ      20
#define ELF32_P_FLAGS      24
#define ELF32_P_ALIGN      28
#define ELF32_PHDR_SIZE    32
#define ELF32_SH_TYPE      4
#define ELF32_SH_OFFSET    16
#define ELF32_SH_SIZE      20
#define ELF32_SHDR_SIZE    40

#endif /* SPEC_KERNELS_H */
