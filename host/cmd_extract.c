/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge extract FILE -o OUT: the ELF kernel of an image, byte for byte, and its relocation table; or
 * another part, or the kernel with the symbols that it carries.
 */
#include <argp.h>
#include <string.h>
#include "host/commands.h"
#include "host/extract.h"
#include "host/options.h"

#define KEY_RELOCS     0x100
#define KEY_SYMBOLS    0x101
#define KEY_CONFIG     0x102
#define KEY_INITRD     0x103
#define KEY_CMDLINE    0x104
#define KEY_OS_RELEASE 0x105
#define KEY_SECTION    0x106
#define KEY_ALL        0x107
#define KEY_MAX_OUTPUT 0x108

struct options {
	uint64_t max_output; /* 0: the default */
	const char *file;
	const char *output;
	const char *relocs;
	const char *section;
	const char *all;
	enum extract_kind kind;
};

static const struct argp_option argp_options[] = {
	{"output", 'o', "OUT", 0, "Write the ELF kernel to OUT ('-': standard output)", 0},
	{"relocs", KEY_RELOCS, "FILE", 0, "Write the relocation table, in Linux's format, to FILE",
		0},
	{"symbols", KEY_SYMBOLS, NULL, 0,
		"Write the kernel with the symbols (kallsyms) and types (BTF) that it carries", 0},
	{"config", KEY_CONFIG, NULL, 0, "Write what the kernel was configured with (IKCONFIG)", 0},
	{"initrd", KEY_INITRD, NULL, 0, "Write the embedded initrd", 0},
	{"cmdline", KEY_CMDLINE, NULL, 0, "Write the embedded command line", 0},
	{"os-release", KEY_OS_RELEASE, NULL, 0, "Write a unified kernel image's os-release", 0},
	{"section", KEY_SECTION, "NAME", 0, "Write the PE section NAME, as '.splash'", 0},
	{"all", KEY_ALL, "FOLDER", 0, "Write every part there is to a file of its own in FOLDER", 0},
	MAX_OUTPUT_OPTION(KEY_MAX_OUTPUT),
	{0},
};

/* One of the options that say what goes to OUT. */
static void choose(const struct argp_state *state, struct options *o, enum extract_kind kind)
{
	if (o->kind != EXTRACT_KERNEL)
		argp_error(state, "OUT takes one part; --all takes every one");
	o->kind = kind;
}

static void check(const struct argp_state *state, const struct options *o)
{
	require_operand(state, "FILE", o->file);
	if (o->all && (o->output || o->relocs || o->kind != EXTRACT_KERNEL))
		argp_error(state, "--all goes with no other option");
	if (!o->all && !o->output)
		argp_error(state, "no -o OUT");
	if (o->relocs && o->kind != EXTRACT_KERNEL)
		argp_error(state, "--relocs goes with the kernel as it was built");
	if (o->relocs && !strcmp(o->output, o->relocs))
		argp_error(state, "kernel and relocation table cannot go to the same place");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->output = arg;
		return 0;
	case KEY_RELOCS:
		o->relocs = arg;
		return 0;
	case KEY_SYMBOLS:
		choose(state, o, EXTRACT_SYMBOLS);
		return 0;
	case KEY_CONFIG:
		choose(state, o, EXTRACT_CONFIG);
		return 0;
	case KEY_INITRD:
		choose(state, o, EXTRACT_INITRD);
		return 0;
	case KEY_CMDLINE:
		choose(state, o, EXTRACT_CMDLINE);
		return 0;
	case KEY_OS_RELEASE:
		choose(state, o, EXTRACT_OS_RELEASE);
		return 0;
	case KEY_SECTION:
		choose(state, o, EXTRACT_SECTION);
		o->section = arg;
		return 0;
	case KEY_ALL:
		o->all = arg;
		return 0;
	case KEY_MAX_OUTPUT:
		o->max_output = parse_max_output(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "FILE", &o->file);
		return 0;
	case ARGP_KEY_END:
		check(state, o);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "FILE -o OUT\nFILE --all FOLDER",
	.doc = "Take the ELF kernel out of an image, exactly as it was wrapped; or another part."
	       "\vFILE may be '-', standard input. A kernel without relocations gives an empty "
	       "FILE for --relocs. FOLDER must not exist yet, or be empty.",
};

/*
 * What goes to OUT. It is put into its temporary file while the kernel's digest is still being computed,
 * where there is such a file: writing takes as long as that. It gets its name when all is well.
 */
struct writing {
	const struct options *options;
	struct extract_part part;
	struct output out;
	bool begun;
	enum status status;
};

static void write_part(struct writing *w, const struct kernel *k)
{
	const struct options *o = w->options;
	bool together = o->kind == EXTRACT_SYMBOLS && output_is_file(o->output);

	w->begun = true;
	if (!together)
		w->status = extract_part(k, o->kind, o->section, &w->part);
	if (!w->status)
		w->status = output_begin(&w->out, o->output);
	w->out.unsynced = true;
	if (!w->status)
		w->status = together ? extract_symbols(k, &w->out, &w->part) :
				       extract_put(&w->out, &w->part);
}

/* For struct kernel_options. Other parts may be missing, which is not to be said of a kernel that is wrong. */
static void kernel_found(void *ctx, const struct kernel *k)
{
	struct writing *w = ctx;
	const struct options *o = w->options;

	if (o->kind == EXTRACT_KERNEL && !o->all && output_is_file(o->output))
		write_part(w, k);
}

/* Both files are complete before either appears. */
static enum status finish(struct writing *w, const struct kernel *k)
{
	const char *path = w->options->relocs;
	struct output relocs = {0};
	enum status status;

	if (w->begun && k->problems.count)
		return kernel_require_content(k); /* found out since */
	if (!w->begun)
		write_part(w, k);
	status = w->status;
	if (!status && path)
		status = output_begin(&relocs, path);
	relocs.unsynced = true;
	if (!status && path)
		status = output_put(&relocs, k->relocs);
	if (!status && path)
		status = output_commit(&relocs);
	if (!status)
		status = output_commit(&w->out);
	output_close(&relocs);
	return status;
}

enum status cmd_extract(int argc, char **argv)
{
	struct options o = {0};
	struct input in = {0};
	struct kernel k = {0};
	struct writing w = {.options = &o};
	struct kernel_options how = {.no_digest = true, .found = kernel_found, .found_ctx = &w};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	how.max_output = o.max_output;
	status = input_read(o.file, &in);
	if (!status && o.output)
		status = output_check(o.output, (const struct input *[]){&in}, 1);
	if (!status && o.relocs)
		status = output_check(o.relocs, (const struct input *[]){&in}, 1);
	if (!status)
		status = kernel_open_with(&in, &how, &k);
	if (!status)
		status = o.all ? extract_all(&k, o.all) : finish(&w, &k);
	output_close(&w.out);
	extract_free(&w.part);
	kernel_close(&k);
	input_free(&in);
	return status;
}
