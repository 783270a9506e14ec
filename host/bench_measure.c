/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measuring one image.
 */
#include <stdlib.h>
#include <string.h>
#include "host/bench.h"
#include "host/count.h"
#include "host/progress.h"
#include "host/userspace.h"

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	if (count % 2)
		return values[count / 2];
	return (values[count / 2 - 1] + values[count / 2]) / 2;
}

double bench_userspace(const struct bench_row *row)
{
	double copy[BENCH_BOOTS_MAX];

	if (!row->boots)
		return BENCH_UNKNOWN;
	memcpy(copy, row->userspace_s, row->boots * sizeof(copy[0]));
	return bench_median(copy, row->boots);
}

static enum status count(const struct bench *b, const struct kernel *k,
	const struct memory_file *image, struct bench_row *row)
{
	unsigned int i, runs = b->kaslr ? b->boots ? b->boots : 1 : 0;
	double with_kaslr[BENCH_BOOTS_MAX];
	enum status status;
	struct count c;

	progress_note(row->name, "counting instructions");
	status = count_instructions(k, image, b->plugin, false, &c);
	if (!status)
		row->instructions = c.instructions;
	for (i = 0; i < runs && !status; i++) {
		progress_note(row->name, "counting instructions with KASLR");
		status = count_instructions(k, image, b->plugin, true, &c);
		with_kaslr[i] = (double)c.instructions; /* exact up to 2^53 */
	}
	if (!status && runs)
		row->instructions_kaslr = (uint64_t)bench_median(with_kaslr, runs);
	return status;
}

static enum status boot(const struct bench *b, const struct kernel *k,
	const struct memory_file *image, struct bench_row *row)
{
	enum status status = STATUS_DONE;

	while (row->boots < b->boots && !status) {
		progress_note(row->name, "booting to userspace");
		status = userspace_boot(
			k->name, image, b->kvm, &row->userspace_s[row->boots]);
		if (!status)
			row->boots++;
	}
	return status;
}

/* By this machine's clock, which others disturb: the least of as many boots as are asked for. */
static enum status boot_on_cpus(const struct bench *b, const struct kernel *k,
	const struct memory_file *image, struct bench_row *row)
{
	enum status status = STATUS_DONE;
	unsigned int round;
	double seconds;
	size_t i;

	for (round = 0; round < (b->boots ? b->boots : 1); round++) {
		for (i = 0; i < b->cpus.count && !status; i++) {
			progress_note(row->name, "booting with more CPUs");
			status = count_seconds(k, image, b->plugin, b->cpus.n[i], &seconds);
			if (!status && (row->cpus_s[i] < 0 || seconds < row->cpus_s[i]))
				row->cpus_s[i] = seconds;
		}
	}
	return status;
}

enum status bench_measure(const struct bench *b, const struct kernel *k, struct bench_row *row)
{
	struct memory_file image;
	enum status status;
	size_t i;

	row->codec = k->codec;
	row->size = k->file.len;
	row->payload_size = k->image.payload.len;
	row->init_size = k->image.hdr.init_size;
	row->decode = (struct decode_time){BENCH_UNKNOWN, BENCH_UNKNOWN, BENCH_UNKNOWN, {{0}}, 0};
	for (i = 0; i < b->cpus.count; i++)
		row->cpus_s[i] = BENCH_UNKNOWN;
	status = memory_file_open(k->name, k->file, &image);
	if (status)
		return status;
	if (k->ours) {
		progress_note(row->name, "decoding");
		status = decode_time(k->name, image.path, &b->threads, &row->decode);
	}
	if (!status && b->qemu)
		status = count(b, k, &image, row);
	if (!status && b->qemu)
		status = boot_on_cpus(b, k, &image, row);
	if (!status)
		status = boot(b, k, &image, row);
	memory_file_close(&image);
	progress_note_end();
	return status;
}
