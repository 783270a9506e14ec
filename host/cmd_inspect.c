/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge inspect FILE: what is this kernel image, what is in it, is it whole? With --pcr: which values
 * will a TPM's PCRs have when the image has measured what it measures?
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include "host/chunks.h"
#include "host/commands.h"
#include "host/extra_files.h"
#include "host/inspect.h"
#include "host/options.h"
#include "host/pcr.h"
#include "lib/contradict.h"

#define KEY_JSON     0x100
#define KEY_PCR      0x101
#define KEY_CMDLINE  0x102
#define KEY_INITRD   0x103
#define KEY_NO_NUL   0x104
#define KEY_BEFORE   0x105
#define KEY_HANDOVER 0x106
#define KEY_SECURE   0x107
#define KEY_EXTRA    0x108
#define KEY_GLOBAL   0x109
#define KEY_MAX_OUTPUT 0x10a
#define KEY_DEEP     0x10b
#define KEY_SVG      0x10c

struct options {
	uint64_t max_output; /* 0: the default */
	const char *file;
	bool json, deep;
	const char *svg; /* NULL: none */
	bool pcr, pcr_only; /* asked for; an option that makes sense with it alone was given */
	const char *initrd, *beside, *global; /* beside, global: folders */
	struct pcr_input input;
};

static const struct argp_option argp_options[] = {
	{"json", KEY_JSON, NULL, 0, "Report as JSON", 0},
	{"svg", KEY_SVG, "FILE", 0, "Draw the layout of file and memory, too", 0},
	{"deep", KEY_DEEP, NULL, 0, "Decode the kernel and look into it, too", 0},
	{"pcr", KEY_PCR, NULL, 0, "Predict the PCRs that the image's EFI stub extends", 1},
	{"cmdline", KEY_CMDLINE, "STRING", 0, "The command line, as the boot loader hands it over", 1},
	{"no-nul", KEY_NO_NUL, NULL, 0, "The boot loader's command line ends without a NUL", 1},
	{"handover", KEY_HANDOVER, NULL, 0,
		"The boot loader uses the handover entry: the command line is not measured", 1},
	{"initrd", KEY_INITRD, "FILE", 0, "The initrd, as the boot loader hands it over", 1},
	{"secure-boot", KEY_SECURE, NULL, 0,
		"Secure Boot is on: an embedded command line or initrd is the only one", 1},
	{"extra", KEY_EXTRA, "FOLDER", 0,
		"Credentials and system extensions beside a UKI, its folder IMAGE.extra.d", 1},
	{"credentials", KEY_GLOBAL, "FOLDER", 0, "Credentials for every UKI, \\loader\\credentials", 1},
	{"pcr-before", KEY_BEFORE, "PCR:DIGEST", 0, "A PCR's value before, if it is not zero", 1},
	MAX_OUTPUT_OPTION(KEY_MAX_OUTPUT),
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_JSON:
		o->json = true;
		return 0;
	case KEY_SVG:
		o->svg = arg;
		return 0;
	case KEY_DEEP:
		o->deep = true;
		return 0;
	case KEY_PCR:
		o->pcr = true;
		return 0;
	case KEY_CMDLINE:
		o->pcr_only = true;
		o->input.cmdline = arg;
		return 0;
	case KEY_NO_NUL:
		o->pcr_only = o->input.no_nul = true;
		return 0;
	case KEY_HANDOVER:
		o->pcr_only = o->input.handover = true;
		return 0;
	case KEY_INITRD:
		o->pcr_only = true;
		o->initrd = arg;
		return 0;
	case KEY_SECURE:
		o->pcr_only = o->input.secure_boot = true;
		return 0;
	case KEY_EXTRA:
		o->pcr_only = true;
		o->beside = arg;
		return 0;
	case KEY_GLOBAL:
		o->pcr_only = true;
		o->global = arg;
		return 0;
	case KEY_BEFORE:
		o->pcr_only = true;
		if (!pcr_parse(arg, o->input.before))
			argp_error(state, "--pcr-before takes PCR:DIGEST, 64 hex digits, not '%s'", arg);
		return 0;
	case KEY_MAX_OUTPUT:
		o->max_output = parse_max_output(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "FILE", &o->file);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "FILE", o->file);
		if (o->pcr_only && !o->pcr)
			argp_error(state, "--cmdline, --no-nul, --handover, --initrd, --secure-boot, "
					  "--extra, --credentials and --pcr-before need --pcr");
		if (o->initrd && !strcmp(o->file, "-") && !strcmp(o->initrd, "-"))
			argp_error(state, "only one of two files can be standard input");
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
	       "\vFILE is a kernel image of any kind, or a package with one; '-' is standard input. "
	       "Without --deep, --json or --svg what headers say is all that is looked at, and takes "
	       "milliseconds. Exit status 1 if anything is wrong with it.",
};

static enum status predict(struct options *o, const struct kernel *k)
{
	struct pcr_prediction prediction;
	struct input initrd = {0};
	struct extra_files extra = {0};
	enum status status = kernel_require_whole(k);

	if (!status && o->initrd) {
		status = input_read(o->initrd, &initrd);
		o->input.initrd = &initrd;
	}
	if (!status && (o->beside || o->global) && !k->uki) {
		report(k->name, "is no unified kernel image: --extra and --credentials are for these");
		status = STATUS_USAGE;
	}
	if (!status)
		status = extra_files_read(o->beside, o->global, &extra);
	for (size_t i = 0; i < EXTRA_KINDS && !status; i++)
		o->input.extra[i] = extra.archive[i];
	if (!status)
		status = pcr_predict(k, &o->input, &prediction);
	if (!status && o->json)
		status = pcr_print_json(k->name, &prediction);
	else if (!status)
		pcr_print_text(k->name, &prediction);
	o->input = (struct pcr_input){0};
	extra_files_free(&extra);
	input_free(&initrd);
	return status;
}

static enum status report_all(const struct options *o, const struct kernel *k)
{
	struct facts *f = calloc(1, sizeof(*f));
	enum status status;

	if (!f)
		return report_no_memory(k->name);
	status = facts_find(k, f);
	if (!status && o->svg)
		status = inspect_write_svg(f, o->svg);
	if (!status && o->json)
		status = inspect_print_json(f);
	else if (!status)
		inspect_print_text(f);
	facts_close(f);
	free(f);
	return status;
}

enum status cmd_inspect(int argc, char **argv)
{
	struct options o = {0};
	struct input in = {0};
	struct kernel k = {0};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = input_read(o.file, &in);
	if (!status)
		status = kernel_open_with(&in,
			&(struct kernel_options){.shallow = !o.json && !o.deep && !o.svg && !o.pcr,
				.no_digest = !o.json && !o.deep && !o.svg && !o.pcr,
				.max_output = o.max_output},
			&k);
	if (!status && k.format == KERNEL_UNKNOWN)
		problems_add(&k.problems, "", ERR_NOT_KERNEL, NULL);
	if (!status && k.ours && k.content)
		status = chunks_check(&k);
	if (status)
		goto out;
	if (o.pcr) {
		status = predict(&o, &k);
		goto out;
	}
	kernel_find_contradictions(&k);
	status = report_all(&o, &k);
	if (!status && k.problems.count) {
		report_problems(in.name, &k.problems);
		status = STATUS_BAD_INPUT;
	}
out:
	kernel_close(&k);
	input_free(&in);
	return status;
}
