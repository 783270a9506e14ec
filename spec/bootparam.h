/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x86 Linux boot protocol: the setup header, the "zero page" (struct boot_params) and what
 * hangs on it. Offsets below are both file offsets of a bzImage and offsets into boot_params:
 * the setup header has the same place in both. Usable from assembly; C code also gets packed
 * structures whose every offset is asserted against the macros.
 *
 * Long because the zero page is: one structure, its macros and its asserts stay together.
 *
 * Source: Linux Documentation/x86/boot.rst (2.15) and zero-page.rst.
 */
#ifndef SPEC_BOOTPARAM_H
#define SPEC_BOOTPARAM_H

/* --- setup header [boot.rst "The Real-Mode Kernel Header"] --- */
#define HDR_START                 0x1f1
#define HDR_SETUP_SECTS           0x1f1 /* u8  setup size in 512-byte sectors, less the first */
#define HDR_ROOT_FLAGS            0x1f2 /* u16 mount root read-only if not 0 */
#define HDR_SYSSIZE               0x1f4 /* u32 protected-mode part, in paragraphs of 16 bytes */
#define HDR_RAM_SIZE              0x1f8 /* u16 obsolete */
#define HDR_VID_MODE              0x1fa /* u16 video mode, VID_MODE_* */
#define HDR_ROOT_DEV              0x1fc /* u16 default root device */
#define HDR_BOOT_FLAG             0x1fe /* u16 BOOT_FLAG_MAGIC */
#define HDR_JUMP                  0x200 /* u16 short jump; its target is the header's end */
#define HDR_HEADER                0x202 /* u32 HDR_MAGIC */
#define HDR_VERSION               0x206 /* u16 protocol version, 0x020f is 2.15 */
#define HDR_REALMODE_SWTCH        0x208 /* u32 far pointer, called before protected mode */
#define HDR_START_SYS_SEG         0x20c /* u16 obsolete */
#define HDR_KERNEL_VERSION        0x20e /* u16 version string's offset, less 0x200 */
#define HDR_TYPE_OF_LOADER        0x210 /* u8  */
#define HDR_LOADFLAGS             0x211 /* u8  LOADFLAG_* */
#define HDR_SETUP_MOVE_SIZE       0x212 /* u16 */
#define HDR_CODE32_START          0x214 /* u32 where the protected-mode part lies, physical */
#define HDR_RAMDISK_IMAGE         0x218 /* u32 initrd, physical */
#define HDR_RAMDISK_SIZE          0x21c /* u32 */
#define HDR_BOOTSECT_KLUDGE       0x220 /* u32 obsolete */
#define HDR_HEAP_END_PTR          0x224 /* u16 end of setup heap, less 0x200 */
#define HDR_EXT_LOADER_VER        0x226 /* u8  */
#define HDR_EXT_LOADER_TYPE       0x227 /* u8  */
#define HDR_CMD_LINE_PTR          0x228 /* u32 physical */
#define HDR_INITRD_ADDR_MAX       0x22c /* u32 highest address of an initrd's last byte */
#define HDR_KERNEL_ALIGNMENT      0x230 /* u32 */
#define HDR_RELOCATABLE_KERNEL    0x234 /* u8  */
#define HDR_MIN_ALIGNMENT         0x235 /* u8  power of two */
#define HDR_XLOADFLAGS            0x236 /* u16 XLF_* */
#define HDR_CMDLINE_SIZE          0x238 /* u32 longest command line, without its NUL */
#define HDR_HARDWARE_SUBARCH      0x23c /* u32 */
#define HDR_HARDWARE_SUBARCH_DATA 0x240 /* u64 */
#define HDR_PAYLOAD_OFFSET        0x248 /* u32 from the start of the protected-mode part */
#define HDR_PAYLOAD_LENGTH        0x24c /* u32 */
#define HDR_SETUP_DATA            0x250 /* u64 physical, first struct setup_data or 0 */
#define HDR_PREF_ADDRESS          0x258 /* u64 physical */
#define HDR_INIT_SIZE             0x260 /* u32 linear memory needed from the run-time start */
#define HDR_HANDOVER_OFFSET       0x264 /* u32 EFI handover entry */
#define HDR_KERNEL_INFO_OFFSET    0x268 /* u32 from the start of the protected-mode part */
#define HDR_END                   0x26c

