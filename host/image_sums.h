/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two checksums of a finished image, each of which counts the other's bytes: the PE header's, and
 * the boot protocol's CRC-32 in the last four bytes. The four bytes in front of those are free, and are
 * set so that both are right.
 */
#ifndef HOST_IMAGE_SUMS_H
#define HOST_IMAGE_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_SUMS_SIZE 8 /* at the end: free word, CRC-32 */

/* False if no free word does it, which has not been seen. */
bool image_sums_put(uint8_t *image, size_t size);

#endif /* HOST_IMAGE_SUMS_H */
