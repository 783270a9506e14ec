/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UEFI as far as a boot stub needs it [UEFI 2.10]. Firmware is of 64 or of 32 bits, and a 64-bit stub
 * may run on either ("mixed mode"): pointers, handles and UINTN have the firmware's width. So layouts
 * are not structs but EFI_AT(offset in 64-bit firmware, offset in 32-bit firmware), and tables of
 * functions are numbers that count from a table's first function.
 */
#ifndef SPEC_EFI_SERVICES_H
#define SPEC_EFI_SERVICES_H

#include <stdint.h>
#include "spec/efi.h"

#define EFI_AT(at64, at32) ((uint32_t)(at64) | (uint32_t)(at32) << 16)
#define EFI_AT64(at)       ((at) & 0xffff)
#define EFI_AT32(at)       ((at) >> 16)

/* Status: the top bit of a word is set for an error. [appendix D] */
#define EFI_ERROR_BIT         (1ull << 63)
#define EFI_SUCCESS           0
#define EFI_LOAD_ERROR        (EFI_ERROR_BIT | 1)
#define EFI_INVALID_PARAMETER (EFI_ERROR_BIT | 2)
#define EFI_UNSUPPORTED       (EFI_ERROR_BIT | 3)
#define EFI_BUFFER_TOO_SMALL  (EFI_ERROR_BIT | 5)
#define EFI_NOT_READY         (EFI_ERROR_BIT | 6)
#define EFI_OUT_OF_RESOURCES  (EFI_ERROR_BIT | 9)
#define EFI_NOT_FOUND         (EFI_ERROR_BIT | 14)
#define EFI_TIMEOUT           (EFI_ERROR_BIT | 18)
#define EFI_NOT_STARTED       (EFI_ERROR_BIT | 19)
#define EFI_SECURITY_VIOLATION (EFI_ERROR_BIT | 26)
#define EFI_COMPROMISED_DATA  (EFI_ERROR_BIT | 33)

/* system table [4.3] */
#define EFI_ST_UEFI_REVISION 0x08 /* u32: major << 16 | minor */
#define EFI_ST_VENDOR        EFI_AT(0x18, 0x18) /* UTF-16 with NUL */
#define EFI_ST_REVISION      EFI_AT(0x20, 0x1c) /* u32 of the firmware, alike */
#define EFI_ST_CON_OUT       EFI_AT(0x40, 0x2c)
#define EFI_ST_RUNTIME       EFI_AT(0x58, 0x38)
#define EFI_ST_BOOT          EFI_AT(0x60, 0x3c)
#define EFI_ST_COUNT         EFI_AT(0x68, 0x40)
#define EFI_ST_TABLE_LIST    EFI_AT(0x70, 0x44)

/* configuration table entry [4.6]: GUID, pointer */
#define EFI_TABLE_GUID       0
#define EFI_TABLE_POINTER    EFI_AT(0x10, 0x10)
#define EFI_TABLE_SIZE       EFI_AT(0x18, 0x14)

/* Functions follow a header of 24 bytes. */
#define EFI_HEADER_SIZE      0x18

/* boot services, by number [4.4] */
enum efi_boot_service {
	EFI_ALLOCATE_PAGES = 2,
	EFI_FREE_PAGES = 3,
	EFI_GET_MEMORY_MAP = 4,
	EFI_ALLOCATE_POOL = 5,
	EFI_FREE_POOL = 6,
	EFI_CREATE_EVENT = 7,
	EFI_CLOSE_EVENT = 11,
	EFI_CHECK_EVENT = 12,
	EFI_HANDLE_PROTOCOL = 16,
	EFI_LOCATE_HANDLE = 19,
	EFI_LOCATE_DEVICE_PATH = 20,
	EFI_INSTALL_CONFIGURATION_TABLE = 21,
	EFI_EXIT = 24,
	EFI_EXIT_BOOT_SERVICES = 26,
	EFI_STALL = 28,
	EFI_SET_WATCHDOG_TIMER = 29,
	EFI_DISCONNECT_CONTROLLER = 31,
	EFI_LOCATE_PROTOCOL = 37,
};

