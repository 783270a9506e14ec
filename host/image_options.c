/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See image_options.h.
 */
#include <string.h>
#include "host/image_options.h"
#include "host/output.h"

#define KEY_CHUNK  0x100
#define KEY_FILTER 0x101
#define KEY_SIGN   0x110

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
	{"sign", KEY_SIGN, "KEY CERT", 0, "Sign for Secure Boot (PEM files; sbsign does it)", 0},
	{0},
};

/* The option takes two words; argp knows of the first. */
static void parse_sign(struct argp_state *state, const char *arg, struct sign_option *ret)
{
	ret->key = arg;
	if (state->next >= state->argc)
		argp_error(state, "--sign needs two words: KEY and CERT");
	ret->cert = state->argv[state->next++];
}

static void parse_filter(const struct argp_state *state, const char *arg, bool *ret)
{
	if (strcmp(arg, "x86") && strcmp(arg, "none"))
		argp_error(state, "'%s' is not a filter (x86 or none)", arg);
	*ret = !strcmp(arg, "x86");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct image_options *o = state->input;

	o->given |= key == 'c' || key == KEY_CHUNK || key == KEY_FILTER;
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
	case KEY_SIGN:
		parse_sign(state, arg, &o->sign);
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

enum status image_options_check_output(
	const struct image_options *options, const struct input *const *inputs, size_t count)
{
	enum status status = sign_check(&options->sign, options->output);

	return status ? status : output_check(options->output, inputs, count);
}

enum status image_options_write(const struct image_options *options, struct span image)
{
	if (options->sign.key)
		return sign_write(&options->sign, options->output, image);
	return output_write(options->output, image);
}

void image_options_fill(const struct image_options *options, struct image_wish *ret)
{
	ret->codec = options->codec.codec;
	ret->level = options->codec.level;
	ret->chunk_size = options->codec.chunk_size;
	ret->filter_x86 = options->filter_x86;
}
