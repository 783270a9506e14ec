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
#include "host/commands.h"
#include "host/disk_peek.h"
#include "host/guest.h"
#include "host/kernel.h"
#include "host/kvm.h"
#include "host/memory_file.h"
#include "host/options.h"
#include "core/pe.h"
#include "host/qemu.h"

#define KEY_FIRMWARE 0x100
#define KEY_INITRD   0x101
#define KEY_APPEND   0x102
#define KEY_MEMORY   0x103
#define KEY_CPUS     0x104
#define KEY_TIMEOUT  0x105
#define KEY_TRACE    0x106

#define OVMF_CODE      "/usr/share/OVMF/OVMF_CODE_4M.fd" /* package ovmf */
#define OVMF_VARS      "/usr/share/OVMF/OVMF_VARS_4M.fd"
#define DEFAULT_APPEND "console=ttyS0 panic=-1"
#define TRACE_APPEND   " earlyprintk=serial bzforge.debug"
#define MEMORY_MIB     1024

struct options {
	const char *file;
	bool uefi;
	const char *initrd;
	const char *append; /* NULL: DEFAULT_APPEND */
	long memory_mib;
	long cpus;
	long timeout_s;
	bool trace;
};

static const struct argp_option argp_options[] = {
	{"firmware", KEY_FIRMWARE, "bios|uefi", 0, "Firmware of the machine (default: bios)", 0},
	{"initrd", KEY_INITRD, "FILE", 0, "Pass FILE as the initrd", 0},
	{"append", KEY_APPEND, "STRING", 0, "Kernel command line (default: " DEFAULT_APPEND ")", 0},
	{"memory", KEY_MEMORY, "MIB", 0, "Memory in MiB (default: 1024)", 0},
	{"cpus", KEY_CPUS, "N", 0, "Number of CPUs (default: 1)", 0},
	{"timeout", KEY_TIMEOUT, "SECONDS", 0, "Give up after SECONDS (default: never)", 0},
	{"trace", KEY_TRACE, NULL, 0,
		"Show each stage of our boot code, with the time it was reached", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

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
	.doc = "Boot a bzImage, a disk or a CD in QEMU, serial port on standard output."
	       "\vExit status: 0 the guest powered off or reset itself, 1 our boot code refused, "
	       "the kernel panicked or the time was over, 3 there is no QEMU.",
};

static enum status add_firmware(struct qemu_args *args, struct memory_file *ret_vars)
{
	struct input vars = {0};
	enum status status;

	if (access(OVMF_CODE, R_OK) < 0) {
		report_errno(OVMF_CODE, "cannot open (package ovmf)");
		return STATUS_ENVIRONMENT;
	}
	status = input_read(OVMF_VARS, &vars);
	if (!status) /* the firmware writes to its variables: a copy for this boot alone */
		status = memory_file_open(OVMF_VARS, input_span(&vars), ret_vars);
	input_free(&vars);
	if (status)
		return status;
	qemu_add(args, "-drive");
	qemu_add(args, "if=pflash,unit=0,format=raw,readonly=on,file=%s", OVMF_CODE);
	qemu_add(args, "-drive");
	qemu_add(args, "if=pflash,unit=1,format=raw,file=%s", ret_vars->path);
	return STATUS_DONE;
}

/* Only what QEMU could not tell by itself: a damaged image is for the boot code to refuse. */
static enum status check_image(const struct options *o, const struct input *in)
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

static enum status tell_end(
	const char *name, const struct options *o, const struct guest_report *end)
{
	size_t i;

	for (i = 0; o->trace && i < end->stages; i++)
		report(name, "%8.3f s  %s", end->stage[i].seconds, end->stage[i].line);
	switch (end->end) {
	case GUEST_ENDED:
		return STATUS_DONE;
	case GUEST_REFUSED:
		report(name, "boot code refused: %s", end->line);
		return STATUS_BAD_INPUT;
	case GUEST_PANICKED:
		report(name, "kernel panicked: %s", end->line);
		return STATUS_BAD_INPUT;
	case GUEST_TIMED_OUT:
		report(name, "timeout: the guest still ran after %ld s", o->timeout_s);
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}

/*
 * A disk or CD as every machine has one, of AHCI on the machine q35; what the guest writes to it is
 * forgotten. drive becomes empty if file is an image.
 */
static enum status describe_drive(const char *file, enum disk_kind kind, char *drive, size_t cap)
{
	char escaped[PATH_MAX];

	*drive = 0;
	if (kind == DISK_NONE)
		return STATUS_DONE;
	if (!qemu_escape(file, escaped, sizeof(escaped)))
		return report_no_memory(file);
	snprintf(drive, cap, "format=raw,if=ide,%s,file=%s",
		kind == DISK_CD ? "media=cdrom,readonly=on" : "snapshot=on", escaped);
	return STATUS_DONE;
}

static enum status run(const struct options *o, const char *name, struct qemu_args *args,
	const char *file, const char *drive)
{
	const struct qemu_machine machine = {
		.kvm = kvm_usable(),
		.memory_mib = o->memory_mib,
		.cpus = o->cpus,
		.serial = "stdio",
		.image = file,
		.initrd = o->initrd,
		.drive = *drive ? drive : NULL,
		.append = o->append ? o->append : DEFAULT_APPEND,
		.append_more = o->trace ? TRACE_APPEND : NULL,
	};
	const struct guest_wish wish = {(unsigned int)o->timeout_s, .attended = true};
	struct guest_report *end = malloc(sizeof(*end));
	enum status status;

	qemu_add_machine(args, &machine);
	if (args->no_memory || !end) {
		free(end);
		return report_no_memory(name);
	}
	status = guest_run(args->arg, &wish, end);
	if (!status)
		status = tell_end(name, o, end);
	free(end);
	return status;
}

static enum status boot(const struct options *o, const struct input *in, const char *file,
	enum disk_kind kind)
{
	char drive[PATH_MAX + 64];
	struct memory_file vars = {0};
	struct qemu_args args = {0};
	enum status status;

	if (o->initrd && access(o->initrd, R_OK) < 0) {
		report_errno(o->initrd, "cannot open");
		return STATUS_ENVIRONMENT;
	}
	qemu_add(&args, QEMU);
	status = describe_drive(file, kind, drive, sizeof(drive));
	if (*drive || o->uefi) {
		qemu_add(&args, "-machine");
		qemu_add(&args, "q35");
	}
	if (!status && o->uefi)
		status = add_firmware(&args, &vars);
	if (!status)
		status = run(o, in->name, &args, file, drive);
	memory_file_close(&vars);
	qemu_free(&args);
	return status;
}

static enum status boot_disk(const struct options *o, enum disk_kind kind)
{
	const struct input in = {.name = o->file};

	if (o->initrd || o->append) {
		report(o->file, "is a disk, which has its own: no --initrd, --append");
		return STATUS_USAGE;
	}
	return boot(o, &in, o->file, kind);
}

static enum status boot_image(const struct options *o)
{
	struct memory_file image = {0};
	struct input in = {0};
	enum status status;

	status = input_read(o->file, &in);
	if (!status)
		status = check_image(o, &in);
	if (!status && !in.is_file)
		status = memory_file_open(in.name, input_span(&in), &image);
	if (!status)
		status = boot(o, &in, in.is_file ? o->file : image.path, DISK_NONE);
	memory_file_close(&image);
	input_free(&in);
	return status;
}

enum status cmd_boot(int argc, char **argv)
{
	struct options o = {.memory_mib = MEMORY_MIB, .cpus = 1};
	enum disk_kind kind;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	kind = strcmp(o.file, "-") ? disk_peek(o.file) : DISK_NONE;
	return kind == DISK_NONE ? boot_image(&o) : boot_disk(&o, kind);
}
