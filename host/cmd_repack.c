/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge repack IMAGE -o OUT: the kernel of any bzImage in our wrapper. The kernel stays bit for
 * bit the same; what the setup header says about it is carried over.
 */
#include <argp.h>
#include <stdlib.h>
#include "host/ahead.h"
#include "host/commands.h"
#include "host/image_options.h"
#include "host/pool.h"
#include "host/repack.h"
#include "host/uki.h"

struct options {
	const char *image;
	struct image_options new;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->new;
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "IMAGE", &o->image);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "IMAGE", o->image);
		image_options_check(state, &o->new);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "IMAGE -o OUT",
	.doc = "Wrap the kernel of a bzImage anew: same kernel, bit for bit, our boot code."
	       "\vIMAGE may be '-', standard input. A signature on IMAGE is lost.",
	.children = (const struct argp_child[]){{&image_options_argp, 0, NULL, 0}, {0}},
};

static enum status repack(
	const struct options *o, const struct input *in, struct ahead *ahead, struct kernel *k)
{
	const struct kernel_options how = {.arrived = ahead ? ahead_arrived : NULL, .arrived_ctx = ahead};
	struct image_wish wish;
	enum status status;
	uint8_t *image, *owned = NULL;
	size_t size;

	status = kernel_open_with(in, &how, k);
	if (!status)
		status = kernel_require_whole(k);
	if (!status)
		status = repack_check(k);
	if (status)
		return status;
	wish = repack_wish(k, &o->new.codec);
	image_options_fill(&o->new, &wish);
	wish.ahead = ahead;
	if (k->uki) { /* it stays one, with all its parts */
		struct uki u;

		uki_read(k, &u);
		status = uki_wish(&u, &wish, &owned);
	}
	if (!status)
		status = image_write(&wish, &image, &size);
	free(owned);
	if (status)
		return status;
	status = image_options_write(&o->new, (struct span){image, size});
	free(image);
	if (!status)
		repack_say_unsigned(k, &o->new);
	return status;
}

enum status cmd_repack(int argc, char **argv)
{
	struct options o = {.new = image_options_default()};
	struct input in = {0};
	struct kernel k = {0};
	struct ahead *ahead = NULL;
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = input_read(o.image, &in);
	if (!status)
		status = image_options_check_output(&o.new, (const struct input *[]){&in}, 1);
	if (!status) {
		ahead = ahead_start(&o.new, pool_processors() - 1);
		status = repack(&o, &in, ahead, &k);
	}
	ahead_end(ahead);
	kernel_close(&k);
	input_free(&in);
	return status;
}