/* runtime services, by number [4.5] */
enum efi_runtime_service {
	EFI_GET_VARIABLE = 6,
	EFI_SET_VARIABLE = 8,
};
#define EFI_VARIABLE_NON_VOLATILE 0x1
#define EFI_VARIABLE_BOOT         0x2
#define EFI_VARIABLE_RUNTIME      0x4

/* AllocatePages [7.2] */
#define EFI_ALLOCATE_ANY         0
#define EFI_ALLOCATE_MAX_ADDRESS 1
#define EFI_ALLOCATE_ADDRESS     2
#define EFI_PAGE_SIZE                 0x1000

/* EFI_LOADED_IMAGE_PROTOCOL [9.1] */
#define EFI_IMAGE_DEVICE       EFI_AT(0x18, 0x0c)
#define EFI_IMAGE_FILE_PATH    EFI_AT(0x20, 0x10)
#define EFI_IMAGE_OPTIONS_SIZE EFI_AT(0x30, 0x18) /* u32, bytes */
#define EFI_IMAGE_OPTIONS      EFI_AT(0x38, 0x1c)
#define EFI_IMAGE_BASE         EFI_AT(0x40, 0x20)
#define EFI_IMAGE_SIZE         EFI_AT(0x48, 0x28) /* u64 */

/* protocols: number of a function, or offset of a field */
#define EFI_TEXT_OUTPUT_STRING 1 /* SIMPLE_TEXT_OUTPUT [12.4] */

#define EFI_GOP_BLT            2 /* GRAPHICS_OUTPUT [12.9]: pixels, operation, from x, y, to x, y, width, height, 0 */
#define EFI_BLT_FILL           0 /* with one pixel */
#define EFI_BLT_DRAW           2
#define EFI_GOP_MODE           EFI_AT(0x18, 0x0c) /* GRAPHICS_OUTPUT [12.9] */
#define EFI_GOP_MODE_INFO      EFI_AT(0x08, 0x08)
#define EFI_GOP_MODE_BASE      EFI_AT(0x18, 0x10) /* u64 */
#define EFI_GOP_MODE_SIZE      EFI_AT(0x20, 0x18) /* word */
#define EFI_GOP_INFO_WIDTH     0x04 /* u32 */
#define EFI_GOP_INFO_HEIGHT    0x08 /* u32 */
#define EFI_GOP_INFO_FORMAT    0x0c /* u32 EFI_PIXEL_* */
#define EFI_GOP_INFO_MASKS     0x10 /* u32[4] red, green, blue, reserved */
#define EFI_GOP_INFO_PITCH     0x20 /* u32 pixels */
#define EFI_PIXEL_RGB          0 /* 8 bits each, red first, one byte reserved */
#define EFI_PIXEL_BGR          1
#define EFI_PIXEL_MASKS        2
#define EFI_PIXEL_BLT_ONLY     3
#define EFI_EDID_SIZE          EFI_AT(0x00, 0x00) /* u32; EDID_ACTIVE, EDID_DISCOVERED [12.9.2.4] */
#define EFI_EDID_DATA          EFI_AT(0x08, 0x04)

#define EFI_VOLUME_OPEN        EFI_AT(0x08, 0x08) /* SIMPLE_FILE_SYSTEM [13.4], behind a u64 */
#define EFI_FILE_FUNCTIONS     0x08 /* FILE [13.5], behind a u64 */
#define EFI_FILE_OPEN          0
#define EFI_FILE_CLOSE         1
#define EFI_FILE_READ          3
#define EFI_FILE_GET_INFO      7
#define EFI_FILE_MODE_READ     1
#define EFI_FILE_INFO_SIZE     0x08 /* u64 size of the file in FILE_INFO */
#define EFI_FILE_INFO_ATTRIBUTE 0x48 /* u64 */
#define EFI_FILE_INFO_NAME     0x50 /* UTF-16, with NUL */
#define EFI_FILE_DIRECTORY     0x10 /* attribute */

#define EFI_MP_COUNT           0 /* MP_SERVICES [PI 1.8 II-13.4] */
#define EFI_MP_STARTUP_ALL     2

#define EFI_LOAD_FILE          0 /* LOAD_FILE2 [13.2] */
#define EFI_PATH_TO_TEXT       1 /* DEVICE_PATH_TO_TEXT [10.6.2]: whole paths; returns the text */

