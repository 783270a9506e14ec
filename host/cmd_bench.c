/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge bench IMAGE: the image's kernel in our wrapper with one codec after the other, each of them
 * made, checked and measured beside the original.
 */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/bench.h"
#include "host/child.h"
#include "host/chunks.h"
#include "host/clock.h"
#include "host/commands.h"
#include "host/kvm.h"
#include "host/libexec.h"
#include "host/output.h"
#include "host/progress.h"
#include "host/qemu.h"
#include "host/repack.h"

#define KEY_CODECS  0x100
#define KEY_WITH    0x101
#define KEY_BOOTS   0x102
#define KEY_NO_BOOT 0x103
#define KEY_KASLR   0x104
#define KEY_IMAGES  0x105
#define KEY_JSON    0x106

#define ALL_CODECS "none,lz4,lzo,gzip,zstd,bzip2,lzma,xz" /* the fast ones first */

struct made {
	char name[BENCH_NAME_SIZE]; /* as it was asked for */
	struct codec_option codec;
};

struct other {
	char name[BENCH_NAME_SIZE];
	const char *file;
};

struct options {
	const char *image;
	const char *folder;
	struct made made[BENCH_ROWS_MAX];
	size_t mades;
	bool codecs_given;
	struct other other[BENCH_ROWS_MAX];
	size_t others;
	long boots;
	bool no_boot, kaslr, images, json;
};

static const struct argp_option argp_options[] = {
	{"codecs", KEY_CODECS, "LIST", 0,
		"Codecs to try, with commas between them, each CODEC or CODEC:LEVEL (default: all)",
		0},
	{"with", KEY_WITH, "NAME=FILE", 0,
		"Also measure FILE, the same kernel in another wrapper, as it is", 0},
	{"output", 'o', "FOLDER", 0, "Leave bench.json, size-speed.svg and size-speed.png there", 0},
	{"images", KEY_IMAGES, NULL, 0, "Leave the images there, too", 0},
	{"boots", KEY_BOOTS, "N", 0,
		"Boot each image N times, and take the median (default: 1; 0: count instructions only)",
		0},
	{"kaslr", KEY_KASLR, NULL, 0, "Count instructions with KASLR as well", 0},
	{"no-boot", KEY_NO_BOOT, NULL, 0, "Do without QEMU", 0},
	{"json", KEY_JSON, NULL, 0, "Print JSON instead of the table", 0},
	{0},
};

static bool name_taken(const struct options *o, const char *name)
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
	const struct options *o = state->input;

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
	struct options *o = state->input;

	while (*list) {
		size_t len = (size_t)(strchrnul(list, ',') - list);
		struct made made = {.codec = codec_option_default()};

		parse_name(state, list, len, made.name);
		parse_codec(state, made.name, &made.codec);
		o->made[o->mades++] = made;
		list += len;
		if (*list == ',' && !*++list)
			argp_error(state, "the list of codecs ends with a comma");
	}
}

static void parse_with(const struct argp_state *state, const char *arg)
{
	struct options *o = state->input;
	const char *file = strchr(arg, '=');
	struct other other;

	if (!file) {
		argp_error(state, "'%s' is not NAME=FILE", arg);
		return;
	}
	parse_name(state, arg, (size_t)(file - arg), other.name);
	other.file = file + 1;
	o->other[o->others++] = other;
}

static void check_options(const struct argp_state *state, struct options *o)
{
	require_operand(state, "IMAGE", o->image);
	if (!o->codecs_given)
		parse_codecs(state, ALL_CODECS);
	if (o->images && !o->folder)
		argp_error(state, "--images without -o FOLDER");
	if (o->no_boot && (o->boots >= 0 || o->kaslr))
		argp_error(state, "--no-boot leaves nothing to boot or to count");
	if (o->boots < 0)
		o->boots = 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

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
	.doc = "Make, check and measure images of IMAGE's kernel with each codec, beside IMAGE itself: "
	       "size, time to compress, time to decode, instructions from entry to kernel, time to "
	       "userspace."
	       "\vInstructions are counted under QEMU from the 32-bit entry to the kernel's first "
	       "instruction, with nokaslr. Exit status: 0 done, 1 an image is bad or does not boot, "
	       "3 QEMU or gnuplot is missing (without gnuplot, all but the chart is made).",
};

/* The later of two troubles counts, but what is worse. */
static enum status worse(enum status a, enum status b)
{
	return a > b ? a : b;
}

static enum status open_whole(const struct input *in, struct kernel *k)
{
	enum status status = kernel_open(in, RELOCS_AUTO, k);

	if (!status && k->ours)
		status = chunks_check(k);
	if (!status)
		status = kernel_require_whole(k);
	if (!status)
		status = repack_check(k);
	return status;
}

/* One more row, finished: told at once unless the report is JSON. */
static enum status add_row(struct bench *b, const struct options *o, const struct kernel *k,
	const struct bench_row *start)
{
	struct bench_row *row = &b->row[b->rows];
	enum status status;

	*row = *start;
	status = bench_measure(b, k, row);
	if (status == STATUS_ENVIRONMENT)
		return status;
	b->rows++;
	if (!o->json)
		bench_table_row(b, row);
	return status;
}

static enum status add_original(struct bench *b, const struct options *o)
{
	struct bench_row row = {.name = "original", .kind = BENCH_ORIGINAL,
		.compress_s = BENCH_UNKNOWN, .make_s = BENCH_UNKNOWN};

