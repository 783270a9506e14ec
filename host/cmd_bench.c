/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge bench IMAGE: the image's kernel in our wrapper with one codec after the other, each of
 * them made, checked and measured beside the original.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/bench_options.h"
#include "host/child.h"
#include "host/chunks.h"
#include "host/clock.h"
#include "host/commands.h"
#include "host/kvm.h"
#include "host/libexec.h"
#include "host/output.h"
#include "host/progress.h"
#include "host/qemu.h"
#include "host/repack.h"

/* Of two troubles the worse one is the exit status. */
static enum status worse(enum status a, enum status b)
{
	return a > b ? a : b;
}

static enum status open_whole(const struct input *in, struct kernel *k)
{
	enum status status = kernel_open(in, RELOCS_AUTO, k);

	if (!status && k->ours)
		status = chunks_check(k);
	if (!status)
		status = kernel_require_whole(k);
	if (!status)
		status = repack_check(k);
	return status;
}

/* One more row, finished: told at once unless the report is JSON. */
static enum status add_row(struct bench *b, const struct bench_options *o, const struct kernel *k,
	const struct bench_row *start)
{
	struct bench_row *row = &b->row[b->rows];
	enum status status;

	*row = *start;
	status = bench_measure(b, k, row);
	if (status == STATUS_ENVIRONMENT)
		return status;
	b->rows++;
	if (!o->json)
		bench_table_row(b, row);
	return status;
}

static enum status add_original(struct bench *b, const struct bench_options *o)
{
	struct bench_row row = {.name = "original", .kind = BENCH_ORIGINAL,
		.compress_s = BENCH_UNKNOWN, .make_s = BENCH_UNKNOWN};

	return add_row(b, o, b->kernel, &row);
}

static enum status add_other(struct bench *b, const struct bench_options *o, const struct bench_other *other)
{
	struct bench_row row = {
		.kind = BENCH_OTHER, .compress_s = BENCH_UNKNOWN, .make_s = BENCH_UNKNOWN};
	struct input in = {0};
	struct kernel k = {0};
	enum status status;

	memcpy(row.name, other->name, sizeof(row.name));
	status = input_read(other->file, &in);
	if (!status)
		status = open_whole(&in, &k);
	if (!status && memcmp(k.sha256, b->kernel->sha256, SHA256_SIZE)) {
		report(in.name, "holds another kernel than %s", b->kernel->name);
		status = STATUS_BAD_INPUT;
	} else if (!status) {
		status = add_row(b, o, &k, &row);
	}
	kernel_close(&k);
	input_free(&in);
	return status;
}

static enum status keep_image(const struct bench_options *o, const char *name, struct span image)
{
	enum status status;
	char *path, *p;

	if (asprintf(&path, "%s/%s.img", o->folder, name) < 0)
		return report_no_memory(name);
	for (p = path + strlen(o->folder); *p; p++) {
		if (*p == ':')
			*p = '-';
	}
	status = output_write(path, image);
	free(path);
	return status;
}

/* image_write has checked it as `verify` would, and that the kernel is the same. */
static enum status add_made(struct bench *b, const struct bench_options *o, const struct bench_made *made)
{
	struct bench_row row = {.kind = BENCH_MADE, .level = made->codec.level};
	struct image_wish wish = repack_wish(b->kernel, &made->codec);
	double started = clock_seconds();
	struct input in = {.name = made->name};
	struct kernel k = {0};
	enum status status;

	memcpy(row.name, made->name, sizeof(row.name));
	wish.compress_seconds = &row.compress_s;
	progress_note(row.name, "compressing");
	status = image_write(&wish, &in.ptr, &in.len);
	row.make_s = clock_seconds() - started;
	if (!status && o->images)
		status = keep_image(o, row.name, input_span(&in));
	if (!status)
		status = kernel_open(&in, RELOCS_AUTO, &k);
	if (!status)
		status = add_row(b, o, &k, &row);
	progress_note_end();
	kernel_close(&k);
	free(in.ptr);
	return status;
}

static enum status measure_all(struct bench *b, const struct bench_options *o)
{
	enum status status, all;
	size_t i;

	if (!o->json)
		bench_table_head(b);
	all = add_original(b, o);
	for (i = 0; i < o->others && all != STATUS_ENVIRONMENT; i++) {
		status = add_other(b, o, &o->other[i]);
		all = worse(all, status);
	}
	for (i = 0; i < o->mades && all != STATUS_ENVIRONMENT; i++) {
		status = add_made(b, o, &o->made[i]);
		all = worse(all, status);
	}
	return all;
}

/* Where the results go, and whether all programs are there, before minutes of work are lost. */
static enum status prepare(struct bench *b, const struct bench_options *o)
{
	enum status status;
	char decode[PATH_MAX];

	status = libexec_find("decode", decode);
	if (status)
		return status;
	if (b->qemu && !child_present(QEMU)) {
		report(QEMU, "is not installed (package qemu-system-x86; --no-boot does without)");
		return STATUS_ENVIRONMENT;
	}
	if (b->qemu)
		status = libexec_find("icount.so", b->plugin);
	if (b->boots)
		b->kvm = kvm_usable();
	if (!status && o->folder && mkdir(o->folder, 0777) < 0 && errno != EEXIST) {
		report_errno(o->folder, "cannot create");
		status = STATUS_ENVIRONMENT;
	}
	return status;
}

static enum status tell(const struct bench *b, const struct bench_options *o)
{
	enum status status;
	char *text, *path;

	status = bench_json(b, &text);
	if (status)
		return status;
	if (o->json)
		puts(text);
	if (o->folder) {
		if (asprintf(&path, "%s/bench.json", o->folder) < 0) {
			free(text);
			return report_no_memory(o->folder);
		}
		status = output_write(path, (struct span){(uint8_t *)text, strlen(text)});
		free(path);
		if (!status)
			status = bench_chart(b, o->folder);
	}
	free(text);
	return status;
}

static void set_name_width(struct bench *b, const struct bench_options *o)
{
	size_t i;

	b->name_width = strlen("original");
	for (i = 0; i < o->mades + o->others; i++) {
		const char *name = i < o->mades ? o->made[i].name : o->other[i - o->mades].name;

		if (strlen(name) > b->name_width)
			b->name_width = strlen(name);
	}
}

static enum status bench(const struct bench_options *o, const struct kernel *k)
{
	struct bench *b = calloc(1, sizeof(*b));
	enum status status;

	if (!b)
		return report_no_memory(k->name);
	b->kernel = k;
	b->qemu = !o->no_boot;
	b->boots = o->no_boot ? 0 : (unsigned int)o->boots;
	b->kaslr = o->kaslr;
	b->threads = o->threads;
	b->cpus = o->cpus;
	set_name_width(b, o);
	status = prepare(b, o);
	if (!status)
		status = measure_all(b, o);
	if (status != STATUS_ENVIRONMENT)
		status = worse(status, tell(b, o));
	free(b);
	return status;
}

enum status cmd_bench(int argc, char **argv)
{
	struct bench_options o;
	struct input in = {0};
	struct kernel k = {0};
	enum status status;

	bench_options_parse(argc, argv, &o);
	status = input_read(o.image, &in);
	if (!status)
		status = open_whole(&in, &k);
	if (!status)
		status = bench(&o, &k);
	kernel_close(&k);
	input_free(&in);
	return status;
}
