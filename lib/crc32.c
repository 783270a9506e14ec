/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See crc32.h. */
#include <libdeflate.h>
#include "lib/crc32.h"

uint32_t crc32_update(uint32_t crc, struct span bytes)
{
	return libdeflate_crc32(crc, bytes.ptr, bytes.len);
}
