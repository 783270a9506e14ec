/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge disk IMAGE... -o OUT: a disk that boots them, from BIOS by a boot sector and loader of
 * our own, from UEFI by a boot menu or by the image itself; the same entries from both.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include "host/child.h"
#include "host/commands.h"
#include "host/disk.h"
#include "host/disk_plan.h"
#include "host/disk_table.h"
#include "host/disk_target.h"
#include "host/options.h"

#define KEY_CMDLINE 0x200
#define KEY_INITRD  0x201
#define KEY_SIZE    0x202
#define KEY_TITLE   0x203
#define KEY_TIMEOUT 0x204
#define KEY_LOADER  0x205
#define KEY_UPDATE  0x206
#define KEY_ISO     0x207
#define KEY_YES     0x208

static const struct argp_option argp_options[] = {
	{"output", 'o', "OUT", 0,
		"Write the disk to OUT: a file, a drive, or '-' for standard output", 0},
	{"cmdline", KEY_CMDLINE, "STRING", 0, "Command line of the kernels", 0},
	{"initrd", KEY_INITRD, "FILE", 0, "An initrd for the kernels; more than one in their order",
		0},
	{"size", KEY_SIZE, "MIB", 0, "Size of the disk (default: as small as can be)", 0},
	{"title", KEY_TITLE, "STRING", 0,
		"What the menu calls the first IMAGE, the second one, ...", 0},
	{"timeout", KEY_TIMEOUT, "SECONDS", 0,
		"How long the menu waits (default: 5, not at all for a single IMAGE)", 0},
	{"efi-loader", KEY_LOADER, "FILE|none", 0,
		"Boot menu for UEFI (default: systemd-boot if it is installed, else none: then "
		"UEFI starts "
		"the one IMAGE itself)",
		0},
	{"update", KEY_UPDATE, NULL, 0,
		"Add or replace kernels on the disk OUT, which is there already", 0},
	{"iso", KEY_ISO, NULL, 0, "Make a CD, which is a disk, too", 0},
	{"yes", KEY_YES, NULL, 0, "Do not ask before writing to a drive", 0},
	{0},
};

static void add(const struct argp_state *state, const char **list, size_t *count, size_t max,
	const char *what, const char *arg)
{
	if (*count == max)
		argp_error(state, "more than %zu %ss", max, what);
	list[(*count)++] = arg;
}

static const char *check_line(const struct argp_state *state, const char *option, const char *arg)
{
	if (*arg && !disk_text_is_line(arg))
		argp_error(state, "%s has to be one line of text", option);
	return arg;
}

static void check_all(const struct argp_state *state, const struct disk_options *o)
{
	if (!o->image_count)
		argp_error(state, "no IMAGE");
	if (!o->output)
		argp_error(state, "no -o OUT");
	if (o->title_count > o->image_count)
		argp_error(state, "more titles than images");
	if (o->update && (o->iso || o->size_mib || o->timeout_s >= 0 || o->efi_loader))
		argp_error(state,
			"with --update the disk stays as it is: no --size, --timeout, "
			"--efi-loader, --iso");
	if (o->update && !strcmp(o->output, "-"))
		argp_error(state, "--update works on a disk, not on standard output");
	if (o->iso && o->size_mib)
		argp_error(state, "a CD is as large as what is on it: no --size with --iso");
}

/* Who reads standard input must be alone. */
static void check_stdin(const struct argp_state *state, const struct disk_options *o)
{
	size_t count = 0, i;

	for (i = 0; i < o->image_count; i++)
		count += !strcmp(o->image[i], "-");
	for (i = 0; i < o->initrd_count; i++)
		count += !strcmp(o->initrd[i], "-");
	if (count > 1)
		argp_error(state, "only one of the files can be standard input");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct disk_options *o = state->input;

	switch (key) {
	case 'o':
		o->output = arg;
		return 0;
	case KEY_CMDLINE:
		o->cmdline = check_line(state, "--cmdline", arg);
		return 0;
	case KEY_INITRD:
		add(state, o->initrd, &o->initrd_count, DISK_INITRDS_MAX, "initrd", arg);
		return 0;
	case KEY_SIZE:
		o->size_mib = parse_number(state, arg, "number of MiB", 1, DISK_SIZE_MAX_MIB);
		return 0;
	case KEY_TITLE:
		add(state, o->title, &o->title_count, DISK_IMAGES_MAX, "title",
			check_line(state, "--title", arg));
		return 0;
	case KEY_TIMEOUT:
		o->timeout_s = parse_number(state, arg, "number of seconds", 0, 1000000);
		return 0;
	case KEY_LOADER:
		o->efi_loader = arg;
		return 0;
	case KEY_UPDATE:
		o->update = true;
		return 0;
	case KEY_ISO:
		o->iso = true;
		return 0;
	case KEY_YES:
		o->yes = true;
		return 0;
	case ARGP_KEY_ARG:
		add(state, o->image, &o->image_count, DISK_IMAGES_MAX, "image", arg);
		return 0;
	case ARGP_KEY_END:
		check_all(state, o);
		check_stdin(state, o);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "IMAGE... -o OUT",
	.doc = "Make a disk that boots the kernel of each IMAGE, from BIOS and UEFI."
	       "\vIMAGE is a bzImage or a UKI, of whatever origin. The first one is booted unless "
	       "somebody chooses another.",
};

static enum status check_programs(const struct disk_options *o)
{
	enum status status = disk_program_check("mcopy", "mtools");

	if (!status && !o->update)
		status = disk_program_check("mkfs.fat", "dosfstools");
	if (!status && o->iso)
		status = disk_program_check("xorriso", "xorriso");
	return status ? status : disk_environment();
}

static enum status open_target(
	const struct disk_options *o, const struct disk_inputs *in, struct disk_target *target)
{
	const struct input *inputs[DISK_IMAGES_MAX + DISK_INITRDS_MAX + 1];
	size_t count = 0, i;

	for (i = 0; i < in->image_count; i++)
		inputs[count++] = &in->image[i].in;
	for (i = 0; i < in->initrd_count; i++)
		inputs[count++] = &in->initrd[i];
	inputs[count++] = &in->efi_loader;
	return disk_target_open(target, o->output, inputs, count, o->yes);
}

static enum status make_new(const struct disk_options *o, const struct disk_inputs *in)
{
	struct disk_content *content = calloc(1, sizeof(*content));
	struct disk_target target = {0};
	enum status status;

	if (!content)
		return report_no_memory(o->output);
	status = disk_boot_code_check();
	if (!status)
		status = open_target(o, in, &target);
	if (!status)
		status = disk_content_build(o, in, content);
	if (!status)
		status = o->iso ? disk_iso(o, content, &target) : disk_make(o, content, &target);
	disk_target_close(&target);
	disk_content_free(content);
	free(content);
	return status;
}

enum status cmd_disk(int argc, char **argv)
{
	struct disk_options o = {.timeout_s = -1};
	struct disk_inputs *in = calloc(1, sizeof(*in));
	enum status status;

	if (!in)
		return report_no_memory(NULL);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = check_programs(&o);
	if (!status)
		status = disk_inputs_read(&o, in);
	if (!status)
		status = o.update ? disk_update(&o, in) : make_new(&o, in);
	disk_inputs_free(in);
	free(in);
	return status;
}
