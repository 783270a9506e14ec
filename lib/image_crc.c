/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See image_crc.h. */
#include "lib/image_crc.h"
#include "lib/crc32.h"

uint32_t image_crc(uint32_t crc, struct span bytes)
{
	return ~crc32_update(~crc, bytes);
}

enum err image_crc_check(struct span file, const struct bzimage *image, struct fault *fault)
{
	struct span whole;
	uint32_t crc;

	if (span_sub(file, 0, image->image_size, &whole))
		return fault_set(fault, ERR_TRUNCATED, "syssize", HDR_SYSSIZE, image->hdr.syssize);
	crc = image_crc(IMAGE_CRC_START, whole);
	if (crc)
		return fault_set(fault, ERR_BAD_IMAGE_CRC, "checksum", image->image_size - 4, crc);
	return ERR_OK;
}
