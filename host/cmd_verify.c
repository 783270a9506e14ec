/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge verify FILE: is the image whole? With --against: do both files hold the same kernel, and
 * if not, where do they begin to differ? Same means: SHA-256 over the ELF bytes, then the
 * relocation table in Linux's format. And who signed it: is each signature for these bytes?
 */
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "host/authenticode.h"
#include "host/chunks.h"
#include "host/commands.h"
#include "host/text.h"
#include "host/options.h"
#include "host/verify.h"
#include "lib/contradict.h"

#define KEY_AGAINST 0x100
#define KEY_MAX_OUTPUT 0x101
#define KEY_SHA256 0x102

#define HEX "0123456789abcdefABCDEF"

struct options {
	uint64_t max_output; /* 0: the default */
	const char *file;
	const char *against;
	bool print_sha256;
	const char *sha256; /* to compare with; NULL: print it */
};

static const struct argp_option argp_options[] = {
	{"against", KEY_AGAINST, "FILE", 0, "Also check that FILE holds the same kernel", 0},
	{"sha256", KEY_SHA256, "HEX", OPTION_ARG_OPTIONAL,
		"Print the kernel's SHA-256 as sha256sum does, or compare it with HEX", 0},
	MAX_OUTPUT_OPTION(KEY_MAX_OUTPUT),
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_AGAINST:
		o->against = arg;
		return 0;
	case KEY_SHA256:
		o->print_sha256 = true;
		o->sha256 = arg;
		if (arg && (strlen(arg) != SHA256_SIZE * 2 || strspn(arg, HEX) != SHA256_SIZE * 2))
			argp_error(state, "--sha256 takes 64 hex digits, not '%s'", arg);
		return 0;
	case KEY_MAX_OUTPUT:
		o->max_output = parse_max_output(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "FILE", &o->file);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "FILE", o->file);
		if (o->against && !strcmp(o->file, "-") && !strcmp(o->against, "-"))
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
	.doc = "Check that a kernel image is whole: every checksum it has, every byte decoded, and "
	       "whether its signatures, if any, are for these bytes."
	       "\vExit status: 0 whole (and the same kernel), 1 not. FILE may be '-', standard "
	       "input.",
};

/* Open and check everything; prints what is wrong. */
static enum status check(const struct input *in, uint64_t max_output, struct kernel *k)
{
	enum status status =
		kernel_open_with(in, &(struct kernel_options){.max_output = max_output}, k);

	if (!status && k->ours)
		status = chunks_check(k);
	if (!status)
		kernel_find_contradictions(k);
	if (!status)
		status = kernel_require_content(k);
	if (status == STATUS_BAD_INPUT)
		verify_print_where(k);
	return status;
}

/* Who signed, and whether that holds. */
static enum status check_signatures(const struct kernel *k, bool quiet)
{
	struct authenticode a;
	enum status status;

	if (!k->has_pe)
		return STATUS_DONE;
	status = authenticode_open(k->name, k->pe.file, &a);
	if (status)
		return status;
	for (size_t i = 0; i < a.count; i++) {
		const struct authenticode_signature *s = &a.s[i];

		char signer[256];

		text_safe((struct span){(const uint8_t *)s->signer, strlen(s->signer)}, signer, sizeof(signer));
		if (!s->trouble) {
			if (!quiet)
				printf("%s: signed, signature holds: %s\n", k->name, signer);
			continue;
		}
		report(k->name, "signature does not hold, %s: %s", s->trouble, signer);
		status = STATUS_BAD_INPUT;
	}
	authenticode_close(&a);
	return status;
}

static void print_whole(const struct kernel *k)
{
	char digest[SHA256_SIZE * 2 + 1];

	text_digest(k->sha256, digest);
	printf("%s: whole, kernel %s\n", k->name, digest);
	if (kernel_is_filtered(k))
		printf("%s: code is filtered (x86): only bzforge reads this kernel back\n", k->name);
}

/* As sha256sum prints it; or compared with the one that was given. */
static enum status check_digest(const struct options *o, const struct kernel *k)
{
	char digest[SHA256_SIZE * 2 + 1];

	text_digest(k->sha256, digest);
	if (!o->sha256) {
		printf("%s  %s\n", digest, k->name);
		return STATUS_DONE;
	}
	if (!strcasecmp(digest, o->sha256)) {
		printf("%s: kernel has that digest\n", k->name);
		return STATUS_DONE;
	}
	report(k->name, "kernel has another digest, %s", digest);
	return STATUS_BAD_INPUT;
}

enum status cmd_verify(int argc, char **argv)
{
	struct options o = {0};
	struct input in = {0}, other_in = {0};
	struct kernel k = {0}, other = {0};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = input_read(o.file, &in);
	if (!status && o.against)
		status = input_read(o.against, &other_in);
	if (!status)
		status = check(&in, o.max_output, &k);
	if (!status && !o.print_sha256)
		print_whole(&k);
	if (!status)
		status = check_signatures(&k, o.print_sha256);
	if (!status && o.print_sha256)
		status = check_digest(&o, &k);
	if (!status && o.against)
		status = check(&other_in, o.max_output, &other);
	if (!status && o.against)
		status = verify_compare(&k, &other);
	kernel_close(&other);
	kernel_close(&k);
	input_free(&other_in);
	input_free(&in);
	return status;
}
