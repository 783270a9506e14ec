/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See hasher.h. */
#include <stdlib.h>
#include "lib/digest.h"
#include "lib/hasher.h"
#include "lib/threads.h"

#define STEP (1024 * 1024) /* between two looks at what the caller wants */

struct hasher {
	pthread_t thread;
	bool running; /* there is one */
	struct sha256 state; /* the thread's own, where there is one */

	pthread_mutex_t lock; /* for all that follows */
	pthread_cond_t changed;
	struct span first, second; /* first: as much of it as is there */
	bool all; /* that is all of it, and second is known */
	bool again; /* what had seemed to be the beginning is not */
	bool dropped;
};

/* The next bytes to digest; waits for them. Empty: there are no more. */
static struct span next_bytes(struct hasher *h)
{
	struct span next = {0};

	pthread_mutex_lock(&h->lock);
	for (;;) {
		if (h->again)
			sha256_init(&h->state);
		h->again = false;
		if (h->dropped || h->all || h->state.total < h->first.len)
			break;
		pthread_cond_wait(&h->changed, &h->lock);
	}
	if (!h->dropped && h->state.total < h->first.len) {
		next = (struct span){h->first.ptr + h->state.total, h->first.len - h->state.total};
		next.len = next.len < STEP ? next.len : STEP;
	}
	pthread_mutex_unlock(&h->lock);
	return next;
}

static void *thread_main(void *arg)
{
	struct hasher *h = arg;
	struct span next;

	while ((next = next_bytes(h)).len)
		digest_update(&h->state, next);
	return NULL;
}

struct hasher *hasher_start(bool alone)
{
	struct hasher *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	sha256_init(&h->state);
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	h->running = !alone && !threads_start(&h->thread, thread_main, h);
	return h;
}

void hasher_arrived(struct hasher *h, struct span bytes)
{
	pthread_mutex_lock(&h->lock);
	h->first = bytes;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

void hasher_all(struct hasher *h, struct span first, struct span second)
{
	pthread_mutex_lock(&h->lock);
	/* shorter than what may have been digested already */
	h->again = h->first.len && (first.ptr != h->first.ptr || first.len < h->first.len);
	h->first = first;
	h->second = second;
	h->all = true;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

static void join(struct hasher *h)
{
	if (h->running)
		pthread_join(h->thread, NULL);
	h->running = false;
}

void hasher_end(struct hasher *h, uint8_t ret[SHA256_SIZE])
{
	join(h);
	thread_main(h); /* nothing is left, unless there was no thread */
	digest_update(&h->state, h->second);
	sha256_final(&h->state, ret);
	hasher_drop(h);
}

void hasher_drop(struct hasher *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->dropped = true;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
	join(h);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	free(h);
}
