/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32 as GPT has it [UEFI 5.3.2], in little space: for tables of a few KiB. The host tool counts whole
 * images with libdeflate (lib/crc32.h).
 */
#ifndef CORE_CRC32_H
#define CORE_CRC32_H

#include "core/span.h"

#define CRC32_START 0xffffffff

/* The register after some more bytes. What is stored is its complement. */
uint32_t crc32_more(uint32_t state, struct span bytes);

#endif /* CORE_CRC32_H */
