/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of all commands that write an image: where to, how it is compressed, who signs it.
 */
#ifndef HOST_IMAGE_OPTIONS_H
#define HOST_IMAGE_OPTIONS_H

#include "host/image_write.h"
#include "host/options.h"
#include "host/sign.h"

struct image_options {
	const char *output;
	struct codec_option codec;
	bool filter_x86;
	struct sign_option sign;
	bool given; /* something about compression was asked for */
};

/* No output yet, the default codec. */
struct image_options image_options_default(void);

/* -o, -c, --chunk, --filter, --sign: a child parser [argp]; its input is a struct image_options. */
extern const struct argp image_options_argp;

/* When all options are known: ends the process with a usage error if they are not enough. */
void image_options_check(const struct argp_state *state, const struct image_options *options);

/* output_check, and that it can be signed if it is to be. Prints. */
enum status image_options_check_output(
	const struct image_options *options, const struct input *const *inputs, size_t count);

/* Write the finished image to where it was wished, signed if so. Prints. */
enum status image_options_write(const struct image_options *options, struct span image);

/* What the options wish for. */
void image_options_fill(const struct image_options *options, struct image_wish *ret);

#endif /* HOST_IMAGE_OPTIONS_H */
