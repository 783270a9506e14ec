/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge verify FILE: is the image whole? With --against: do both files hold the same kernel, and
 * if not, where do they begin to differ? Same means: SHA-256 over the ELF bytes, then the
 * relocation table in Linux's format. And who signed it: is each signature for these bytes?
 */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "host/authenticode.h"
#include "host/chunks.h"
#include "host/commands.h"
#include "host/text.h"
#include "host/options.h"

#define KEY_AGAINST 0x100
#define KEY_MAX_OUTPUT 0x101

struct options {
	uint64_t max_output; /* 0: the default */
	const char *file;
	const char *against;
};

static const struct argp_option argp_options[] = {
	{"against", KEY_AGAINST, "FILE", 0, "Also check that FILE holds the same kernel", 0},
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
		status = kernel_require_content(k);
	return status;
}

/* Who signed, and whether that holds. */
static enum status check_signatures(const struct kernel *k)
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

		if (!s->trouble) {
			printf("%s: signed, signature holds: %s\n", k->name, s->signer);
			continue;
		}
		report(k->name, "signature does not hold, %s: %s", s->trouble, s->signer);
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

/* The first offset at which a and b differ; their common length if one just goes on. */
static uint64_t first_difference(struct span a, struct span b)
{
	size_t i, common = a.len < b.len ? a.len : b.len;

	for (i = 0; i < common && a.ptr[i] == b.ptr[i]; i++)
		;
	return i;
}

static enum status compare(const struct kernel *a, const struct kernel *b)
{
	const char *part = "kernel";
	struct span x = a->kernel, y = b->kernel;
	uint64_t at;

	if (!memcmp(a->sha256, b->sha256, SHA256_SIZE)) {
		printf("%s: same kernel as %s\n", a->name, b->name);
		return STATUS_DONE;
	}
	if (x.len == y.len && first_difference(x, y) == x.len) {
		part = "relocation table";
		x = a->relocs;
		y = b->relocs;
	}
	at = first_difference(x, y);
	if (at == x.len || at == y.len)
		report(a->name,
			"not the same kernel as %s: %s has another length "
			"(offset 0x%" PRIx64 ", value %zu)",
			b->name, part, at, x.len);
	else
		report(a->name,
			"not the same kernel as %s: %s differs (offset 0x%" PRIx64 ", value %u)",
			b->name, part, at, x.ptr[at]);
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
	if (!status)
		print_whole(&k);
	if (!status)
		status = check_signatures(&k);
	if (!status && o.against)
		status = check(&other_in, o.max_output, &other);
	if (!status && o.against)
		status = compare(&k, &other);
	kernel_close(&other);
	kernel_close(&k);
	input_free(&other_in);
	input_free(&in);
	return status;
}
