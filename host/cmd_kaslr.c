/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge kaslr IMAGE --memory-map FILE: where would the kernel land on such a machine? The answer is
 * computed by the code that the stub in the image runs.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include "core/memparam.h"
#include "host/commands.h"
#include "host/kaslr_model.h"
#include "host/options.h"
#include "host/output.h"

#define KEY_MAP     0x100
#define KEY_BOOTS   0x101
#define KEY_JSON    0x102
#define KEY_CMDLINE 0x103
#define KEY_SVG     0x104
#define KEY_SEED    0x105
#define KEY_LOAD    0x106

#define BOOTS_MAX    1000000000
#define LOAD_DEFAULT 0x100000 /* QEMU, SYSLINUX, and GRUB where it can */

struct options {
	const char *file, *map, *cmdline, *svg;
	long boots, seed;
	uint64_t load_pa;
	bool json;
};

static const struct argp_option argp_options[] = {
	{"memory-map", KEY_MAP, "FILE", 0,
		"The machine's memory: /proc/iomem, a kernel's log, or what boot --trace printed", 0},
	{"boots", KEY_BOOTS, "N", 0, "Simulate N boots and test whether all places come up alike", 0},
	{"cmdline", KEY_CMDLINE, "STRING", 0, "Kernel command line: mem=, memmap= and so on count", 0},
	{"load", KEY_LOAD, "ADDRESS", 0, "Where the loader puts the image (default: 1M)", 0},
	{"seed", KEY_SEED, "N", 0, "Another series of simulated boots (default: 0)", 0},
	{"json", KEY_JSON, NULL, 0, "Report as JSON", 0},
	{"svg", KEY_SVG, "FILE", 0, "Also draw memory and slots into FILE", 0},
	{0},
};

static uint64_t parse_address(const struct argp_state *state, const char *arg)
{
	struct span text = {(const uint8_t *)arg, strlen(arg)};
	uint64_t pa = 0;
	size_t used = 0;

	if (memparam_number(text, &pa, &used) || used != text.len || pa >> 52)
		argp_error(state, "'%s' is not an address", arg);
	return pa;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_MAP:
		o->map = arg;
		return 0;
	case KEY_BOOTS:
		o->boots = parse_number(state, arg, "number of boots", 1, BOOTS_MAX);
		return 0;
	case KEY_CMDLINE:
		o->cmdline = arg;
		return 0;
	case KEY_LOAD:
		o->load_pa = parse_address(state, arg);
		return 0;
	case KEY_SEED:
		o->seed = parse_number(state, arg, "seed", 0, INT32_MAX);
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	case KEY_SVG:
		o->svg = arg;
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "IMAGE", &o->file);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "IMAGE", o->file);
		if (!o->map)
			argp_error(state, "no --memory-map FILE");
		if (o->map && !strcmp(o->map, "-") && !strcmp(o->file, "-"))
			argp_error(state, "only one of two files can be standard input");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "IMAGE --memory-map FILE",
	.doc = "Show which places a kernel may get by address randomisation, and why not others."
	       "\vIMAGE is one that bzforge made. A log with efi=debug on the command line has the EFI "
	       "memory map, too; /proc/iomem must be read as root. Exit status 1 if IMAGE or FILE "
	       "cannot be read, or if a simulated boot went to a place that is none.",
};

static enum status map_read(const struct input *in, struct map_text *ret)
{
	struct span text = input_span(in);
	struct fault fault = {0};
	enum err e = map_text_parse(text, ret, &fault);
	char part[32];

	if (!e)
		return STATUS_DONE;
	snprintf(part, sizeof(part), "line %zu", map_text_line(text, fault.offset));
	report_fault(in->name, e == ERR_NO_MEMORY_MAP ? "" : part, e, &fault);
	return STATUS_BAD_INPUT;
}

static enum status print(const struct options *o, const struct kaslr_model *m)
{
	struct kaslr_simulation simulation;
	bool simulate = o->boots;
	enum status status = STATUS_DONE;

	if (simulate)
		status = kaslr_simulate(m, (uint64_t)o->boots, (uint64_t)o->seed, &simulation);
	if (status)
		return status;
	if (o->json)
		status = kaslr_print_json(m, simulate ? &simulation : NULL);
	else
		kaslr_print_text(m, simulate ? &simulation : NULL);
	if (!status && o->svg)
		status = kaslr_write_svg(m, o->svg);
	if (!status && simulate && simulation.wrong) {
		report(m->image_name, "%llu of %ld simulated boots went to a place that is none",
			(unsigned long long)simulation.wrong, o->boots);
		status = STATUS_BAD_INPUT;
	}
	return status;
}

static enum status model_make(const struct options *o, const struct kernel *k,
	const struct input *map_in, struct kaslr_model *m)
{
	struct map_text *map = malloc(sizeof(*map));
	enum status status = map ? map_read(map_in, map) : report_no_memory(map_in->name);

	m->image_name = k->name;
	m->map_name = map_in->name;
	m->cmdline = (struct span){(const uint8_t *)o->cmdline, strlen(o->cmdline)};
	if (!status)
		status = kaslr_model_make(k, map, o->load_pa, m);
	free(map);
	return status;
}

enum status cmd_kaslr(int argc, char **argv)
{
	struct options o = {.cmdline = "", .load_pa = LOAD_DEFAULT};
	struct input in = {0}, map_in = {0};
	struct kernel k = {0};
	struct kaslr_model *m = NULL;
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = input_read(o.file, &in);
	if (!status)
		status = input_read(o.map, &map_in);
	if (!status && o.svg)
		status = output_check(o.svg, (const struct input *[]){&in, &map_in}, 2);
	if (!status)
		status = kernel_open(&in, RELOCS_AUTO, &k);
	if (!status)
		status = kernel_require_whole(&k);
	if (!status && !k.ours) {
		report(in.name, "is no image of bzforge: use 'bzforge repack' first");
		status = STATUS_BAD_INPUT;
	}
	if (status)
		goto out;
	m = calloc(1, sizeof(*m));
	status = m ? model_make(&o, &k, &map_in, m) : report_no_memory(in.name);
	if (!status)
		status = print(&o, m);
out:
	free(m);
	kernel_close(&k);
	input_free(&map_in);
	input_free(&in);
	return status;
}
