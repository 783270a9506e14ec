/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check that every image passes before it is written out.
 */
#ifndef HOST_IMAGE_CHECK_H
#define HOST_IMAGE_CHECK_H

#include "host/kernel.h"

/*
 * Is this image whole, chunk by chunk and as a stream, with the kernel of that digest in it?
 * Prints.
 */
enum status image_check(const char *name, struct span image, const uint8_t sha256[SHA256_SIZE]);

#endif /* HOST_IMAGE_CHECK_H */