#define HDR_MAGIC       0x53726448 /* "HdrS" */
#define BOOT_FLAG_MAGIC 0xaa55
#define SECTOR_SIZE     512

#define LOADER_UNDEFINED 0xff /* type_of_loader without an assigned number */

#define LOADFLAG_LOADED_HIGH   (1 << 0)
#define LOADFLAG_KASLR         (1 << 1)
#define LOADFLAG_QUIET         (1 << 5)
#define LOADFLAG_KEEP_SEGMENTS (1 << 6)
#define LOADFLAG_CAN_USE_HEAP  (1 << 7)

/* Where a kernel without LOADFLAG_LOADED_HIGH (zImage) is loaded: below the setup part at 0x90000 */
#define ZIMAGE_PA       0x10000
#define ZIMAGE_SIZE_MAX 0x80000

#define XLF_KERNEL_64              (1 << 0)
#define XLF_CAN_BE_LOADED_ABOVE_4G (1 << 1)
#define XLF_EFI_HANDOVER_32        (1 << 2)
#define XLF_EFI_HANDOVER_64        (1 << 3)
#define XLF_EFI_KEXEC              (1 << 4)
#define XLF_5LEVEL                 (1 << 5)
#define XLF_5LEVEL_ENABLED         (1 << 6)
#define XLF_MEM_ENCRYPTION         (1 << 7)

#define VID_MODE_NORMAL   0xffff
#define VID_MODE_EXTENDED 0xfffe
#define VID_MODE_ASK      0xfffd

/* old command line protocol [boot.rst "Kernel Command Line", before 2.02] */
#define OLD_CL_MAGIC 0xa33f
#define OLD_CL_ADDRESS 0x20 /* in screen_info: u16 magic, u16 offset */

/* --- struct boot_params, the zero page [zero-page.rst] --- */
#define BP_SCREEN_INFO       0x000 /* 64 bytes */
#define BP_APM_BIOS_INFO     0x040 /* 20 bytes */
#define BP_TBOOT_ADDR        0x058
#define BP_IST_INFO          0x060 /* 16 bytes */
#define BP_ACPI_RSDP_ADDR    0x070 /* u64 */
#define BP_HD0_INFO          0x080 /* 16 bytes, obsolete */
#define BP_HD1_INFO          0x090 /* 16 bytes, obsolete */
#define BP_SYS_DESC_TABLE    0x0a0 /* 16 bytes, obsolete */
#define BP_OLPC_OFW_HEADER   0x0b0 /* 16 bytes */
#define BP_EXT_RAMDISK_IMAGE 0x0c0 /* u32 high half */
#define BP_EXT_RAMDISK_SIZE  0x0c4 /* u32 high half */
#define BP_EXT_CMD_LINE_PTR  0x0c8 /* u32 high half */
#define BP_CC_BLOB_ADDRESS   0x13c /* u32 */
#define BP_EDID_INFO         0x140 /* 128 bytes */
#define BP_EFI_INFO          0x1c0 /* 32 bytes */
#define BP_ALT_MEM_K         0x1e0 /* u32 memory above 1 MiB, KiB */
#define BP_SCRATCH           0x1e4 /* u32 */
#define BP_E820_ENTRIES      0x1e8 /* u8 */
#define BP_EDDBUF_ENTRIES    0x1e9 /* u8 */
#define BP_EDD_MBR_SIG_BUF_ENTRIES 0x1ea /* u8 */
#define BP_KBD_STATUS        0x1eb /* u8 */
#define BP_SECURE_BOOT       0x1ec /* u8 */
#define BP_SENTINEL          0x1ef /* u8 not 0: a loader that did not clear the page */
#define BP_HDR               0x1f1
#define BP_EDD_MBR_SIG_BUFFER 0x290 /* u32[16] */
#define BP_E820_TABLE        0x2d0 /* 20 bytes each */
#define BP_EDDBUF            0xd00 /* 82 bytes each */
#define BP_SIZE              0x1000

