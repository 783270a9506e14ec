/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32 as gzip has it [RFC 1952 8], of much data: libdeflate's, with the processor's instructions. */
#ifndef LIB_CRC32_H
#define LIB_CRC32_H

#include "core/span.h"

/* Going on from crc; start with 0. */
uint32_t crc32_update(uint32_t crc, struct span bytes);

#endif /* LIB_CRC32_H */
