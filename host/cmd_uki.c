/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge uki IMAGE -o OUT: a unified kernel image [UAPI Group: Unified Kernel Image]. Ours is IMAGE's
 * kernel in our wrapper, whose embedded command line and initrd are the very bytes of the sections
 * .cmdline and .initrd: what boots it, UEFI or BIOS, finds the same. With --stub it is the classic one
 * for UEFI alone: that stub, IMAGE untouched, and sections.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/cmdline.h"
#include "host/commands.h"
#include "host/image_options.h"
#include "host/initrds.h"
#include "host/image_pe.h"
#include "host/output.h"
#include "host/repack.h"
#include "host/uki_stub.h"

#define KEY_CMDLINE 0x120
#define KEY_INITRD  0x121
#define KEY_OSREL   0x122
#define KEY_UNAME   0x123
#define KEY_UCODE   0x124
#define KEY_SBAT    0x125
#define KEY_SPLASH  0x126
#define KEY_PCRPKEY 0x127
#define KEY_PCRSIG  0x128
#define KEY_STUB    0x129

#define INITRDS_MAX 32

/* os-release(5): where it is looked for */
static const char *const osrel_files[] = {"/etc/os-release", "/usr/lib/os-release"};

struct options {
	const char *image;
	struct image_options new;
	const char *cmdline, *uname, *ucode, *stub;
	const char *initrd[INITRDS_MAX];
	size_t initrd_count;
	const char *part[UKI_PARTS]; /* files; but for UKI_UNAME */
};

