/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge extract FILE -o OUT: the ELF kernel of an image, byte for byte, and its relocation table.
 */
#include <argp.h>
#include <string.h>
#include "host/commands.h"
#include "host/kernel.h"
#include "host/output.h"
#include "host/options.h"

#define KEY_RELOCS 0x100

struct options {
	const char *file;
	const char *output;
	const char *relocs;
};

static const struct argp_option argp_options[] = {
	{"output", 'o', "OUT", 0, "Write the ELF kernel to OUT ('-': standard output)", 0},
	{"relocs", KEY_RELOCS, "FILE", 0, "Write the relocation table, in Linux's format, to FILE",
		0},
	{0},
};

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
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "FILE", &o->file);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "FILE", o->file);
		if (!o->output)
			argp_error(state, "no -o OUT");
		if (o->relocs && !strcmp(o->output, o->relocs))
			argp_error(
				state, "kernel and relocation table cannot go to the same place");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "FILE -o OUT",
	.doc = "Take the ELF kernel out of an image, exactly as it was wrapped."
	       "\vFILE may be '-', standard input. A kernel without relocations gives an empty "
	       "FILE for --relocs.",
};

/* Both files are complete on the disk before either appears. */
static enum status write_both(const struct options *o, const struct kernel *k)
{
	struct output elf = {0}, relocs = {0};
	enum status status;

	status = output_begin(&elf, o->output);
	if (!status)
		status = output_put(&elf, k->kernel);
	if (!status && o->relocs)
		status = output_begin(&relocs, o->relocs);
	if (!status && o->relocs)
		status = output_put(&relocs, k->relocs);
	if (!status && o->relocs)
		status = output_commit(&relocs);
	if (!status)
		status = output_commit(&elf);
	output_close(&relocs);
	output_close(&elf);
	return status;
}

enum status cmd_extract(int argc, char **argv)
{
	struct options o = {0};
	struct input in = {0};
	struct kernel k = {0};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = input_read(o.file, &in);
	if (!status)
		status = output_check(o.output, (const struct input *[]){&in}, 1);
	if (!status && o.relocs)
		status = output_check(o.relocs, (const struct input *[]){&in}, 1);
	if (!status)
		status = kernel_open(&in, RELOCS_AUTO, &k);
	if (!status)
		status = kernel_require_content(&k);
	if (!status)
		status = write_both(&o, &k);
	kernel_close(&k);
	input_free(&in);
	return status;
}
