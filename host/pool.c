/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pool: as many threads as processors, each taking the next part that nobody has taken. The
 * calling thread only looks on, for the progress line. Signals go to it alone.
 */
#include <time.h>
#include "host/pool.h"
#include "host/progress.h"
#include "lib/threads.h"

#define LOOK_MS 50

struct shared {
	struct pool *pool;
	uint32_t count;
	_Atomic uint32_t next; /* part that nobody has taken yet */
	pthread_mutex_t lock;
	pthread_cond_t ended;
	unsigned int running; /* threads; under lock */
};

static void take_parts(struct shared *s)
{
	uint32_t i;

	while ((i = atomic_fetch_add(&s->next, 1)) < s->count)
		s->pool->work(s->pool->ctx, i);
}

static void *thread_main(void *arg)
{
	struct shared *s = arg;

	take_parts(s);
	pthread_mutex_lock(&s->lock);
	s->running--;
	pthread_cond_signal(&s->ended);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

unsigned int pool_processors(void)
{
	unsigned int cpus = threads_processors();

	return cpus > POOL_THREADS_MAX ? POOL_THREADS_MAX : cpus;
}

unsigned int pool_start(pthread_t *threads, unsigned int count, void *(*run)(void *), void *arg)
{
	unsigned int n = 0;

	while (n < count && !threads_start(&threads[n], run, arg))
		n++;
	return n;
}

/* Until no thread runs any more. */
static void look_on(struct shared *s, struct progress *progress)
{
	struct timespec until;

	pthread_mutex_lock(&s->lock);
	while (s->running) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&s->ended, &s->lock, &until);
		progress_update(progress, atomic_load(&s->pool->done));
	}
	pthread_mutex_unlock(&s->lock);
}

void pool_run(struct pool *pool, uint32_t count)
{
	struct shared s = {
		.pool = pool,
		.count = count,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.ended = PTHREAD_COND_INITIALIZER,
	};
	pthread_t threads[POOL_THREADS_MAX];
	struct progress progress;
	unsigned int n = pool_processors(), i;

	progress_start(&progress, pool->what, pool->total);
	pthread_mutex_lock(&s.lock);
	n = pool_start(threads, n < count ? n : count, thread_main, &s);
	s.running = n;
	pthread_mutex_unlock(&s.lock);
	look_on(&s, &progress);
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	take_parts(&s); /* something is left only if no thread could be started */
	progress_end(&progress);
	pthread_cond_destroy(&s.ended);
	pthread_mutex_destroy(&s.lock);
}