static const struct argp_option argp_options[] = {
	{"cmdline", KEY_CMDLINE, "STRING", 0, "Embed a command line", 0},
	{"initrd", KEY_INITRD, "FILE", 0, "Embed an initrd; several are joined in their order", 0},
	{"ucode", KEY_UCODE, "FILE", 0, "CPU microcode, an initrd in front of the others", 0},
	{"os-release", KEY_OSREL, "FILE", 0,
		"What system this is (default: this one's os-release, unless IMAGE says)", 0},
	{"uname", KEY_UNAME, "STRING", 0, "The kernel's release (default: as the kernel says)", 0},
	{"sbat", KEY_SBAT, "FILE", 0, "More SBAT lines", 0},
	{"splash", KEY_SPLASH, "FILE", 0, "A picture (BMP) for stubs that show one", 0},
	{"pcrpkey", KEY_PCRPKEY, "FILE", 0, "Public key of the PCR signatures (PEM)", 0},
	{"pcrsig", KEY_PCRSIG, "FILE", 0, "Signatures of expected PCR values (JSON)", 0},
	{"stub", KEY_STUB, "FILE", 0,
		"Put FILE, an EFI stub such as systemd's, in front of IMAGE as it is: for UEFI alone", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->new;
		return 0;
	case KEY_CMDLINE:
		o->cmdline = arg;
		return 0;
	case KEY_INITRD:
		if (o->initrd_count == INITRDS_MAX)
			argp_error(state, "more than %d initrds", INITRDS_MAX);
		o->initrd[o->initrd_count++] = arg;
		return 0;
	case KEY_UCODE:
		o->ucode = arg;
		return 0;
	case KEY_OSREL:
		o->part[UKI_OSREL] = arg;
		return 0;
	case KEY_UNAME:
		o->uname = arg;
		return 0;
	case KEY_SBAT:
		o->part[UKI_SBAT] = arg;
		return 0;
	case KEY_SPLASH:
		o->part[UKI_SPLASH] = arg;
		return 0;
	case KEY_PCRPKEY:
		o->part[UKI_PCRPKEY] = arg;
		return 0;
	case KEY_PCRSIG:
		o->part[UKI_PCRSIG] = arg;
		return 0;
	case KEY_STUB:
		o->stub = arg;
		return 0;
	case ARGP_KEY_ARG:
		parse_operand(state, arg, "IMAGE", &o->image);
		return 0;
	case ARGP_KEY_END:
		require_operand(state, "IMAGE", o->image);
		image_options_check(state, &o->new);
		if (o->stub && o->new.given)
			argp_error(state, "with --stub the kernel stays as it is: no -c, --chunk, --filter");
		if (o->stub && o->part[UKI_SBAT])
			argp_error(state, "with --stub the stub's own SBAT lines count: no --sbat");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "IMAGE -o OUT",
	.doc = "Make a unified kernel image: kernel, command line, initrd and all in one file that "
	       "UEFI starts, and every loader for Linux on BIOS, too."
	       "\vIMAGE is a bzImage or a UKI, whose parts are taken over unless others are given. If "
	       "it was made by bzforge, it is not compressed again, unless -c says so.",
	.children = (const struct argp_child[]){{&image_options_argp, 0, NULL, 0}, {0}},
};

/* Everything that is read, and what is made of it. */
struct files {
	struct input image, stub, ucode;
	struct input initrd[INITRDS_MAX];
	struct input part[UKI_PARTS];
	uint8_t *initrds, *sbat, *cmdline; /* joined ones, a cleaned one; owned */
};

static enum status read_files(const struct options *o, struct files *f)
{
	enum status status = input_read(o->image, &f->image);
	size_t i;

	if (!status && o->stub)
		status = input_read(o->stub, &f->stub);
	if (!status && o->ucode)
		status = input_read(o->ucode, &f->ucode);
	for (i = 0; i < o->initrd_count && !status; i++)
		status = input_read(o->initrd[i], &f->initrd[i]);
	for (i = 0; i < UKI_PARTS && !status; i++) {
		if (o->part[i])
			status = input_read(o->part[i], &f->part[i]);
	}
	return status;
}

static enum status check_output(const struct options *o, const struct files *f)
{
	const struct input *inputs[3 + INITRDS_MAX + UKI_PARTS];
	size_t count = 0, i;

	inputs[count++] = &f->image;
	inputs[count++] = &f->stub;
	inputs[count++] = &f->ucode;
	for (i = 0; i < o->initrd_count; i++)
		inputs[count++] = &f->initrd[i];
	for (i = 0; i < UKI_PARTS; i++)
		inputs[count++] = &f->part[i];
	return image_options_check_output(&o->new, inputs, count);
}

static void free_files(struct files *f)
{
	size_t i;

	input_free(&f->image);
	input_free(&f->stub);
	input_free(&f->ucode);
	for (i = 0; i < INITRDS_MAX; i++)
		input_free(&f->initrd[i]);
	for (i = 0; i < UKI_PARTS; i++)
		input_free(&f->part[i]);
	free(f->cmdline);
	free(f->initrds);
	free(f->sbat);
}

static enum status join_initrds(const struct options *o, struct files *f, struct span *ret)
{
	struct span initrd[INITRDS_MAX];

	for (size_t i = 0; i < o->initrd_count; i++)
		initrd[i] = input_span(&f->initrd[i]);
	f->initrds = initrds_join(initrd, o->initrd_count, ret);
	return f->initrds ? STATUS_DONE : report_no_memory(f->image.name);
}

/* Our SBAT lines, then those given, which may begin with the line about SBAT itself. */
static enum status join_sbat(struct files *f, struct span *ret)
{
	struct span own = image_pe_sbat(), more = input_span(&f->part[UKI_SBAT]);
	const uint8_t *end;

	if (more.len >= 5 && !memcmp(more.ptr, "sbat,", 5)) {
		end = memchr(more.ptr, '\n', more.len);
		more.len = end ? more.len - (size_t)(end + 1 - more.ptr) : 0;
		more.ptr = end ? end + 1 : more.ptr;
	}
	f->sbat = malloc(own.len + more.len + 1);
	if (!f->sbat)
		return report_no_memory(f->image.name);
	memcpy(f->sbat, own.ptr, own.len);
	if (more.len)
		memcpy(f->sbat + own.len, more.ptr, more.len);
	*ret = (struct span){f->sbat, own.len + more.len};
	return STATUS_DONE;
}

static enum status find_osrel(struct files *f, struct span *ret)
{
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < sizeof(osrel_files) / sizeof(osrel_files[0]); i++) {
		if (access(osrel_files[i], R_OK))
			continue;
		status = input_read(osrel_files[i], &f->part[UKI_OSREL]);
		*ret = input_span(&f->part[UKI_OSREL]);
		return status;
	}
	report(osrel_files[0], "is not there: say what system this is with --os-release");
	return STATUS_ENVIRONMENT;
}

