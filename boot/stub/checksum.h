/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32C with the CPU's own instruction where it has one (core/crc32c.h otherwise). */
#ifndef BOOT_STUB_CHECKSUM_H
#define BOOT_STUB_CHECKSUM_H

#include "core/span.h"

uint32_t checksum(struct span bytes);

#endif /* BOOT_STUB_CHECKSUM_H */