#define BP_E820_MAX      128
#define BP_EDD_MAX       6
#define BP_EDD_MBR_MAX   16

#define E820_ENTRY_SIZE  20
#define E820_RAM         1
#define E820_RESERVED    2
#define E820_ACPI        3
#define E820_NVS         4
#define E820_UNUSABLE    5
#define E820_PMEM        7
#define E820_PRAM        12
#define E820_SOFT_RESERVED 0xefffffff /* Linux's own: EFI_MEMORY_SP */

/* --- setup_data [boot.rst "Field name: setup_data"] --- */
#define SETUP_NONE           0
#define SETUP_E820_EXT       1
#define SETUP_DTB            2
#define SETUP_PCI            3
#define SETUP_EFI            4
#define SETUP_APPLE_PROPERTIES 5
#define SETUP_JAILHOUSE      6
#define SETUP_CC_BLOB        7
#define SETUP_IMA            8
#define SETUP_RNG_SEED       9
#define SETUP_INDIRECT       0x80000000 /* or-ed with the type of what it points at */
#define SETUP_DATA_NEXT      0  /* u64 */
#define SETUP_DATA_TYPE      8  /* u32 */
#define SETUP_DATA_LEN       12 /* u32 */
#define SETUP_DATA_DATA      16
#define SETUP_PCI_VENDOR     0  /* u16, in data [struct pci_setup_rom] */
#define SETUP_PCI_DEVICE     2  /* u16 */
#define SETUP_PCI_LENGTH     8  /* u64 of the ROM */
#define SETUP_PCI_LOCATION   16 /* u64 each: segment, bus, device, function */
#define SETUP_PCI_ROM        48
#define SETUP_INDIRECT_TYPE  0  /* u32, in data */
#define SETUP_INDIRECT_RSVD  4  /* u32 */
#define SETUP_INDIRECT_LEN   8  /* u64 */
#define SETUP_INDIRECT_ADDR  16 /* u64 */

/* --- kernel_info [boot.rst "The Kernel Info"] --- */
#define KERNEL_INFO_MAGIC           0x506f544c /* "LToP" */
#define KERNEL_INFO_HEADER          0 /* u32 magic */
#define KERNEL_INFO_SIZE            4 /* u32 fixed part */
#define KERNEL_INFO_SIZE_TOTAL      8 /* u32 with the variable part behind it */
#define KERNEL_INFO_SETUP_TYPE_MAX  12 /* u32 */
#define KERNEL_INFO_FIXED_SIZE      16

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct setup_header {
	uint8_t setup_sects;
	uint16_t root_flags;
	uint32_t syssize;
	uint16_t ram_size;
	uint16_t vid_mode;
	uint16_t root_dev;
	uint16_t boot_flag;
	uint16_t jump;
	uint32_t header;
	uint16_t version;
	uint32_t realmode_swtch;
	uint16_t start_sys_seg;
	uint16_t kernel_version;
	uint8_t type_of_loader;
	uint8_t loadflags;
	uint16_t setup_move_size;
	uint32_t code32_start;
	uint32_t ramdisk_image;
	uint32_t ramdisk_size;
	uint32_t bootsect_kludge;
	uint16_t heap_end_ptr;
	uint8_t ext_loader_ver;
	uint8_t ext_loader_type;
	uint32_t cmd_line_ptr;
	uint32_t initrd_addr_max;
	uint32_t kernel_alignment;
	uint8_t relocatable_kernel;
	uint8_t min_alignment;
	uint16_t xloadflags;
	uint32_t cmdline_size;
	uint32_t hardware_subarch;
	uint64_t hardware_subarch_data;
	uint32_t payload_offset;
	uint32_t payload_length;
	uint64_t setup_data;
	uint64_t pref_address;
	uint32_t init_size;
	uint32_t handover_offset;
	uint32_t kernel_info_offset;
} __attribute__((packed));

