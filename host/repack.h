/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wrapping a bzImage's kernel anew: what it takes, and what is carried over.
 */
#ifndef HOST_REPACK_H
#define HOST_REPACK_H

#include "host/image_write.h"
#include "host/options.h"

/* Can this kernel be repacked? Prints why not. */
enum status repack_check(const struct kernel *k);
/* The same kernel in our wrapper, compressed as codec says. */
struct image_wish repack_wish(const struct kernel *k, const struct codec_option *codec);

#endif /* HOST_REPACK_H */
