/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least bzImage that readers take: one setup sector beside the boot sector. */
#ifndef TESTS_UNIT_HOST_WRAP_BZIMAGE_H
#define TESTS_UNIT_HOST_WRAP_BZIMAGE_H

#include <string.h>
#include "core/span.h"

#define WRAP_PAYLOAD 0x500 /* where it is */

/* Write headers in front of a payload of that size, which lies at WRAP_PAYLOAD. Returns the file's size. */
static inline size_t wrap_bzimage(uint8_t *file, size_t payload, uint32_t init_size)
{
	memset(file, 0, WRAP_PAYLOAD);
	file[0x1f1] = 1;
	le32_put(file + 0x1f4, (uint32_t)(0x100 + payload + 15) / 16);
	le16_put(file + 0x1fe, 0xaa55);
	le16_put(file + 0x200, 0x66eb);
	memcpy(file + 0x202, "HdrS", 4);
	le16_put(file + 0x206, 0x020f);
	file[0x211] = 1;
	le32_put(file + 0x214, 0x100000);
	le32_put(file + 0x230, 0x200000);
	file[0x234] = 1;
	file[0x235] = 21;
	le16_put(file + 0x236, 1);
	le32_put(file + 0x248, 0x100);
	le32_put(file + 0x24c, (uint32_t)payload);
	le64_put(file + 0x258, 0x1000000);
	le32_put(file + 0x260, init_size);
	return 0x400 + (0x100 + payload + 15) / 16 * 16;
}

#endif /* TESTS_UNIT_HOST_WRAP_BZIMAGE_H */
