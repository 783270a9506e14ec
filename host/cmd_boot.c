/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge boot FILE: boot an image in QEMU. The guest's serial port is standard input and output.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "host/commands.h"
#include "host/guest.h"
#include "host/kernel.h"
#include "host/kvm.h"
#include "host/options.h"
#include "host/pe.h"

#define KEY_FIRMWARE 0x100
#define KEY_INITRD   0x101
#define KEY_APPEND   0x102
#define KEY_MEMORY   0x103
#define KEY_CPUS     0x104
#define KEY_TIMEOUT  0x105
#define KEY_TRACE    0x106

#define QEMU           "qemu-system-x86_64"
#define OVMF_CODE      "/usr/share/OVMF/OVMF_CODE_4M.fd" /* package ovmf */
#define OVMF_VARS      "/usr/share/OVMF/OVMF_VARS_4M.fd"
#define DEFAULT_APPEND "console=ttyS0 panic=-1"
#define TRACE_APPEND   " earlyprintk=serial bzforge.debug"
#define MEMORY_MIB     1024
#define ARGS_MAX       48
#define FD_PATH_SIZE   32

struct options {
	const char *file;
	bool uefi;
	const char *initrd;
	const char *append;
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
	.doc = "Boot a bzImage in QEMU, serial port on standard output."
	       "\vExit status: 0 the guest powered off or reset itself, 1 our boot code refused, "
	       "the kernel panicked or the time was over, 3 there is no QEMU.",
};

/* Bytes as a file that QEMU can open by path and nobody has to remove. */
static enum status file_in_memory(const char *name, struct span bytes, char ret_path[FD_PATH_SIZE])
{
	int fd = memfd_create("bzforge", 0);

	if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len) {
		report_errno(name, "cannot copy into memory");
		if (fd >= 0)
			close(fd);
		return STATUS_ENVIRONMENT;
	}
	snprintf(ret_path, FD_PATH_SIZE, "/proc/self/fd/%d", fd);
	return STATUS_DONE;
}

struct arguments {
	char *arg[ARGS_MAX];
	size_t count;
	bool no_memory;
};

static void add(struct arguments *args, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void add(struct arguments *args, const char *format, ...)
{
	char *text;
	va_list list;
	int failed;

	va_start(list, format);
	failed = vasprintf(&text, format, list) < 0;
	va_end(list);
	if (failed || args->count + 1 >= ARGS_MAX)
		args->no_memory = true;
	else
		args->arg[args->count++] = text;
}

static void free_arguments(struct arguments *args)
{
	while (args->count)
		free(args->arg[--args->count]);
}

static enum status add_firmware(struct arguments *args, char vars_path[FD_PATH_SIZE])
{
	struct input vars = {0};
	enum status status;

	if (access(OVMF_CODE, R_OK) < 0) {
		report_errno(OVMF_CODE, "cannot open (package ovmf)");
		return STATUS_ENVIRONMENT;
	}
	status = input_read(OVMF_VARS, &vars);
	if (!status) /* the firmware writes to its variables: a copy for this boot alone */
		status = file_in_memory(OVMF_VARS, input_span(&vars), vars_path);
	input_free(&vars);
	if (status)
		return status;
	add(args, "-machine");
	add(args, "q35");
	add(args, "-drive");
	add(args, "if=pflash,unit=0,format=raw,readonly=on,file=%s", OVMF_CODE);
	add(args, "-drive");
	add(args, "if=pflash,unit=1,format=raw,file=%s", vars_path);
	return STATUS_DONE;
}

static void add_machine(const struct options *o, const char *file, struct arguments *args)
{
	bool kvm = kvm_usable();

	add(args, "-accel");
	add(args, "%s", kvm ? "kvm" : "tcg");
	add(args, "-cpu");
	/* QEMU 7.2 without KVM corrupts EFLAGS around cmpxchg16b: keep the kernel from using it. */
	add(args, "%s", kvm ? "max" : "max,-cx16");
	add(args, "-m");
	add(args, "%ld", o->memory_mib);
	add(args, "-smp");
	add(args, "%ld", o->cpus);
	add(args, "-display");
	add(args, "none");
	add(args, "-serial");
	add(args, "stdio");
	add(args, "-monitor");
	add(args, "none");
	add(args, "-nic");
	add(args, "none");
	add(args, "-no-reboot");
	add(args, "-kernel");
	add(args, "%s", file);
	if (o->initrd) {
		add(args, "-initrd");
		add(args, "%s", o->initrd);
	}
	add(args, "-append");
	add(args, "%s%s", o->append, o->trace ? TRACE_APPEND : "");
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

static enum status boot(const struct options *o, const struct input *in)
{
	char image_path[FD_PATH_SIZE], vars_path[FD_PATH_SIZE];
	struct arguments args = {0};
	struct guest_report *end = NULL;
	const char *file = o->file;
	enum status status;

	status = check_image(o, in);
	if (status)
		return status;
	if (o->initrd && access(o->initrd, R_OK) < 0) {
		report_errno(o->initrd, "cannot open");
		return STATUS_ENVIRONMENT;
	}
	add(&args, QEMU);
	if (o->uefi)
		status = add_firmware(&args, vars_path);
	if (!status && !in->is_file) {
		status = file_in_memory(in->name, input_span(in), image_path);
		file = image_path;
	}
	if (status)
		goto out;
	add_machine(o, file, &args);
	end = malloc(sizeof(*end));
	if (args.no_memory || !end) {
		status = report_no_memory(in->name);
		goto out;
	}
	status = guest_run(args.arg, (unsigned int)o->timeout_s, end);
	if (!status)
		status = tell_end(in->name, o, end);
out:
	free(end);
	free_arguments(&args);
	return status;
}

enum status cmd_boot(int argc, char **argv)
{
	struct options o = {.append = DEFAULT_APPEND, .memory_mib = MEMORY_MIB, .cpus = 1};
	struct input in = {0};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = input_read(o.file, &in);
	if (!status)
		status = boot(&o, &in);
	input_free(&in);
	return status;
}