/* The first word of the version is what uname -r says. */
static struct span release(struct span version)
{
	size_t len = 0;

	while (len < version.len && version.ptr[len] > ' ')
		len++;
	return (struct span){version.ptr, len};
}

static struct span text(const char *s)
{
	return (struct span){(const uint8_t *)s, strlen(s)};
}

/* Line feeds and the like are no part of a line: stubs drop them, and so does ours where it reads no UTF-16. */
static enum status clean_cmdline(struct files *f, struct span *line)
{
	if (!line->len)
		return STATUS_DONE;
	f->cmdline = malloc(line->len);
	if (!f->cmdline)
		return report_no_memory(f->image.name);
	memcpy(f->cmdline, line->ptr, line->len);
	*line = (struct span){f->cmdline, cmdline_clean(f->cmdline, line->len)};
	return STATUS_DONE;
}

/* What the image has, with what was given in its place. */
static enum status gather(const struct options *o, struct files *f, const struct kernel *k,
	struct uki *u)
{
	enum status status = STATUS_DONE;
	size_t i;

	uki_read(k, u);
	for (i = 0; i < UKI_PARTS; i++) {
		if (o->part[i])
			u->part[i] = input_span(&f->part[i]);
	}
	if (o->part[UKI_SBAT])
		status = join_sbat(f, &u->part[UKI_SBAT]);
	if (!status && !u->part[UKI_OSREL].len)
		status = find_osrel(f, &u->part[UKI_OSREL]);
	if (o->uname)
		u->part[UKI_UNAME] = text(o->uname);
	else if (!u->part[UKI_UNAME].len)
		u->part[UKI_UNAME] = release(k->image.version);
	if (o->cmdline)
		u->cmdline = text(o->cmdline);
	if (!status)
		status = clean_cmdline(f, &u->cmdline);
	if (o->ucode)
		u->ucode = input_span(&f->ucode);
	if (!status && o->initrd_count)
		status = join_initrds(o, f, &u->initrd);
	return status;
}

static enum status make_ours(const struct options *o, const struct kernel *k, const struct uki *u,
	uint8_t **ret_file, size_t *ret_size)
{
	struct image_wish wish = repack_wish(k, &o->new.codec);
	uint8_t *owned;
	enum status status;

	if (k->ours && !o->new.given)
		repack_keep(k, &wish);
	else
		image_options_fill(&o->new, &wish);
	status = uki_wish(u, &wish, &owned);
	if (!status)
		status = image_write(&wish, ret_file, ret_size);
	free(owned);
	return status;
}

static enum status make(const struct options *o, struct files *f, struct kernel *k)
{
	struct uki u;
	enum status status;
	uint8_t *file;
	size_t size;

	status = kernel_open(&f->image, RELOCS_AUTO, k);
	if (!status)
		status = kernel_require_whole(k);
	if (!status)
		status = repack_check(k);
	if (!status)
		status = gather(o, f, k, &u);
	if (!status && o->stub)
		status = uki_stub_write(
			f->stub.name, input_span(&f->stub), &u, k->file, &file, &size);
	else if (!status)
		status = make_ours(o, k, &u, &file, &size);
	if (status)
		return status;
	status = image_options_write(&o->new, (struct span){file, size});
	free(file);
	if (!status && !o->stub)
		repack_say_unsigned(k, &o->new);
	return status;
}

enum status cmd_uki(int argc, char **argv)
{
	struct options o = {.new = image_options_default()};
	struct files f = {0};
	struct kernel k = {0};
	enum status status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = read_files(&o, &f);
	if (!status)
		status = check_output(&o, &f);
	if (!status)
		status = make(&o, &f, &k);
	kernel_close(&k);
	free_files(&f);
	return status;
}
