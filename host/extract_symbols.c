/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel with symbols, into a file: they are found while a thread already writes the kernel, of whose bytes
 * only the ELF header will be others. That is written last.
 */
#include "host/extract.h"
#include "lib/threads.h"
#include "spec/elf64.h"

struct ahead {
	struct output *out;
	struct span kernel;
	enum status status;
};

static void *put_kernel(void *arg)
{
	struct ahead *a = arg;

	a->status = output_put(a->out, a->kernel);
	return NULL;
}

static bool is_elf(const struct kernel *k)
{
	uint32_t magic;

	return !k->problems.count && k->has_kernel && !span_le32(k->kernel, 0, &magic) && magic == ELF_MAGIC;
}

/* The kernel is there: its new header, and what comes behind it. */
static enum status put_rest(struct output *out, const struct extract_part *part)
{
	enum status status = output_put_at(out, 0, part->span[0]);

	return status ? status : output_put(out, part->span[2]);
}

enum status extract_symbols(const struct kernel *k, struct output *out, struct extract_part *ret)
{
	struct ahead ahead = {out, k->kernel, STATUS_DONE};
	pthread_t thread;
	bool begun = is_elf(k) && threads_processors() > 1 && !threads_start(&thread, put_kernel, &ahead);
	enum status status = extract_part(k, EXTRACT_SYMBOLS, NULL, ret);

	if (!begun)
		return status ? status : extract_put(out, ret);
	pthread_join(thread, NULL);
	if (!status)
		status = ahead.status;
	return status ? status : put_rest(out, ret);
}
