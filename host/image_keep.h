/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One of our own images as it is, for a new image around it: nothing is compressed again. */
#ifndef HOST_IMAGE_KEEP_H
#define HOST_IMAGE_KEEP_H

#include "host/image_plan.h"

/*
 * Stream, chunks and coding of the wish's kernel, whose manifest was checked, with their order in
 * place: the new image decodes as the old one did. Prints.
 */
enum status image_keep(struct build *b);

#endif /* HOST_IMAGE_KEEP_H */
