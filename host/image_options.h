/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of all commands that write an image: where to, and how it is compressed.
 */
#ifndef HOST_IMAGE_OPTIONS_H
#define HOST_IMAGE_OPTIONS_H

#include "host/image_write.h"
#include "host/options.h"

struct image_options {
	const char *output;
	struct codec_option codec;
	bool filter_x86;
};

/* No output yet, the default codec. */
struct image_options image_options_default(void);

/* -o, -c, --chunk, --filter: a child parser [argp]; its input is a struct image_options. */
extern const struct argp image_options_argp;

/* When all options are known: ends the process with a usage error if they are not enough. */
void image_options_check(const struct argp_state *state, const struct image_options *options);

/* What the options wish for. */
void image_options_fill(const struct image_options *options, struct image_wish *ret);

#endif /* HOST_IMAGE_OPTIONS_H */