/* PCI_IO [14.4]: 18 functions, then the option ROM */
#define EFI_PCI_READ           6
#define EFI_PCI_WRITE          7
#define EFI_PCI_LOCATION       14
#define EFI_PCI_ROM_SIZE       EFI_AT(0x90, 0x48) /* u64 */
#define EFI_PCI_ROM_IMAGE      EFI_AT(0x98, 0x50)
#define EFI_PCI_WIDTH_16       1
#define PCI_VENDOR_ID          0x00 /* u16 [PCI 3.0 6.2.1] */
#define PCI_DEVICE_ID          0x02 /* u16 */
#define PCI_COMMAND            0x04 /* u16 */
#define PCI_COMMAND_MASTER     0x0004 /* may send requests; a bridge: pass them on */
#define PCI_CLASS              0x0a /* u16: sub-class, base class [PCI 3.0 appendix D] */
#define PCI_CLASS_BRIDGE       0x0604 /* PCI to PCI */
#define PCI_BASE_CLASS_DISPLAY 0x03

/* Apple's protocols, as Linux uses them: a word with the version, then functions. */
#define APPLE_VERSION            EFI_AT(0, 0)
#define APPLE_PROPERTIES_VERSION 0x10000
#define APPLE_PROPERTIES_ALL     4 /* self, buffer, u32 size */
#define APPLE_SET_OS_VERSION     1 /* text alone, no self */
#define APPLE_SET_OS_VENDOR      2 /* from version 2 on */

/* device path nodes [10.2] */
#define EFI_PATH_TYPE          0x00 /* u8 */
#define EFI_PATH_SUBTYPE       0x01 /* u8 */
#define EFI_PATH_LENGTH        0x02 /* u16, this header included */
#define EFI_PATH_HEAD          0x04
#define EFI_PATH_MEDIA         0x04
#define EFI_PATH_MEDIA_DISK    0x01 /* a partition; its node's fields behind the head: */
#define EFI_PATH_DISK_SIGNATURE      0x14 /* u8[16] */
#define EFI_PATH_DISK_SIGNATURE_TYPE 0x25 /* u8 */
#define EFI_PATH_DISK_GUID           0x02
#define EFI_PATH_DISK_SIZE           0x26
#define EFI_PATH_MEDIA_VENDOR  0x03
#define EFI_PATH_MEDIA_FILE    0x04 /* a name in UTF-16, with NUL */
#define EFI_PATH_END           0x7f
#define EFI_PATH_END_ENTIRE    0xff

struct efi_guid {
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};
_Static_assert(sizeof(struct efi_guid) == 16, "EFI_GUID");

#define EFI_GUID(a, b, c, ...) ((struct efi_guid){(a), (b), (c), {__VA_ARGS__}})
#define EFI_LOADED_IMAGE_GUID \
	EFI_GUID(0x5b1b31a1, 0x9562, 0x11d2, 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b)
#define EFI_FILE_SYSTEM_GUID \
	EFI_GUID(0x964e5b22, 0x6459, 0x11d2, 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b)
#define EFI_FILE_INFO_GUID \
	EFI_GUID(0x09576e92, 0x6d3f, 0x11d2, 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b)
#define EFI_LOAD_FILE2_GUID \
	EFI_GUID(0x4006c0c1, 0xfcb3, 0x403e, 0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d)
#define EFI_DEVICE_PATH_GUID \
	EFI_GUID(0x09576e91, 0x6d3f, 0x11d2, 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b)
#define EFI_DEVICE_PATH_TO_TEXT_GUID \
	EFI_GUID(0x8b843e20, 0x8132, 0x4852, 0x90, 0xcc, 0x55, 0x1a, 0x4e, 0x4a, 0x7f, 0x1c)
#define EFI_GRAPHICS_OUTPUT_GUID \
	EFI_GUID(0x9042a9de, 0x23dc, 0x4a38, 0x96, 0xfb, 0x7a, 0xde, 0xd0, 0x80, 0x51, 0x6a)
