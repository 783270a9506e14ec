/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge inspect FILE: what is this kernel image, what is in it, is it whole?
 */
#include <argp.h>
#include "host/chunks.h"
#include "host/commands.h"
#include "host/inspect.h"
#include "host/options.h"

#define KEY_JSON 0x100

struct options {
	const char *file;
	bool json;
};

static const struct argp_option argp_options[] = {
	{"json", KEY_JSON, NULL, 0, "Report as JSON", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "FILE", &o->file);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "FILE", o->file);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "FILE",
	.doc = "Say what a kernel image is, what is in it, and whether it is whole."
	       "\vFILE is a bzImage or a bare ELF kernel; '-' is standard input. Exit status 1 if "
	       "anything is wrong with it.",
};

enum status cmd_inspect(int argc, char **argv)
{
	struct options o = {0};
	struct input in = {0};
	struct kernel k = {0};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = input_read(o.file, &in);
	if (!status)
		status = kernel_open(&in, RELOCS_AUTO, &k);
	if (!status && k.format == KERNEL_UNKNOWN)
		problems_add(&k.problems, "", ERR_NOT_BZIMAGE, NULL);
	if (!status && k.ours)
		status = chunks_check(&k);
	if (status)
		goto out;
	if (o.json)
		status = inspect_print_json(&k);
	else
		inspect_print_text(&k);
	if (!status && k.problems.count) {
		report_problems(in.name, &k.problems);
		status = STATUS_BAD_INPUT;
	}
out:
	kernel_close(&k);
	input_free(&in);
	return status;
}