struct screen_info {
	uint8_t orig_x;
	uint8_t orig_y;
	uint16_t ext_mem_k;
	uint16_t orig_video_page;
	uint8_t orig_video_mode;
	uint8_t orig_video_cols;
	uint8_t flags;
	uint8_t unused2;
	uint16_t orig_video_ega_bx;
	uint16_t unused3;
	uint8_t orig_video_lines;
	uint8_t orig_video_isVGA;
	uint16_t orig_video_points;
	uint16_t lfb_width;
	uint16_t lfb_height;
	uint16_t lfb_depth;
	uint32_t lfb_base;
	uint32_t lfb_size;
	uint16_t cl_magic;
	uint16_t cl_offset;
	uint16_t lfb_linelength;
	uint8_t red_size;
	uint8_t red_pos;
	uint8_t green_size;
	uint8_t green_pos;
	uint8_t blue_size;
	uint8_t blue_pos;
	uint8_t rsvd_size;
	uint8_t rsvd_pos;
	uint16_t vesapm_seg;
	uint16_t vesapm_off;
	uint16_t pages;
	uint16_t vesa_attributes;
	uint32_t capabilities;
	uint32_t ext_lfb_base;
	uint8_t reserved[2];
} __attribute__((packed));

struct apm_bios_info {
	uint16_t version;
	uint16_t cseg;
	uint32_t offset;
	uint16_t cseg_16;
	uint16_t dseg;
	uint16_t flags;
	uint16_t cseg_len;
	uint16_t cseg_16_len;
	uint16_t dseg_len;
} __attribute__((packed));

struct ist_info {
	uint32_t signature;
	uint32_t command;
	uint32_t event;
	uint32_t perf_level;
} __attribute__((packed));

struct efi_info {
	uint32_t efi_loader_signature; /* "EL32" or "EL64" */
	uint32_t efi_systab;
	uint32_t efi_memdesc_size;
	uint32_t efi_memdesc_version;
	uint32_t efi_memmap;
	uint32_t efi_memmap_size;
	uint32_t efi_systab_hi;
	uint32_t efi_memmap_hi;
} __attribute__((packed));

struct e820_entry {
	uint64_t addr;
	uint64_t size;
	uint32_t type;
} __attribute__((packed));

/* Enhanced Disk Drive 3.0 as Linux stores it [zero-page.rst eddbuf] */
struct edd_device_params {
	uint16_t length;
	uint16_t info_flags;
	uint32_t num_default_cylinders;
	uint32_t num_default_heads;
	uint32_t sectors_per_track;
	uint64_t number_of_sectors;
	uint16_t bytes_per_sector;
	uint32_t dpte_ptr;
	uint16_t key;
	uint8_t device_path_info_length;
	uint8_t reserved2;
	uint16_t reserved3;
	uint8_t host_bus_type[4];
	uint8_t interface_type[8];
	uint8_t interface_path[8];
	uint8_t device_path[16];
	uint8_t reserved4;
	uint8_t checksum;
} __attribute__((packed));

struct edd_info {
	uint8_t device;
	uint8_t version;
	uint16_t interface_support;
	uint16_t legacy_max_cylinder;
	uint8_t legacy_max_head;
	uint8_t legacy_sectors_per_track;
	struct edd_device_params params;
} __attribute__((packed));

