/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CRC-32 that boot.rst asks for ("The Image Checksum"): over the whole image up to syssize it
 * leaves 0. Linux wrote it until 6.16; images that were signed or changed later may not have it.
 */
#ifndef LIB_IMAGE_CRC_H
#define LIB_IMAGE_CRC_H

#include "core/bzimage.h"

#define IMAGE_CRC_START 0xffffffff

/* Goes on from crc with some bytes; no inversion at the end. */
uint32_t image_crc(uint32_t crc, struct span bytes);

/* Errors: TRUNCATED, the file ends inside the image; BAD_IMAGE_CRC. */
enum err image_crc_check(
	struct span file, const struct bzimage *image, struct fault *fault) MUST_CHECK;

#endif /* LIB_IMAGE_CRC_H */