	return add_row(b, o, b->kernel, &row);
}

static enum status add_other(struct bench *b, const struct options *o, const struct other *other)
{
	struct bench_row row = {
		.kind = BENCH_OTHER, .compress_s = BENCH_UNKNOWN, .make_s = BENCH_UNKNOWN};
	struct input in = {0};
	struct kernel k = {0};
	enum status status;

	memcpy(row.name, other->name, sizeof(row.name));
	status = input_read(other->file, &in);
	if (!status)
		status = open_whole(&in, &k);
	if (!status && memcmp(k.sha256, b->kernel->sha256, SHA256_SIZE)) {
		report(in.name, "holds another kernel than %s", b->kernel->name);
		status = STATUS_BAD_INPUT;
	} else if (!status) {
		status = add_row(b, o, &k, &row);
	}
	kernel_close(&k);
	input_free(&in);
	return status;
}

static enum status keep_image(const struct options *o, const char *name, struct span image)
{
	enum status status;
	char *path, *p;

	if (asprintf(&path, "%s/%s.img", o->folder, name) < 0)
		return report_no_memory(name);
	for (p = path + strlen(o->folder); *p; p++) {
		if (*p == ':')
			*p = '-';
	}
	status = output_write(path, image);
	free(path);
	return status;
}

/* image_write has checked it as `verify` would, and that the kernel is the same. */
static enum status add_made(struct bench *b, const struct options *o, const struct made *made)
{
	struct bench_row row = {.kind = BENCH_MADE, .level = made->codec.level};
	struct image_wish wish = repack_wish(b->kernel, &made->codec);
	double started = clock_seconds();
	struct input in = {.name = made->name};
	struct kernel k = {0};
	enum status status;

	memcpy(row.name, made->name, sizeof(row.name));
	wish.compress_seconds = &row.compress_s;
	progress_note(row.name, "compressing");
	status = image_write(&wish, &in.ptr, &in.len);
	row.make_s = clock_seconds() - started;
	if (!status && o->images)
		status = keep_image(o, row.name, input_span(&in));
	if (!status)
		status = kernel_open(&in, RELOCS_AUTO, &k);
	if (!status)
		status = add_row(b, o, &k, &row);
	progress_note_end();
	kernel_close(&k);
	free(in.ptr);
	return status;
}

static enum status measure_all(struct bench *b, const struct options *o)
{
	enum status status, all;
	size_t i;

	if (!o->json)
		bench_table_head(b);
	all = add_original(b, o);
	for (i = 0; i < o->others && all != STATUS_ENVIRONMENT; i++) {
		status = add_other(b, o, &o->other[i]);
		all = worse(all, status);
	}
	for (i = 0; i < o->mades && all != STATUS_ENVIRONMENT; i++) {
		status = add_made(b, o, &o->made[i]);
		all = worse(all, status);
	}
	return all;
}

/* Where the results go, and whether all programs are there, before minutes of work are lost. */
static enum status prepare(struct bench *b, const struct options *o)
{
	enum status status = STATUS_DONE;

	if (b->qemu && !child_present(QEMU)) {
		report(QEMU, "is not installed (package qemu-system-x86; --no-boot does without)");
		return STATUS_ENVIRONMENT;
	}
	if (b->qemu)
		status = libexec_find("icount.so", b->plugin);
	if (b->boots)
		b->kvm = kvm_usable();
	if (!status && o->folder && mkdir(o->folder, 0777) < 0 && errno != EEXIST) {
		report_errno(o->folder, "cannot create");
		status = STATUS_ENVIRONMENT;
	}
	return status;
}

static enum status tell(const struct bench *b, const struct options *o)
{
	enum status status;
	char *text, *path;

	status = bench_json(b, &text);
	if (status)
		return status;
	if (o->json)
		puts(text);
	if (o->folder) {
		if (asprintf(&path, "%s/bench.json", o->folder) < 0) {
			free(text);
			return report_no_memory(o->folder);
		}
		status = output_write(path, (struct span){(uint8_t *)text, strlen(text)});
		free(path);
		if (!status)
			status = bench_chart(b, o->folder);
	}
	free(text);
	return status;
}

static void set_name_width(struct bench *b, const struct options *o)
{
	size_t i;

	b->name_width = strlen("original");
	for (i = 0; i < o->mades + o->others; i++) {
		const char *name = i < o->mades ? o->made[i].name : o->other[i - o->mades].name;

		if (strlen(name) > b->name_width)
			b->name_width = strlen(name);
	}
}

static enum status bench(const struct options *o, const struct kernel *k)
{
	struct bench *b = calloc(1, sizeof(*b));
	enum status status;

	if (!b)
		return report_no_memory(k->name);
	b->kernel = k;
	b->qemu = !o->no_boot;
	b->boots = o->no_boot ? 0 : (unsigned int)o->boots;
	b->kaslr = o->kaslr;
	set_name_width(b, o);
	status = prepare(b, o);
	if (!status)
		status = measure_all(b, o);
	if (status != STATUS_ENVIRONMENT)
		status = worse(status, tell(b, o));
	free(b);
	return status;
}

enum status cmd_bench(int argc, char **argv)
{
	struct options o = {.boots = -1};
	struct input in = {0};
	struct kernel k = {0};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = input_read(o.image, &in);
	if (!status)
		status = open_whole(&in, &k);
	if (!status)
		status = bench(&o, &k);
	kernel_close(&k);
	input_free(&in);
	return status;
}