struct boot_params {
	struct screen_info screen_info;
	struct apm_bios_info apm_bios_info;
	uint8_t pad2[4];
	uint64_t tboot_addr;
	struct ist_info ist_info;
	uint64_t acpi_rsdp_addr;
	uint8_t pad3[8];
	uint8_t hd0_info[16];
	uint8_t hd1_info[16];
	uint8_t sys_desc_table[16];
	uint8_t olpc_ofw_header[16];
	uint32_t ext_ramdisk_image;
	uint32_t ext_ramdisk_size;
	uint32_t ext_cmd_line_ptr;
	uint8_t pad4[112];
	uint32_t cc_blob_address;
	uint8_t edid_info[128];
	struct efi_info efi_info;
	uint32_t alt_mem_k;
	uint32_t scratch;
	uint8_t e820_entries;
	uint8_t eddbuf_entries;
	uint8_t edd_mbr_sig_buf_entries;
	uint8_t kbd_status;
	uint8_t secure_boot;
	uint8_t pad5[2];
	uint8_t sentinel;
	uint8_t pad6;
	struct setup_header hdr;
	uint8_t pad7[BP_EDD_MBR_SIG_BUFFER - HDR_END];
	uint32_t edd_mbr_sig_buffer[BP_EDD_MBR_MAX];
	struct e820_entry e820_table[BP_E820_MAX];
	uint8_t pad8[48];
	struct edd_info eddbuf[BP_EDD_MAX];
	uint8_t pad9[276];
} __attribute__((packed));

