/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels in packages: .deb and .rpm. */
#ifndef LIB_PACKAGE_H
#define LIB_PACKAGE_H

#include "lib/format.h"

struct package_member {
	char *name; /* as the package has it; to be freed */
	uint8_t *bytes; /* of memory_reserve, size bytes */
	size_t size;
};

/*
 * The kernel in a package: of the files whose first bytes are those of a kernel image, the first that is
 * named like one (vmlinuz, Image, ...), else the first in /boot, else the first at all. limit: bytes of a
 * member, and 64 times as much may be unpacked on the way. Errors: BAD_PACKAGE, NO_MEMBER, OUTPUT_LIMIT,
 * NO_MEMORY.
 */
enum err package_open(struct span file, enum kernel_format format, uint64_t limit,
	struct package_member *ret, struct fault *fault) MUST_CHECK;

#endif /* LIB_PACKAGE_H */
