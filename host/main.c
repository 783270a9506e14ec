/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge: makes, opens, checks and boots self-decompressing x86-64 kernel images. This is the
 * entry: the options in front of a command, and finding the command.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/commands.h"
#include "host/output.h"

struct command {
	const char *name;
	enum status (*run)(int argc, char **argv);
};

static const struct command commands[] = {
	{"build", cmd_build},
	{"repack", cmd_repack},
	{"uki", cmd_uki},
	{"disk", cmd_disk},
	{"inspect", cmd_inspect},
	{"extract", cmd_extract},
	{"verify", cmd_verify},
	{"boot", cmd_boot},
	{"kaslr", cmd_kaslr},
	{"bench", cmd_bench},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const char doc[] =
	"Make, open, check and boot self-decompressing x86-64 kernel images."
	"\v"
	"Commands:\n"
	"  build    wrap an ELF kernel: an image that every loader for Linux can boot\n"
	"  repack   wrap the kernel of another image anew: same kernel, our boot code\n"
	"  uki      make a unified kernel image: command line and initrd in the same file\n"
	"  disk     make a disk that boots images from BIOS and UEFI\n"
	"  inspect  say what a kernel image is, what is in it, whether it is whole\n"
	"  extract  take the ELF kernel out of an image\n"
	"  verify   check an image, or that two hold the same kernel\n"
	"  boot     boot an image in QEMU, serial port on standard output\n"
	"  kaslr    show where address randomisation may put a kernel\n"
	"  bench    try all codecs: sizes and speeds beside the original\n"
	"\n"
	"'bzforge COMMAND --help' tells more.\n"
	"Exit status: 0 done, 1 the input is bad, 2 usage, 3 the environment.";

struct invocation {
	const struct command *command;
	int first; /* index of the command in argv */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct invocation *invocation = state->input;
	size_t i;

	switch (key) {
	case ARGP_KEY_ARG:
		for (i = 0; i < COMMAND_COUNT; i++) {
			if (!strcmp(arg, commands[i].name))
				invocation->command = &commands[i];
		}
		if (!invocation->command)
			argp_error(state, "'%s' is not a command", arg);
		invocation->first = state->next - 1;
		state->next = state->argc; /* the rest is the command's */
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no command");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void print_version(FILE *stream, struct argp_state *state)
{
	fprintf(stream, "bzforge %s\n", BZFORGE_VERSION);
}

static const struct argp argp = {.parser = parse, .args_doc = "COMMAND [ARGUMENT...]", .doc = doc};

int main(int argc, char **argv)
{
	struct invocation invocation = {0};
	enum status status;
	char name[32];

	argp_err_exit_status = STATUS_USAGE;
	argp_program_version_hook = print_version;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &invocation);

	signal(SIGPIPE, SIG_IGN); /* a reader that goes away is a failed write */
	output_catch_signals();
	snprintf(name, sizeof(name), "bzforge %s", invocation.command->name);
	argv[invocation.first] = name;
	program_invocation_name = name;
	status = invocation.command->run(argc - invocation.first, argv + invocation.first);
	if (fflush(stdout) || ferror(stdout)) {
		report_errno("standard output", "cannot write");
		status = STATUS_ENVIRONMENT;
	}
	return (int)status;
}
