/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot/stub/crew.c among threads, which are its processors here: 1 to 16 of them, early, late and never
 * there. A check in a thread may not fail a test by itself (cmocka jumps), so threads count what is wrong.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "boot/stub/crew.h"

struct seat {
	struct crew *crew;
	unsigned int cpu;
	pthread_t thread;
	_Atomic bool left; /* crew_serve has returned */
};

static void *serve(void *arg)
{
	struct seat *seat = arg;

	crew_serve(seat->crew, seat->cpu);
	seat->left = true;
	return NULL;
}

static void nap(long us)
{
	nanosleep(&(struct timespec){0, us * 1000}, NULL);
}

static void crew_make(struct crew *crew)
{
	crew_init(crew, &(struct worker){.gate_pa = 0x1000, .heap = crew, .heap_size = 7, .cpu = 3});
	for (unsigned int i = 1; i < CREW_MAX; i++)
		crew->worker[i] = (struct worker){.heap_size = 100 + i, .cpu = i};
}

static void come(struct crew *crew, struct seat *seat, unsigned int cpu)
{
	seat->crew = crew;
	seat->cpu = cpu;
	seat->left = false;
	assert_int_equal(pthread_create(&seat->thread, NULL, serve, seat), 0);
}

static void wait_present(const struct crew *crew, unsigned int others)
{
	while (crew->present < others)
		nap(50);
}

struct job {
	unsigned int round; /* which one this is, plain memory: crew_run must order it */
	unsigned int done[CREW_MAX]; /* the last round that this processor was in */
	unsigned int entered[CREW_MAX]; /* how often in all */
	_Atomic unsigned int inside, wrong;
};

static void work(void *ctx, const struct worker *worker)
{
	struct job *job = ctx;
	unsigned int cpu = worker->cpu;

	job->inside++;
	if (cpu >= CREW_MAX || worker->heap_size != (cpu ? 100 + cpu : 7)) {
		job->wrong++;
	} else {
		if (job->done[cpu] == job->round)
			job->wrong++;
		job->done[cpu] = job->round;
		job->entered[cpu]++;
	}
	job->inside--;
}

static void test_alone(void **state)
{
	struct job job = {0};
	struct crew crew;

	crew_make(&crew);
	assert_int_equal(crew.worker[0].cpu, 0);
	for (job.round = 1; job.round <= 3; job.round++)
		crew_run(&crew, work, &job);
	crew_dismiss(&crew);
	assert_int_equal(job.entered[0], 3);
	assert_int_equal(job.wrong, 0);
}

/* Nobody is in the function when crew_run has returned, and what was written there is seen. */
static void rounds(unsigned int others, unsigned int count)
{
	static struct seat seat[CREW_MAX];
	struct job job = {0};
	struct crew crew;

	crew_make(&crew);
	for (unsigned int i = 1; i <= others; i++)
		come(&crew, &seat[i], i);
	for (unsigned int r = 1; r <= count; r++) {
		job.round = r;
		crew_run(&crew, work, &job);
		CHECK_EQ("inside after a round", job.inside, 0);
		CHECK_EQ("boot processor", job.entered[0], r);
	}
	wait_present(&crew, others);
	crew_dismiss(&crew);
	for (unsigned int i = 1; i <= others; i++) {
		assert_int_equal(pthread_join(seat[i].thread, NULL), 0);
		CHECK("has left", seat[i].left);
		CHECK("not more often than there were rounds", job.entered[i] <= count);
	}
	CHECK_EQ("wrong", job.wrong, 0);
	CHECK_EQ("present", crew.present, 0);
	CHECK_EQ("busy", crew.busy, 0);
}

static void test_rounds(void **state)
{
	rounds(1, 100000);
	rounds(2, 300);
	rounds(3, 100);
	rounds(7, 30);
	rounds(CREW_MAX - 1, 10);
}

struct meeting {
	struct crew *crew;
	struct seat *late;
	_Atomic unsigned int here;
	_Atomic bool slow_left;
	unsigned int expected;
};

/* Goes on when all that are expected are in it: only possible if all are let in. */
static void meet(void *ctx, const struct worker *worker)
{
	struct meeting *m = ctx;

	m->here++;
	if (!worker->cpu && m->late)
		come(m->crew, m->late, 2); /* in the middle of the round */
	while (m->here < m->expected)
		nap(20);
}

/* All that are there enter every round; who comes during one still gets in. */
static void test_all_meet(void **state)
{
	struct seat seat[CREW_MAX];
	struct crew crew;
	struct meeting m = {.crew = &crew, .expected = 2};

	crew_make(&crew);
	come(&crew, &seat[1], 1);
	crew_run(&crew, meet, &m);
	m = (struct meeting){.crew = &crew, .late = &seat[2], .expected = 3};
	crew_run(&crew, meet, &m);
	for (unsigned int i = 3; i < CREW_MAX; i++)
		come(&crew, &seat[i], i);
	for (unsigned int r = 0; r < 3; r++) {
		m = (struct meeting){.crew = &crew, .expected = CREW_MAX};
		crew_run(&crew, meet, &m);
	}
	crew_dismiss(&crew);
	for (unsigned int i = 1; i < CREW_MAX; i++)
		assert_int_equal(pthread_join(seat[i].thread, NULL), 0);
}

static void be_slow(void *ctx, const struct worker *worker)
{
	struct meeting *m = ctx;

	m->here++;
	while (m->here < 2)
		nap(20);
	if (worker->cpu) {
		nap(20000);
		m->slow_left = true;
	}
}

static void test_the_slow_are_waited_for(void **state)
{
	struct meeting m = {0};
	struct seat seat;
	struct crew crew;

	crew_make(&crew);
	come(&crew, &seat, 1);
	crew_run(&crew, be_slow, &m);
	assert_true(m.slow_left);
	crew_dismiss(&crew);
	assert_int_equal(pthread_join(seat.thread, NULL), 0);
}

static void test_dismissed_without_work(void **state)
{
	struct seat seat[CREW_MAX];
	struct crew crew;

	crew_make(&crew);
	for (unsigned int i = 1; i < CREW_MAX; i++)
		come(&crew, &seat[i], i);
	wait_present(&crew, CREW_MAX - 1);
	crew_dismiss(&crew);
	CHECK_EQ("present", crew.present, 0);
	for (unsigned int i = 1; i < CREW_MAX; i++)
		assert_int_equal(pthread_join(seat[i].thread, NULL), 0);
}

/* Whoever comes after all is over goes again, and does nothing. */
static void test_too_late(void **state)
{
	struct job job = {.round = 1};
	struct seat seat;
	struct crew crew;

	crew_make(&crew);
	crew_run(&crew, work, &job);
	crew_dismiss(&crew);
	come(&crew, &seat, 1);
	assert_int_equal(pthread_join(seat.thread, NULL), 0);
	assert_int_equal(job.entered[1], 0);
	assert_int_equal(crew.present, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_all_meet),
		cmocka_unit_test(test_the_slow_are_waited_for),
		cmocka_unit_test(test_dismissed_without_work),
		cmocka_unit_test(test_too_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
