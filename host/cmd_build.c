/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge build KERNEL.elf -o OUT: an image around any 64-bit ELF kernel. How it may be moved
 * follows from what it brings along:
 *
 *   relocation table in Linux's format    anywhere in memory, and in the virtual window
 *   position independent (ET_DYN)         anywhere in memory
 *   neither                               where its program headers say
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include "host/commands.h"
#include "lib/elf_relocs.h"
#include "host/ikconfig.h"
#include "host/image_options.h"
#include "spec/elf64.h"

#define KEY_CMDLINE 0x100
#define KEY_INITRD  0x101
#define KEY_RELOCS  0x102
#define KEY_5LEVEL  0x103
#define VERSION_MAX SETUP_VERSION_SIZE

struct options {
	const char *kernel;
	struct image_options image;
	const char *cmdline;
	const char *initrd;
	const char *relocs;
	bool five_level;
};

static const struct argp_option argp_options[] = {
	{"cmdline", KEY_CMDLINE, "STRING", 0,
		"Embed a command line; what the loader passes comes behind it", 0},
	{"initrd", KEY_INITRD, "FILE", 0, "Embed an initrd; what the loader passes comes behind it",
		0},
	{"relocs", KEY_RELOCS, "auto|none|FILE", 0,
		"Relocations: those of the ELF file (default), none, or a table in Linux's format",
		0},
	{"5level", KEY_5LEVEL, NULL, 0,
		"The kernel can use 5-level paging (default: as its embedded configuration says)",
		0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->image;
		return 0;
	case KEY_CMDLINE:
		o->cmdline = arg;
		return 0;
	case KEY_INITRD:
		o->initrd = arg;
		return 0;
	case KEY_RELOCS:
		o->relocs = arg;
		return 0;
	case KEY_5LEVEL:
		o->five_level = true;
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "KERNEL", &o->kernel);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "KERNEL", o->kernel);
		image_options_check(state, &o->image);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "KERNEL -o OUT",
	.doc = "Wrap an x86-64 ELF kernel: an image that every loader for Linux can boot."
	       "\vKERNEL may be a vmlinux linked with --emit-relocs, a position-independent "
	       "executable, or a static one, which is loaded where its program headers say. KERNEL "
	       "may be '-', standard input.",
	.children = (const struct argp_child[]){{&image_options_argp, 0, NULL, 0}, {0}},
};

/* The three files of a build. */
struct inputs {
	struct input kernel, initrd, relocs;
};

static enum status read_inputs(const struct options *o, struct inputs *in)
{
	bool relocs_file = strcmp(o->relocs, "auto") && strcmp(o->relocs, "none");
	enum status status;

	status = input_read(o->kernel, &in->kernel);
	if (!status && o->initrd)
		status = input_read(o->initrd, &in->initrd);
	if (!status && relocs_file)
		status = input_read(o->relocs, &in->relocs);
	return status;
}

static enum status open_kernel(const struct options *o, const struct inputs *in, struct kernel *k)
{
	enum relocs_from from = strcmp(o->relocs, "auto") ? RELOCS_NONE : RELOCS_AUTO;
	enum status status;

	status = kernel_open(&in->kernel, from, k);
	if (!status)
		status = kernel_require_whole(k);
	if (status)
		return status;
	if (k->format != KERNEL_ELF) {
		report(k->name, "is a bzImage: use 'bzforge repack'");
		return STATUS_BAD_INPUT;
	}
	if (!in->relocs.name)
		return STATUS_DONE;
	if (k->plan.type != ET_EXEC || k->plan.link_base != LINUX_LINK_BASE) {
		report(in->relocs.name, "a relocation table is for kernels linked at 0x%llx only",
			(unsigned long long)LINUX_LINK_BASE);
		return STATUS_BAD_INPUT;
	}
	kernel_set_relocs(k, input_span(&in->relocs), "");
	if (!k->problems.count && k->relocs.len)
		return STATUS_DONE;
	report_problems(in->relocs.name, &k->problems);
	if (!k->relocs.len)
		report(in->relocs.name, "is empty: for no relocations say --relocs none");
	return STATUS_BAD_INPUT;
}

/* "Linux version 6.1.0 ..." becomes what a bzImage's version string has: all behind those words. */
static struct span find_version(struct span elf)
{
	static const char banner[] = "Linux version ";
	const uint8_t *at = elf.ptr;
	struct span version = {0};

	while ((at = memmem(at, elf.len - (size_t)(at - elf.ptr), banner, sizeof(banner) - 1)) !=
		NULL) {
		size_t left = elf.len - (size_t)(at - elf.ptr);

		at += sizeof(banner) - 1;
		left -= sizeof(banner) - 1;
		version = (struct span){at, 0};
		while (version.len < left && version.len < VERSION_MAX && at[version.len] >= ' ')
			version.len++;
		/* Not the format string that stands beside it. */
		if (version.len && at[0] >= '0' && at[0] <= '9')
			return version;
	}
	return (struct span){0};
}

static enum status fill_wish(const struct options *o, const struct inputs *in,
	const struct kernel *k, struct image_wish *wish)
{
	struct ikconfig config;
	enum status status;

	wish->virtual = k->relocs.len && k->plan.link_base == LINUX_LINK_BASE;
	wish->movable = wish->virtual || k->table.layout == RELOC_DYNAMIC;
	image_default_header(&k->plan, wish->movable, &wish->header);
	status = ikconfig_open(k->elf, &config);
	if (status)
		return status;
	if (o->five_level || ikconfig_yes(&config, "CONFIG_X86_5LEVEL"))
		wish->header.xloadflags |= XLF_5LEVEL | XLF_5LEVEL_ENABLED;
	ikconfig_close(&config);
	wish->version = find_version(k->elf);
	if (o->cmdline)
		wish->cmdline = (struct span){(const uint8_t *)o->cmdline, strlen(o->cmdline)};
	wish->initrd = input_span(&in->initrd);
	return STATUS_DONE;
}

static enum status build(const struct options *o, const struct inputs *in, struct kernel *k)
{
	struct image_wish wish = {
		.name = in->kernel.name,
		.kernel = k,
	};
	enum status status;
	uint8_t *image;
	size_t size;

	image_options_fill(&o->image, &wish);
	status = open_kernel(o, in, k);
	if (!status)
		status = fill_wish(o, in, k, &wish);
	if (!status)
		status = image_write(&wish, &image, &size);
	if (status)
		return status;
	status = image_options_write(&o->image, (struct span){image, size});
	free(image);
	return status;
}

enum status cmd_build(int argc, char **argv)
{
	struct options o = {.image = image_options_default(), .relocs = "auto"};
	struct inputs in = {0};
	struct kernel k = {0};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = read_inputs(&o, &in);
	if (!status)
		status = image_options_check_output(
			&o.image, (const struct input *[]){&in.kernel, &in.initrd, &in.relocs}, 3);
	if (!status)
		status = build(&o, &in, &k);
	kernel_close(&k);
	input_free(&in.kernel);
	input_free(&in.initrd);
	input_free(&in.relocs);
	return status;
}
