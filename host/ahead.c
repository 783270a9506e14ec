/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See ahead.h. Of a stock kernel decoding xz takes a third of the time that compressing with lz4 takes. The
 * ELF header, which says where chunks will be cut, comes out first; then one chunk after the other. The last
 * one is left alone: relocations behind the ELF may be coded anew.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "host/ahead.h"
#include "host/chunks.h"
#include "host/pool.h"

/* Of content: enough to have all program headers in it, as a rule. Where it is not, nothing is done ahead. */
#define HEADERS (64 * 1024)

enum state {
	CHUNK_FREE,
	CHUNK_BUSY,
	CHUNK_DONE,
};

struct ahead {
	const struct pack_codec *codec;
	int level;
	uint32_t chunk_size, one_chunk_max;
	pthread_t threads[POOL_THREADS_MAX];
	unsigned int wanted, thread_count;
	bool begun;
	_Atomic uint64_t done; /* for the codecs; nobody looks */
	struct chunk_list chunks; /* of what will be the content, as far as is known: count 0 before that */

	pthread_mutex_t lock; /* for all that follows */
	pthread_cond_t changed;
	struct span content; /* what there is of it */
	bool closed;
	uint32_t next; /* chunk to be begun */
	enum state state[MANIFEST_CHUNKS_MAX];
	struct pack packs[MANIFEST_CHUNKS_MAX]; /* of chunks that are done; no out: that went wrong */
};

struct ahead *ahead_start(const struct image_options *options, unsigned int threads)
{
	const struct codec_option *codec = &options->codec;
	const struct pack_codec *one = compress_one(codec->codec);
	struct ahead *a;

	if (!one || options->filter_x86 || !threads)
		return NULL;
	a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->codec = one;
	a->wanted = threads < POOL_THREADS_MAX ? threads : POOL_THREADS_MAX;
	a->level = codec->level;
	a->chunk_size = codec->chunk_size;
	a->one_chunk_max = compress_rules(codec->codec)->one_chunk_max;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	return a;
}

/* The next chunk that is all there; waits for one. False: there will be none. */
static bool next_chunk(struct ahead *a, uint32_t *ret)
{
	const struct manifest_chunk *c;

	while (!a->closed && a->next + 1 < a->chunks.count) {
		c = &a->chunks.c[a->next];
		if ((uint64_t)c->out_off + c->out_size <= a->content.len) {
			*ret = a->next++;
			return true;
		}
		pthread_cond_wait(&a->changed, &a->lock);
	}
	return false;
}

static void *thread_main(void *arg)
{
	struct ahead *a = arg;
	uint32_t i;

	pthread_mutex_lock(&a->lock);
	while (next_chunk(a, &i)) {
		struct pack p = {
			.in = {a->content.ptr + a->chunks.c[i].out_off, a->chunks.c[i].out_size},
			.level = a->level,
			.first = i == 0,
			.done = &a->done,
		};

		a->state[i] = CHUNK_BUSY;
		pthread_mutex_unlock(&a->lock);
		if (pack_chunk(a->codec, &p)) { /* will go wrong again, and be reported, when it counts */
			free(p.out);
			p.out = NULL;
		}
		pthread_mutex_lock(&a->lock);
		a->packs[i] = p;
		a->state[i] = CHUNK_DONE;
		pthread_cond_broadcast(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* Cut what will be the content, and start. */
static void begin(struct ahead *a, size_t size)
{
	struct elf_plan plan;

	a->begun = true;
	if (elf_plan(a->content, size, &plan, NULL) ||
		chunks_cut(&plan, size, plan.in_place && size > a->one_chunk_max, a->chunk_size,
			&a->chunks))
		a->chunks.count = 0;
	if (a->chunks.count > 1)
		a->thread_count = pool_start(a->threads, a->wanted, thread_main, a);
}

/* Let the threads end; what they have made stays. */
static void join(struct ahead *a)
{
	ahead_close(a);
	while (a->thread_count)
		pthread_join(a->threads[--a->thread_count], NULL);
}

static void forget(struct ahead *a)
{
	uint32_t i;

	for (i = 0; i < a->chunks.count; i++)
		free(a->packs[i].out);
	a->chunks.count = 0;
}

void ahead_arrived(void *ctx, struct span content, size_t size)
{
	struct ahead *a = ctx;

	if (!content.ptr) {
		join(a);
		forget(a);
		return;
	}
	pthread_mutex_lock(&a->lock);
	a->content = content;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	if (!a->begun && (content.len >= HEADERS || content.len == size))
		begin(a, size);
}

void ahead_close(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->closed = true;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

bool ahead_take(struct ahead *a, const struct pack_codec *codec, uint32_t i, struct pack *p)
{
	struct pack *made = &a->packs[i];
	bool done;

	pthread_mutex_lock(&a->lock);
	while (a->state[i] == CHUNK_BUSY)
		pthread_cond_wait(&a->changed, &a->lock);
	done = a->state[i] == CHUNK_DONE;
	pthread_mutex_unlock(&a->lock);
	if (!done || i >= a->chunks.count || !made->out || codec != a->codec || p->level != made->level ||
		p->first != made->first || p->last || p->in.len != made->in.len ||
		memcmp(p->in.ptr, made->in.ptr, p->in.len))
		return false;
	p->out = made->out;
	p->cap = made->cap;
	p->size = made->size;
	p->note = made->note;
	made->out = NULL;
	return true;
}

void ahead_end(struct ahead *a)
{
	if (!a)
		return;
	join(a);
	forget(a);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
}
