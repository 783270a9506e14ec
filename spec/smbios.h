/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMBIOS [DMTF DSP0134 3.6]: entry points of both kinds, and the one structure that is read. */
#ifndef SPEC_SMBIOS_H
#define SPEC_SMBIOS_H

/* 64-bit entry point [5.2.2] */
#define SMBIOS3_ANCHOR      "_SM3_"
#define SMBIOS3_LENGTH      0x06 /* u8 of the entry point, whose bytes add up to 0 */
#define SMBIOS3_TABLE_SIZE  0x0c /* u32, at most */
#define SMBIOS3_TABLE       0x10 /* u64, physical */
#define SMBIOS3_SIZE        0x18

/* 32-bit entry point [5.2.1] */
#define SMBIOS2_ANCHOR      "_SM_"
#define SMBIOS2_LENGTH      0x05 /* u8 */
#define SMBIOS2_TABLE_SIZE  0x16 /* u16 */
#define SMBIOS2_TABLE       0x18 /* u32, physical */
#define SMBIOS2_SIZE        0x1e /* 0x1f, but some say 0x1e */

/* structure [6.1.2]; its strings stand behind it, each with a NUL, and one NUL more */
#define SMBIOS_TYPE         0x00 /* u8 */
#define SMBIOS_LENGTH       0x01 /* u8, without strings */
#define SMBIOS_HEAD         0x04
#define SMBIOS_SYSTEM       1 /* type: system information [7.2] */
#define SMBIOS_END          127
#define SMBIOS_PRODUCT_NAME 0x05 /* u8 number of a string, from 1 */

#endif /* SPEC_SMBIOS_H */
