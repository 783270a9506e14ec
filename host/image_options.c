/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See image_options.h.
 */
#include <string.h>
#include "host/image_options.h"

#define KEY_CHUNK  0x100
#define KEY_FILTER 0x101

static const struct argp_option argp_options[] = {
	{"output", 'o', "OUT", 0, "Write the image to OUT ('-': standard output)", 0},
	{"codec", 'c', "CODEC[:LEVEL]", 0,
		"Compress with CODEC, at its best level unless given (default: zstd)", 0},
	{"chunk", KEY_CHUNK, "SIZE|whole", 0,
		"Cut the kernel into parts of SIZE bytes (K, M: KiB, MiB) that decode by themselves", 0},
	{"filter", KEY_FILTER, "x86|none", 0,
		"Filter the code: smaller, but only bzforge reads the kernel back right, other "
		"tools find wrong code in its ELF (default: none)",
		0},
	{0},
};

static void parse_filter(const struct argp_state *state, const char *arg, bool *ret)
{
	if (strcmp(arg, "x86") && strcmp(arg, "none"))
		argp_error(state, "'%s' is not a filter (x86 or none)", arg);
	*ret = !strcmp(arg, "x86");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct image_options *o = state->input;

	switch (key) {
	case 'o':
		o->output = arg;
		return 0;
	case 'c':
		parse_codec(state, arg, &o->codec);
		return 0;
	case KEY_CHUNK:
		parse_chunk(state, arg, &o->codec);
		return 0;
	case KEY_FILTER:
		parse_filter(state, arg, &o->filter_x86);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp image_options_argp = {.options = argp_options, .parser = parse};

struct image_options image_options_default(void)
{
	return (struct image_options){.codec = codec_option_default()};
}

void image_options_check(const struct argp_state *state, const struct image_options *options)
{
	if (!options->output)
		argp_error(state, "no -o OUT");
	codec_option_check(state, &options->codec);
}

void image_options_fill(const struct image_options *options, struct image_wish *ret)
{
	ret->codec = options->codec.codec;
	ret->level = options->codec.level;
	ret->chunk_size = options->codec.chunk_size;
	ret->filter_x86 = options->filter_x86;
}
