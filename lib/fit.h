/* SPDX-License-Identifier: GPL-2.0-or-later */
/* U-Boot's FIT: a device tree blob with files in it. */
#ifndef LIB_FIT_H
#define LIB_FIT_H

#include "core/span.h"

struct fit {
	struct span name; /* of the kernel's node in /images */
	struct span kernel; /* its data, compressed or not */
	struct span arch, compression; /* as the node says, len 0 if it does not */
};

/*
 * The kernel of the default configuration, or, without one, the first image of type "kernel". Errors:
 * BAD_FIT, TRUNCATED.
 */
enum err fit_parse(struct span file, struct fit *ret, struct fault *fault) MUST_CHECK;

#endif /* LIB_FIT_H */
