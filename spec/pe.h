/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PE32+ format, as far as UEFI kernel images use it. [Microsoft "PE Format"; UEFI 2.10 chapter 2.1.1]
 * Offsets of each part count from its own start.
 */
#ifndef SPEC_PE_H
#define SPEC_PE_H

#define MZ_MAGIC         0x5a4d /* u16 "MZ" at the start of the file */
#define MZ_LINUX_AT      0x38 /* u32 MZ_LINUX_MAGIC: an EFI application that is a Linux kernel */
#define MZ_LINUX_MAGIC   0x818223cd
#define MZ_E_LFANEW      0x3c /* u32 offset of the PE signature */

/* signature and COFF file header */
#define PE_MAGIC         0x00004550 /* u32 "PE\0\0" */
#define PE_MACHINE       0x04 /* u16 */
#define PE_SECTION_COUNT 0x06 /* u16 */
#define PE_TIME          0x08 /* u32 0: reproducible */
#define PE_SYMBOLS       0x0c /* u32 file offset, then u32 number, of symbols: 0 in what is published */
#define PE_OPTIONAL_SIZE 0x14 /* u16 */
#define PE_FLAGS         0x16 /* u16 */
#define PE_HEADER_SIZE   0x18

#define PE_MACHINE_I386  0x014c
#define PE_MACHINE_X64   0x8664
#define PE_FLAG_EXECUTABLE        0x0002
#define PE_FLAG_NO_LINE_NUMBERS   0x0004
#define PE_FLAG_LARGE_ADDRESSES   0x0020
#define PE_FLAG_NO_DEBUG          0x0200

/* optional header, PE32+ */
#define OPT_MAGIC               0x00 /* u16 */
#define OPT_CODE_SIZE           0x04 /* u32 */
#define OPT_DATA_SIZE           0x08 /* u32 initialized data */
#define OPT_ENTRY               0x10 /* u32 RVA */
#define OPT_CODE_BASE           0x14 /* u32 RVA */
#define OPT_IMAGE_BASE          0x18 /* u64; u32 at 0x1c in PE32 */
#define OPT_SECTION_ALIGN       0x20 /* u32 */
#define OPT_FILE_ALIGN          0x24 /* u32 */
#define OPT_MAJOR_IMAGE_VERSION 0x2c /* u16 */
#define OPT_MINOR_IMAGE_VERSION 0x2e /* u16 */
#define OPT_IMAGE_SIZE          0x38 /* u32 in memory */
#define OPT_HEADERS_SIZE        0x3c /* u32 */
#define OPT_CHECKSUM            0x40 /* u32 */
#define OPT_SUBSYSTEM           0x44 /* u16 */
#define OPT_DLL_FLAGS           0x46 /* u16 */
#define OPT32_DIR_COUNT         0x5c /* u32 of PE32 */
#define OPT_DIR_COUNT           0x6c /* u32 of PE32+; the data directories follow */
#define OPT_DIRS                16
#define OPT_SIZE                (OPT_DIR_COUNT + 4 + OPT_DIRS * DIR_SIZE) /* 240 */

#define OPT_MAGIC_PE32     0x010b
#define OPT_MAGIC_PE32PLUS 0x020b
#define SUBSYSTEM_EFI_APPLICATION 10
#define DLL_DYNAMIC_BASE   0x0040
#define DLL_NX_COMPAT      0x0100

/* A data directory: RVA (the security one: file offset) and size. */
#define DIR_SIZE     8
#define DIR_SECURITY 4
#define DIR_RELOC    5

/* section header */
#define SECT_NAME        0x00 /* char[8] */
#define SECT_MEM_SIZE    0x08 /* u32 VirtualSize */
#define SECT_RVA         0x0c /* u32 */
#define SECT_FILE_SIZE   0x10 /* u32 */
#define SECT_FILE_OFFSET 0x14 /* u32 */
#define SECT_FLAGS       0x24 /* u32 */
#define SECT_SIZE        0x28
#define SECT_NAME_SIZE   8

#define SECT_CODE        0x00000020
#define SECT_DATA        0x00000040 /* initialized */
#define SECT_DISCARDABLE 0x02000000
#define SECT_EXECUTE     0x20000000
#define SECT_READ        0x40000000
#define SECT_WRITE       0x80000000

/* base relocations: one block of a header and u16 entries */
#define RELOC_BLOCK_RVA  0x00 /* u32 */
#define RELOC_BLOCK_SIZE 0x04 /* u32 with this header */
#define RELOC_BLOCK_HEAD 0x08

/*
 * .compat: entries for firmware of other machine types. u8 type 1, u8 size, u16 machine, u32 RVA; a
 * 0 byte ends them. [Linux Documentation/.../efi-stub, "EFI mixed mode"; systemd-boot reads it]
 */
#define COMPAT_ENTRY_TYPE    0x00 /* u8 1 */
#define COMPAT_ENTRY_SIZE    0x01 /* u8 8 */
#define COMPAT_ENTRY_MACHINE 0x02 /* u16 */
#define COMPAT_ENTRY_RVA     0x04 /* u32 */
#define COMPAT_SIZE          0x08

/*
 * Since version 3.0 MajorImageVersion of a Linux image is a set of what its EFI stub can.
 * [include/linux/pe.h of Linux]
 */
#define STUB_CAN_LOADFILE2 0x1 /* initrd from LINUX_EFI_INITRD_MEDIA_GUID */
#define STUB_CAN_INITRD    0x2 /* initrd= on any volume, as a device path */

#endif /* SPEC_PE_H */
