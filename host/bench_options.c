/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsing the command line of `bzforge bench`.
 */
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "host/bench_options.h"

#define KEY_CODECS  0x100
#define KEY_WITH    0x101
#define KEY_BOOTS   0x102
#define KEY_NO_BOOT 0x103
#define KEY_KASLR   0x104
#define KEY_IMAGES  0x105
#define KEY_JSON    0x106
#define KEY_THREADS 0x107
#define KEY_CPUS    0x108

#define ALL_CODECS "none,lz4,lzo,gzip,zstd,bzip2,lzma,xz" /* the fast ones first */

static const struct argp_option argp_options[] = {
	{"codecs", KEY_CODECS, "LIST", 0,
		"Codecs to try, with commas between them, each CODEC or CODEC:LEVEL (default: all)",
		0},
	{"with", KEY_WITH, "NAME=FILE", 0,
		"Also measure FILE, the same kernel in another wrapper, as it is", 0},
	{"output", 'o', "FOLDER", 0, "Leave bench.json, size-speed.svg and size-speed.png there", 0},
	{"images", KEY_IMAGES, NULL, 0, "Leave the images there, too", 0},
	{"boots", KEY_BOOTS, "N", 0,
		"Boot each image N times, take the median (default: 1; 0: count instructions only)",
		0},
	{"kaslr", KEY_KASLR, NULL, 0, "Count instructions with KASLR as well", 0},
	{"threads", KEY_THREADS, "LIST", 0,
		"Decode natively with each number of threads (default: 1,2,4 as far as there are processors)",
		0},
	{"cpus", KEY_CPUS, "LIST", 0, "Time from entry to kernel in QEMU with each number of CPUs", 0},
	{"no-boot", KEY_NO_BOOT, NULL, 0, "Do without QEMU", 0},
	{"json", KEY_JSON, NULL, 0, "Print JSON instead of the table", 0},
	{0},
};

static bool name_taken(const struct bench_options *o, const char *name)
{
	bool taken = !strcmp(name, "original");
	size_t i;

	for (i = 0; i < o->mades; i++)
		taken |= !strcmp(o->made[i].name, name);
	for (i = 0; i < o->others; i++)
		taken |= !strcmp(o->other[i].name, name);
	return taken;
}

/* A row's name: not empty, not too long, not there yet. Ends the process with a usage error. */
static void parse_name(const struct argp_state *state, const char *text, size_t len,
	char ret[BENCH_NAME_SIZE])
{
	const struct bench_options *o = state->input;

	if (!len || len >= BENCH_NAME_SIZE || memchr(text, '/', len))
		argp_error(state, "'%.*s' cannot be a name in the table", (int)len, text);
	snprintf(ret, BENCH_NAME_SIZE, "%.*s", (int)len, text);
	if (name_taken(o, ret))
		argp_error(state, "'%s' stands twice", ret);
	if (o->mades + o->others + 2 > BENCH_ROWS_MAX)
		argp_error(state, "more than %d images", BENCH_ROWS_MAX);
}

static void parse_codecs(const struct argp_state *state, const char *list)
{
	struct bench_options *o = state->input;

	while (*list) {
		size_t len = (size_t)(strchrnul(list, ',') - list);
		struct bench_made made = {.codec = codec_option_default()};

		parse_name(state, list, len, made.name);
		parse_codec(state, made.name, &made.codec);
		o->made[o->mades++] = made;
		list += len;
		if (*list == ',' && !*++list)
			argp_error(state, "the list of codecs ends with a comma");
	}
}

/* Numbers with commas between them. */
static void parse_counts(const struct argp_state *state, const char *list, const char *what, long max,
	struct decode_counts *ret)
{
	char number[16];

	ret->count = 0;
	while (*list) {
		size_t len = (size_t)(strchrnul(list, ',') - list);

		snprintf(number, sizeof(number), "%.*s", (int)len, list);
		if (len >= sizeof(number) || ret->count == DECODE_COUNTS_MAX)
			argp_error(state, "'%s' is too long a list", list);
		ret->n[ret->count++] = (unsigned int)parse_number(state, number, what, 1, max);
		list += len;
		if (*list == ',' && !*++list)
			argp_error(state, "a list of numbers ends with a comma");
	}
}

static void default_threads(struct decode_counts *ret)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int n;

	for (n = 2; n <= 4 && n <= processors; n *= 2)
		ret->n[ret->count++] = n;
}

static void parse_with(const struct argp_state *state, const char *arg)
{
	struct bench_options *o = state->input;
	const char *file = strchr(arg, '=');
	struct bench_other other;

	if (!file) {
		argp_error(state, "'%s' is not NAME=FILE", arg);
		return;
	}
	parse_name(state, arg, (size_t)(file - arg), other.name);
	other.file = file + 1;
	o->other[o->others++] = other;
}

static void check_options(const struct argp_state *state, struct bench_options *o)
{
	require_operand(state, "IMAGE", o->image);
	if (!o->codecs_given)
		parse_codecs(state, ALL_CODECS);
	if (!o->threads_given)
		default_threads(&o->threads);
	if (o->images && !o->folder)
		argp_error(state, "--images without -o FOLDER");
	if (o->no_boot && (o->boots >= 0 || o->kaslr || o->cpus.count))
		argp_error(state, "--no-boot leaves nothing to boot or to count");
	if (o->boots < 0)
		o->boots = 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct bench_options *o = state->input;

	switch (key) {
	case KEY_CODECS:
		o->codecs_given = true;
		parse_codecs(state, arg);
		return 0;
	case KEY_WITH:
		parse_with(state, arg);
		return 0;
	case 'o':
		o->folder = arg;
		return 0;
	case KEY_IMAGES:
		o->images = true;
		return 0;
	case KEY_BOOTS:
		o->boots = parse_number(state, arg, "number of boots", 0, BENCH_BOOTS_MAX);
		return 0;
	case KEY_KASLR:
		o->kaslr = true;
		return 0;
	case KEY_THREADS:
		o->threads_given = true;
		parse_counts(state, arg, "number of threads", DECODE_THREADS_MAX, &o->threads);
		return 0;
	case KEY_CPUS:
		parse_counts(state, arg, "number of CPUs", BENCH_CPUS_MAX, &o->cpus);
		return 0;
	case KEY_NO_BOOT:
		o->no_boot = true;
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "IMAGE", &o->image);
		return 0;
	case ARGP_KEY_END:
		check_options(state, o);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "IMAGE",
	.doc = "Make, check and measure images of IMAGE's kernel with each codec, beside IMAGE: "
	       "size, time to compress, time to decode, instructions from entry to kernel, time to "
	       "userspace."
	       "\vInstructions are counted under QEMU from the 32-bit entry to the kernel's first "
	       "instruction, with nokaslr. Exit status: 0 done, 1 an image is bad or does not "
	       "boot, 3 QEMU or gnuplot is missing (without gnuplot, all but the chart is made).",
};

void bench_options_parse(int argc, char **argv, struct bench_options *ret)
{
	*ret = (struct bench_options){.boots = -1};
	argp_parse(&argp, argc, argv, 0, NULL, ret);
}
