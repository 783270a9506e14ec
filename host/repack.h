/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wrapping a bzImage's kernel anew: what it takes, and what is carried over.
 */
#ifndef HOST_REPACK_H
#define HOST_REPACK_H

#include "host/image_options.h"
#include "host/image_write.h"

/* Can this kernel be repacked? Prints why not. */
enum status repack_check(const struct kernel *k);
/* The same kernel in our wrapper, compressed as codec says. */
struct image_wish repack_wish(const struct kernel *k, const struct codec_option *codec);

/* k is one of our images: let wish take its payload as it is. */
void repack_keep(const struct kernel *k, struct image_wish *wish);
/* Say so if the original was signed and the new image, made as options say, is not. */
void repack_say_unsigned(const struct kernel *k, const struct image_options *options);

#endif /* HOST_REPACK_H */