#define EFI_EDID_ACTIVE_GUID \
	EFI_GUID(0xbd8c1056, 0x9f36, 0x44ec, 0x92, 0xa8, 0xa6, 0x33, 0x7f, 0x81, 0x79, 0x86)
#define EFI_EDID_DISCOVERED_GUID \
	EFI_GUID(0x1c0c34f6, 0xd380, 0x41fa, 0xa0, 0x49, 0x8a, 0xd0, 0x6c, 0x1a, 0x66, 0xaa)
#define EFI_RNG_GUID \
	EFI_GUID(0x3152bca5, 0xeade, 0x433d, 0x86, 0x2e, 0xc0, 0x1c, 0xdc, 0x29, 0x1f, 0x44)
#define EFI_RNG_ALGORITHM_RAW_GUID /* [37.5.2] */ \
	EFI_GUID(0xe43176d7, 0xb6e8, 0x4827, 0xb7, 0x84, 0x7f, 0xfd, 0xc4, 0xb6, 0x85, 0x61)
#define EFI_GLOBAL_VARIABLE_GUID \
	EFI_GUID(0x8be4df61, 0x93ca, 0x11d2, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c)
#define EFI_ACPI_20_TABLE_GUID \
	EFI_GUID(0x8868e871, 0xe4f1, 0x11d3, 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81)
#define EFI_ACPI_TABLE_GUID \
	EFI_GUID(0xeb9d2d30, 0x2d88, 0x11d3, 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d)
#define EFI_MEMORY_ATTRIBUTE_GUID \
	EFI_GUID(0xf4560cf6, 0x40ec, 0x4b4a, 0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89)
#define EFI_PCI_IO_GUID \
	EFI_GUID(0x4cf5b200, 0x68b8, 0x4ca5, 0x9e, 0xec, 0xb2, 0x3e, 0x3f, 0x50, 0x02, 0x9a)
#define EFI_MP_SERVICES_GUID \
	EFI_GUID(0x3fdda605, 0xa76e, 0x4f46, 0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08)
#define EFI_SMBIOS_GUID \
	EFI_GUID(0xeb9d2d31, 0x2d88, 0x11d3, 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d)
#define EFI_SMBIOS3_GUID \
	EFI_GUID(0xf2fd1544, 0x9794, 0x4a2c, 0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94)
#define APPLE_PROPERTIES_GUID \
	EFI_GUID(0x91bd12fe, 0xf6c3, 0x44fb, 0xa5, 0xb7, 0x51, 0x22, 0xab, 0x30, 0x3a, 0xe0)
#define APPLE_SET_OS_GUID \
	EFI_GUID(0xc5c5da95, 0x7d5c, 0x45e6, 0xb2, 0xf1, 0x3f, 0xd5, 0x2b, 0xb1, 0x00, 0x77)
/* on handles of programs that a shell started [UEFI Shell 2.2, 2.3] */
#define EFI_SHELL_PARAMETERS_GUID \
	EFI_GUID(0x752f3136, 0x4e16, 0x4fdc, 0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca)
/* [TCG PC Client Platform Reset Attack Mitigation 1.10, 4] */
#define EFI_MEMORY_OVERWRITE_GUID \
	EFI_GUID(0xe20939be, 0x32d4, 0x41be, 0xa1, 0x50, 0x89, 0x7f, 0x85, 0xd4, 0x98, 0x29)
/* Linux's own [include/linux/efi.h] */
#define LINUX_EFI_INITRD_MEDIA_GUID \
	EFI_GUID(0x5568e427, 0x68fc, 0x4f3d, 0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68)
#define LINUX_EFI_RANDOM_SEED_GUID \
	EFI_GUID(0x1ce1e5bc, 0x7ceb, 0x42f2, 0x81, 0xe5, 0x8a, 0xad, 0xf1, 0x80, 0xf5, 0x7b)
/* variables by which boot loader, stub and system speak [systemd's Boot Loader Interface] */
#define LOADER_GUID \
	EFI_GUID(0x4a67b082, 0x0a4c, 0x41cf, 0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f)
/* shim's variables */
#define EFI_SHIM_LOCK_GUID \
	EFI_GUID(0x605dab50, 0xe046, 0x4300, 0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23)

#endif /* SPEC_EFI_SERVICES_H */