#define SPEC_AT(type, field, off) \
	_Static_assert(offsetof(struct type, field) == (off), #type "." #field)
#define SPEC_HDR_AT(field, off) SPEC_AT(setup_header, field, (off) - HDR_START)

SPEC_HDR_AT(setup_sects, HDR_SETUP_SECTS);
SPEC_HDR_AT(root_flags, HDR_ROOT_FLAGS);
SPEC_HDR_AT(syssize, HDR_SYSSIZE);
SPEC_HDR_AT(ram_size, HDR_RAM_SIZE);
SPEC_HDR_AT(vid_mode, HDR_VID_MODE);
SPEC_HDR_AT(root_dev, HDR_ROOT_DEV);
SPEC_HDR_AT(boot_flag, HDR_BOOT_FLAG);
SPEC_HDR_AT(jump, HDR_JUMP);
SPEC_HDR_AT(header, HDR_HEADER);
SPEC_HDR_AT(version, HDR_VERSION);
SPEC_HDR_AT(realmode_swtch, HDR_REALMODE_SWTCH);
SPEC_HDR_AT(start_sys_seg, HDR_START_SYS_SEG);
SPEC_HDR_AT(kernel_version, HDR_KERNEL_VERSION);
SPEC_HDR_AT(type_of_loader, HDR_TYPE_OF_LOADER);
SPEC_HDR_AT(loadflags, HDR_LOADFLAGS);
SPEC_HDR_AT(setup_move_size, HDR_SETUP_MOVE_SIZE);
SPEC_HDR_AT(code32_start, HDR_CODE32_START);
SPEC_HDR_AT(ramdisk_image, HDR_RAMDISK_IMAGE);
SPEC_HDR_AT(ramdisk_size, HDR_RAMDISK_SIZE);
SPEC_HDR_AT(bootsect_kludge, HDR_BOOTSECT_KLUDGE);
SPEC_HDR_AT(heap_end_ptr, HDR_HEAP_END_PTR);
SPEC_HDR_AT(ext_loader_ver, HDR_EXT_LOADER_VER);
SPEC_HDR_AT(ext_loader_type, HDR_EXT_LOADER_TYPE);
SPEC_HDR_AT(cmd_line_ptr, HDR_CMD_LINE_PTR);
SPEC_HDR_AT(initrd_addr_max, HDR_INITRD_ADDR_MAX);
SPEC_HDR_AT(kernel_alignment, HDR_KERNEL_ALIGNMENT);
SPEC_HDR_AT(relocatable_kernel, HDR_RELOCATABLE_KERNEL);
SPEC_HDR_AT(min_alignment, HDR_MIN_ALIGNMENT);
SPEC_HDR_AT(xloadflags, HDR_XLOADFLAGS);
SPEC_HDR_AT(cmdline_size, HDR_CMDLINE_SIZE);
SPEC_HDR_AT(hardware_subarch, HDR_HARDWARE_SUBARCH);
SPEC_HDR_AT(hardware_subarch_data, HDR_HARDWARE_SUBARCH_DATA);
SPEC_HDR_AT(payload_offset, HDR_PAYLOAD_OFFSET);
SPEC_HDR_AT(payload_length, HDR_PAYLOAD_LENGTH);
SPEC_HDR_AT(setup_data, HDR_SETUP_DATA);
SPEC_HDR_AT(pref_address, HDR_PREF_ADDRESS);
SPEC_HDR_AT(init_size, HDR_INIT_SIZE);
SPEC_HDR_AT(handover_offset, HDR_HANDOVER_OFFSET);
SPEC_HDR_AT(kernel_info_offset, HDR_KERNEL_INFO_OFFSET);
_Static_assert(sizeof(struct setup_header) == HDR_END - HDR_START, "setup header");

SPEC_AT(boot_params, screen_info, BP_SCREEN_INFO);
SPEC_AT(boot_params, apm_bios_info, BP_APM_BIOS_INFO);
SPEC_AT(boot_params, tboot_addr, BP_TBOOT_ADDR);
SPEC_AT(boot_params, ist_info, BP_IST_INFO);
SPEC_AT(boot_params, acpi_rsdp_addr, BP_ACPI_RSDP_ADDR);
SPEC_AT(boot_params, hd0_info, BP_HD0_INFO);
SPEC_AT(boot_params, sys_desc_table, BP_SYS_DESC_TABLE);
SPEC_AT(boot_params, olpc_ofw_header, BP_OLPC_OFW_HEADER);
SPEC_AT(boot_params, ext_ramdisk_image, BP_EXT_RAMDISK_IMAGE);
SPEC_AT(boot_params, ext_ramdisk_size, BP_EXT_RAMDISK_SIZE);
SPEC_AT(boot_params, ext_cmd_line_ptr, BP_EXT_CMD_LINE_PTR);
SPEC_AT(boot_params, cc_blob_address, BP_CC_BLOB_ADDRESS);
SPEC_AT(boot_params, edid_info, BP_EDID_INFO);
SPEC_AT(boot_params, efi_info, BP_EFI_INFO);
SPEC_AT(boot_params, alt_mem_k, BP_ALT_MEM_K);
SPEC_AT(boot_params, scratch, BP_SCRATCH);
SPEC_AT(boot_params, e820_entries, BP_E820_ENTRIES);
SPEC_AT(boot_params, eddbuf_entries, BP_EDDBUF_ENTRIES);
SPEC_AT(boot_params, edd_mbr_sig_buf_entries, BP_EDD_MBR_SIG_BUF_ENTRIES);
SPEC_AT(boot_params, kbd_status, BP_KBD_STATUS);
SPEC_AT(boot_params, secure_boot, BP_SECURE_BOOT);
SPEC_AT(boot_params, sentinel, BP_SENTINEL);
SPEC_AT(boot_params, hdr, BP_HDR);
SPEC_AT(boot_params, edd_mbr_sig_buffer, BP_EDD_MBR_SIG_BUFFER);
SPEC_AT(boot_params, e820_table, BP_E820_TABLE);
SPEC_AT(boot_params, eddbuf, BP_EDDBUF);
_Static_assert(sizeof(struct screen_info) == 64, "screen_info");
_Static_assert(sizeof(struct edd_info) == 82, "edd_info");
_Static_assert(sizeof(struct e820_entry) == E820_ENTRY_SIZE, "e820_entry");
_Static_assert(sizeof(struct boot_params) == BP_SIZE, "boot_params");
#endif /* __ASSEMBLER__ */
#endif /* SPEC_BOOTPARAM_H */
