/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge boot FILE: boot an image, a disk or a CD in QEMU. The guest's serial port is standard input and output.
 */
#include <argp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host/boot.h"
#include "host/commands.h"
#include "host/disk_peek.h"
#include "host/kernel.h"
#include "host/kvm.h"
#include "host/options.h"
#include "host/output.h"
#include "core/pe.h"

#define KEY_FIRMWARE 0x100
#define KEY_INITRD   0x101
#define KEY_APPEND   0x102
#define KEY_MEMORY   0x103
#define KEY_CPUS     0x104
#define KEY_TIMEOUT  0x105
#define KEY_TRACE    0x106
#define KEY_SVG      0x107
#define KEY_SEED     0x108
#define KEY_GDB      0x109

#define DEFAULT_APPEND "console=ttyS0 panic=-1"
#define MEMORY_MIB     1024

static const struct argp_option argp_options[] = {
	{"firmware", KEY_FIRMWARE, "bios|uefi", 0, "Firmware of the machine (default: bios)", 0},
	{"initrd", KEY_INITRD, "FILE", 0, "Pass FILE as the initrd", 0},
	{"append", KEY_APPEND, "STRING", 0, "Kernel command line (default: " DEFAULT_APPEND ")", 0},
	{"memory", KEY_MEMORY, "MIB", 0, "Memory in MiB (default: 1024)", 0},
	{"cpus", KEY_CPUS, "N", 0, "Number of CPUs (default: 1)", 0},
	{"timeout", KEY_TIMEOUT, "SECONDS", 0, "Give up after SECONDS (default: never)", 0},
	{"trace", KEY_TRACE, NULL, 0,
		"Show each stage of our boot code, what it took, and the CPU's registers at each entry", 0},
	{"trace-svg", KEY_SVG, "FILE", 0, "With --trace: draw stages and memory into FILE", 0},
	{"seed", KEY_SEED, "N", 0, "With --trace: the same N is the same boot, KASLR included", 0},
	{"gdb", KEY_GDB, NULL, 0, "Stop in front of the first instruction, and say what gdb must be told", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct boot *o = state->input;

	switch (key) {
	case KEY_FIRMWARE:
		if (strcmp(arg, "bios") && strcmp(arg, "uefi"))
			argp_error(state, "'%s' is not a firmware (bios, uefi)", arg);
		o->uefi = !strcmp(arg, "uefi");
		return 0;
	case KEY_INITRD:
		o->initrd = arg;
		return 0;
	case KEY_APPEND:
		o->append = arg;
		return 0;
	case KEY_MEMORY:
		o->memory_mib = parse_number(state, arg, "number of MiB", 1, 16 * 1024 * 1024);
		return 0;
	case KEY_CPUS:
		o->cpus = parse_number(state, arg, "number of CPUs", 1, 255);
		return 0;
	case KEY_TIMEOUT:
		o->timeout_s = parse_number(state, arg, "number of seconds", 1, 1000000);
		return 0;
	case KEY_TRACE:
		o->trace = true;
		return 0;
	case KEY_SVG:
		o->svg = arg;
		o->trace = true;
		return 0;
	case KEY_SEED:
		o->seed = (uint32_t)parse_number(state, arg, "number", 0, UINT32_MAX);
		o->seeded = true;
		return 0;
	case KEY_GDB:
		o->gdb = true;
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "FILE", &o->file);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "FILE", o->file);
		if (o->gdb && o->trace)
			argp_error(state, "either --gdb or --trace");
		if (o->seeded && !o->trace)
			argp_error(state, "--seed goes with --trace");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "FILE",
	.doc = "Boot a bzImage, a disk or a CD in QEMU, serial port on standard output."
	       "\vExit status: 0 the guest powered off or reset itself, 1 our boot code refused, "
	       "the kernel panicked or the time was over, 3 there is no QEMU.",
};

/* Only what QEMU could not tell by itself: a damaged image is for the boot code to refuse. */
static enum status check_image(const struct boot *o, const struct input *in)
{
	struct span file = input_span(in);
	struct bzimage image;
	struct fault fault = {0};
	enum err e;

	e = bzimage_parse(file, &image, &fault);
	if (e == ERR_NOT_BZIMAGE) {
		report_fault(in->name, "", e, &fault);
		return STATUS_BAD_INPUT;
	}
	if (o->uefi && !pe_present(file)) {
		report(in->name,
			"has no EFI entry (no PE header): it boots with --firmware bios only");
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}

/*
 * A disk or CD as every machine has one, of AHCI on the machine q35; what the guest writes to it is
 * forgotten.
 */
static enum status describe_drive(const char *file, enum disk_kind kind, char *drive, size_t cap)
{
	char escaped[PATH_MAX];

	if (!qemu_escape(file, escaped, sizeof(escaped)))
		return report_no_memory(file);
	snprintf(drive, cap, "format=raw,if=ide,%s,file=%s",
		kind == DISK_CD ? "media=cdrom,readonly=on" : "snapshot=on", escaped);
	return STATUS_DONE;
}

static enum status boot_plain(const struct boot *b)
{
	const struct guest_wish wish = {.timeout_s = (unsigned int)b->timeout_s, .attended = true};
	struct guest_report *end = malloc(sizeof(*end));
	struct boot_machine machine = {0};
	enum status status;

	if (!end)
		return report_no_memory(b->name);
	status = boot_machine_make(b, kvm_usable(), false, "stdio", &machine);
	if (!status)
		status = guest_run(machine.args.arg, &wish, end);
	if (!status)
		status = boot_end(b, end);
	boot_machine_free(&machine);
	free(end);
	return status;
}

static enum status boot(const struct boot *b)
{
	enum status status = b->svg ? output_check(b->svg, NULL, 0) : STATUS_DONE;

	if (!status && b->initrd && access(b->initrd, R_OK) < 0) {
		report_errno(b->initrd, "cannot open");
		status = STATUS_ENVIRONMENT;
	}
	if (status)
		return status;
	if (b->gdb)
		return boot_gdb(b);
	return b->trace ? boot_trace(b) : boot_plain(b);
}

static enum status boot_disk(struct boot *b, enum disk_kind kind)
{
	char drive[PATH_MAX + 64];
	enum status status;

	if (b->initrd || b->append) {
		report(b->name, "is a disk, which has its own: no --initrd, --append");
		return STATUS_USAGE;
	}
	status = describe_drive(b->file, kind, drive, sizeof(drive));
	b->drive = drive;
	if (!status)
		status = boot(b);
	b->drive = NULL;
	return status;
}

static enum status boot_image(struct boot *b)
{
	struct memory_file image = {0};
	struct input in = {0};
	enum status status;

	status = input_read(b->file, &in);
	if (!status)
		status = check_image(b, &in);
	if (!status && !in.is_file)
		status = memory_file_open(in.name, input_span(&in), &image);
	b->name = in.name;
	b->image = input_span(&in);
	if (!in.is_file)
		b->file = image.path;
	if (!b->append)
		b->append = DEFAULT_APPEND;
	if (!status)
		status = boot(b);
	b->name = b->file = NULL;
	b->image = (struct span){0};
	memory_file_close(&image);
	input_free(&in);
	return status;
}

enum status cmd_boot(int argc, char **argv)
{
	struct boot b = {.memory_mib = MEMORY_MIB, .cpus = 1};
	enum disk_kind kind;

	argp_parse(&argp, argc, argv, 0, NULL, &b);
	b.name = b.file;
	kind = strcmp(b.file, "-") ? disk_peek(b.file) : DISK_NONE;
	return kind == DISK_NONE ? boot_image(&b) : boot_disk(&b, kind);
}
