/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressing chunks one by one on all processors, and joining them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "host/ahead.h"
#include "host/pool.h"
#include "host/writers.h"

static const char no_memory[] = "not enough memory";

struct packing {
	struct pool pool;
	const struct pack_codec *codec;
	struct pack *packs;
	const char **errors; /* one a chunk */
	struct ahead *ahead; /* or NULL */
};

enum status compress_failed(const char *library, const char *words)
{
	report(NULL, "%s cannot compress: %s", library, words);
	return STATUS_ENVIRONMENT;
}

const char *pack_chunk(const struct pack_codec *codec, struct pack *p)
{
	const char *error;
	uint8_t *exact;

	p->cap = codec->bound(p->in.len);
	p->out = malloc(p->cap);
	error = p->out ? codec->pack(p) : no_memory;
	if (error)
		return error;
	assert(p->size <= p->cap);
	exact = realloc(p->out, p->size ? p->size : 1);
	if (exact)
		p->out = exact;
	return NULL;
}

static void pack_one(void *ctx, uint32_t i)
{
	struct packing *packing = ctx;
	struct pack *p = &packing->packs[i];

	if (packing->ahead && ahead_take(packing->ahead, packing->codec, i, p))
		*p->done += p->in.len;
	else
		packing->errors[i] = pack_chunk(packing->codec, p);
}

/* Where everything goes; sets the chunks' inputs. */
static enum status join(const struct packing *packing, struct chunk_list *chunks, struct span head,
	size_t room, struct packed *ret)
{
	uint32_t i;

	ret->cap = head.len + room;
	for (i = 0; i < chunks->count; i++)
		ret->cap += packing->packs[i].size;
	ret->stream = malloc(ret->cap ? ret->cap : 1);
	ret->notes = calloc(chunks->count, sizeof(*ret->notes));
	if (!ret->stream || !ret->notes)
		return report_no_memory(NULL);
	if (head.len)
		memcpy(ret->stream, head.ptr, head.len);
	ret->size = head.len;
	for (i = 0; i < chunks->count; i++) {
		const struct pack *p = &packing->packs[i];
		size_t begin = i ? ret->size : 0;

		memcpy(ret->stream + ret->size, p->out, p->size);
		ret->size += p->size;
		ret->notes[i] = p->note;
		chunks->c[i].in_off = (uint32_t)begin;
		chunks->c[i].in_size = (uint32_t)(ret->size - begin);
	}
	return STATUS_DONE;
}

enum status pack_chunks(const struct pack_codec *codec, int level, struct span content,
	struct chunk_list *chunks, struct span head, size_t room, struct packed *ret)
{
	struct packing packing = {
		.codec = codec,
		.ahead = chunks->ahead,
		.packs = calloc(chunks->count, sizeof(*packing.packs)),
		.errors = calloc(chunks->count, sizeof(*packing.errors)),
		.pool = {.what = "compressing", .total = content.len, .work = pack_one},
	};
	enum status status = STATUS_DONE;
	uint32_t i;

	*ret = (struct packed){0};
	if (!packing.packs || !packing.errors) {
		status = report_no_memory(NULL);
		goto out;
	}
	packing.pool.ctx = &packing;
	for (i = 0; i < chunks->count; i++) {
		packing.packs[i] = (struct pack){
			.in = {content.ptr + chunks->c[i].out_off, chunks->c[i].out_size},
			.level = level,
			.first = i == 0,
			.last = i + 1 == chunks->count,
			.done = &packing.pool.done,
		};
	}
	if (packing.ahead)
		ahead_close(packing.ahead);
	pool_run(&packing.pool, chunks->count);
	for (i = 0; i < chunks->count && !status; i++) {
		if (packing.errors[i])
			status = compress_failed(codec->library, packing.errors[i]);
	}
	if (!status)
		status = join(&packing, chunks, head, room, ret);
out:
	for (i = 0; packing.packs && i < chunks->count; i++)
		free(packing.packs[i].out);
	free(packing.packs);
	free(packing.errors);
	return status;
}

void packed_add(struct packed *p, struct chunk_list *chunks, const uint8_t *bytes, size_t size)
{
	assert(size <= p->cap - p->size);
	memcpy(p->stream + p->size, bytes, size);
	p->size += size;
	chunks->c[chunks->count - 1].in_size += (uint32_t)size;
}

void packed_take(struct packed *p, uint8_t **ret_stream, size_t *ret_size)
{
	*ret_stream = p->stream;
	*ret_size = p->size;
	p->stream = NULL;
}

void packed_free(struct packed *p)
{
	free(p->stream);
	free(p->notes);
	*p = (struct packed){0};
}
