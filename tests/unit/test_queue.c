/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot/stub/queue.c among threads, over a decoder that decodes nothing: it notes who comes when, and
 * looks whether all chunks that ready_after names are finished. A check in a thread may not fail a test by
 * itself (cmocka jumps), so what is wrong is counted.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "boot/stub/queue.h"
#include "tests/unit/chunk_table.h"

#define CHUNKS 40

/* What the decoder saw, and what it shall do. */
static struct {
	_Atomic unsigned int begun[CHUNKS], finished[CHUNKS];
	_Atomic unsigned int turns; /* chunks begun so far */
	unsigned int turn_of[CHUNKS];
	_Atomic unsigned int wrong;
	enum err fails_with[CHUNKS];
	uint32_t wait_begun[CHUNKS]; /* not before this other chunk has begun, 0: at once */
	uint32_t wait_failed[CHUNKS]; /* or failed */
	_Atomic bool failed[CHUNKS];
	enum err unfilter_fails_with[CHUNKS];
	long nap_us; /* at most, in a chunk */
} fake;

static const struct elf_plan the_elf;

static void nap(long us)
{
	nanosleep(&(struct timespec){0, us * 1000}, NULL);
}

enum err decode_chunk(const struct decode *d, const struct worker *worker, const struct elf_plan *elf,
	uint32_t i, struct span *ret_out, struct fault *fault)
{
	uint32_t ready_after = manifest_chunk(d->manifest, i).ready_after;

	if (i >= CHUNKS || elf != &the_elf || worker->cpu >= CREW_MAX || fake.begun[i]++) {
		fake.wrong++;
		return ERR_BAD_MANIFEST;
	}
	fake.turn_of[i] = fake.turns++;
	for (uint32_t j = 1; d->plan->sequential && j < ready_after; j++) {
		if (!fake.finished[j])
			fake.wrong++;
	}
	while (fake.wait_begun[i] && !fake.begun[fake.wait_begun[i]])
		nap(20);
	while (fake.wait_failed[i] && !fake.failed[fake.wait_failed[i]])
		nap(20);
	if (fake.nap_us)
		nap((long)(i * 37 % 11) * fake.nap_us / 11);
	if (fake.fails_with[i]) {
		fake.failed[i] = true;
		return fault_set(fault, fake.fails_with[i], "fake", i, worker->cpu);
	}
	*ret_out = (struct span){(const uint8_t *)&fake, i + 1};
	fake.finished[i]++;
	return ERR_OK;
}

enum err decode_unfilter(
	const struct decode *d, const struct elf_plan *elf, uint32_t i, struct span out)
{
	if (d->manifest->chunk_count <= i || elf != &the_elf || out.len != i + 1)
		fake.wrong++;
	return fake.unfilter_fails_with[i];
}

struct game {
	struct chunk_table table;
	struct place_plan plan;
	struct decode decode;
	struct queue queue;
	uint32_t failed;
	struct fault fault;
};

static void game_make(struct game *g, bool sequential)
{
	memset(&fake, 0, sizeof(fake));
	chunk_table_make(&g->table, CHUNKS);
	g->plan = (struct place_plan){.sequential = sequential};
	g->decode = (struct decode){&g->table.manifest, NULL, &g->plan, NULL};
	g->failed = UINT32_MAX;
	g->fault = (struct fault){0};
	queue_init(&g->queue, &g->decode, &the_elf, 1);
}

static void ready(struct game *g, uint32_t i, uint32_t ready_after)
{
	chunk_set(&g->table, i, MANIFEST_CHUNK_READY, ready_after);
}

struct seat {
	struct queue *queue;
	struct worker worker;
};

static void *work(void *arg)
{
	struct seat *seat = arg;

	queue_work(seat->queue, &seat->worker);
	return NULL;
}

static enum err play(struct game *g, unsigned int workers)
{
	struct seat seat[CREW_MAX];
	pthread_t thread[CREW_MAX];

	for (unsigned int i = 1; i < workers; i++) {
		seat[i] = (struct seat){&g->queue, {.cpu = i}};
		assert_int_equal(pthread_create(&thread[i], NULL, work, &seat[i]), 0);
	}
	queue_work(&g->queue, &(struct worker){.cpu = 0});
	for (unsigned int i = 1; i < workers; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	return queue_result(&g->queue, &g->failed, &g->fault);
}

static void check_all_done(const char *name)
{
	for (uint32_t i = 1; i < CHUNKS; i++)
		CHECK_EQ(name, fake.finished[i], 1);
	CHECK_EQ(name, fake.begun[0], 0);
	CHECK_EQ(name, fake.wrong, 0);
}

static void test_each_chunk_once(void **state)
{
	struct game g;

	for (unsigned int workers = 1; workers <= CREW_MAX; workers++) {
		for (unsigned int round = 0; round < 4; round++) {
			game_make(&g, round % 2);
			fake.nap_us = round < 2 ? 0 : 100;
			CHECK_EQ("result", play(&g, workers), ERR_OK);
			check_all_done("each once");
		}
	}
}

/* Who may have to wait for which, drawn anew each time; the decoder looks whether it is obeyed. */
static void test_ready_after_is_obeyed(void **state)
{
	struct unit_random random = {1};
	struct game g;

	for (unsigned int round = 0; round < 60; round++) {
		/* those that wait take the processor from those that work: rarely more than four */
		unsigned int workers = round % 20 ? 1 + round % 4 : CREW_MAX;

		game_make(&g, true);
		fake.nap_us = round % 3 * 50;
		for (uint32_t i = 1; i < CHUNKS; i++)
			ready(&g, i, round % 4 ? 1 + (uint32_t)unit_below(&random, i) : i);
		CHECK_EQ("result", play(&g, workers), ERR_OK);
		check_all_done("in an order that is allowed");
	}
}

/* Where nothing overlaps nobody waits: the first chunk gets to its end only after the second began. */
static void test_nobody_waits_without_need(void **state)
{
	struct game g;

	game_make(&g, false);
	for (uint32_t i = 1; i < CHUNKS; i++)
		ready(&g, i, i);
	fake.wait_begun[1] = 2;
	CHECK_EQ("result", play(&g, 2), ERR_OK);
	check_all_done("without waiting");
}

static void test_longest_first(void **state)
{
	struct game g;

	for (unsigned int sequential = 0; sequential < 2; sequential++) {
		game_make(&g, sequential);
		for (uint32_t i = 1; i < CHUNKS; i++)
			chunk_set(&g.table, i, MANIFEST_CHUNK_IN_SIZE, 100 + i * 7 % CHUNKS);
		queue_longest_first(&g.queue);
		CHECK_EQ("result", play(&g, 1), ERR_OK);
		check_all_done("longest first");
		for (uint32_t i = 1; i < CHUNKS; i++)
			CHECK_EQ("turn", fake.turn_of[i],
				sequential ? i - 1 : CHUNKS - 1 - i * 7 % CHUNKS);
	}
	for (unsigned int workers = 2; workers <= CREW_MAX; workers++) {
		game_make(&g, false);
		queue_longest_first(&g.queue);
		CHECK_EQ("result", play(&g, workers), ERR_OK);
		check_all_done("longest first, by many");
	}
}

static void test_an_error_ends_it(void **state)
{
	static const struct {
		const char *name;
		unsigned int workers;
		bool sequential;
	} cases[] = {
		{"alone", 1, false}, {"alone, in order", 1, true}, {"two", 2, false},
		{"two, in order", 2, true}, {"sixteen", 16, false}, {"sixteen, in order", 16, true},
	};
	struct game g;

	for (size_t c = 0; c < COUNT(cases); c++) {
		game_make(&g, cases[c].sequential);
		for (uint32_t i = 1; i < CHUNKS; i++)
			ready(&g, i, i); /* all behind it wait, and must not do so for ever */
		fake.fails_with[5] = ERR_CHUNK_CRC;
		CHECK_EQ(cases[c].name, play(&g, cases[c].workers), ERR_CHUNK_CRC);
		CHECK_EQ(cases[c].name, g.failed, 5);
		CHECK_EQ(cases[c].name, g.fault.offset, 5);
		CHECK_EQ(cases[c].name, fake.wrong, 0);
		for (uint32_t i = 1; i < 5; i++)
			CHECK_EQ(cases[c].name, fake.begun[i], 1);
		for (uint32_t i = 6; i < CHUNKS && (cases[c].sequential || cases[c].workers == 1); i++)
			CHECK_EQ(cases[c].name, fake.begun[i], 0);
	}
}

/* 9 fails first, then 3, then 6: the lowest is told, with its own words. */
static void test_of_several_errors_the_lowest(void **state)
{
	struct game g;

	for (unsigned int round = 0; round < 20; round++) {
		game_make(&g, false);
		fake.fails_with[9] = ERR_BAD_STREAM;
		fake.fails_with[3] = ERR_CHUNK_CRC;
		fake.fails_with[6] = ERR_WORKSPACE;
		/* both are begun before it is over */
		for (uint32_t i = 1; i < 9; i++)
			fake.wait_begun[i] = 9;
		fake.wait_failed[3] = 9;
		fake.wait_failed[6] = 3;
		CHECK_EQ("told", play(&g, CREW_MAX), ERR_CHUNK_CRC);
		CHECK_EQ("chunk", g.failed, 3);
		CHECK_EQ("fault", g.fault.offset, 3);
		CHECK("all of them", fake.failed[9] && fake.failed[6]);
	}
}

static void test_the_filter_may_fail(void **state)
{
	struct game g;

	game_make(&g, false);
	fake.unfilter_fails_with[7] = ERR_BAD_SEGMENT;
	CHECK_EQ("told", play(&g, 3), ERR_BAD_SEGMENT);
	CHECK_EQ("chunk", g.failed, 7);
}

static uint32_t next_seen;

static void see(void *ctx, const struct manifest *m, uint32_t i, struct span out)
{
	if (ctx != &next_seen || m->chunk_count != CHUNKS || i != next_seen++ || out.len != i + 1)
		fake.wrong++;
}

static void test_seen_in_order(void **state)
{
	struct game g;

	game_make(&g, false);
	g.queue.seen = see;
	g.queue.ctx = &next_seen;
	next_seen = 1;
	CHECK_EQ("result", play(&g, 1), ERR_OK);
	CHECK_EQ("seen", next_seen, CHUNKS);
	check_all_done("seen");
}

static void test_divides(void **state)
{
	static const struct {
		const char *name;
		uint32_t count, last_in_size;
		bool divides;
	} cases[] = {
		{"one chunk", 1, 10, false}, {"two chunks: the first comes first", 2, 10, false},
		{"three", 3, 10, true}, {"a stream", 3, 0, false}, {"many", CHUNKS, 1, true},
	};
	struct chunk_table t;

	for (size_t i = 0; i < COUNT(cases); i++) {
		chunk_table_make(&t, cases[i].count);
		chunk_set(&t, cases[i].count - 1, MANIFEST_CHUNK_IN_SIZE, cases[i].last_in_size);
		CHECK_EQ(cases[i].name, queue_divides(&t.manifest), cases[i].divides);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_chunk_once),
		cmocka_unit_test(test_ready_after_is_obeyed),
		cmocka_unit_test(test_nobody_waits_without_need),
		cmocka_unit_test(test_longest_first),
		cmocka_unit_test(test_an_error_ends_it),
		cmocka_unit_test(test_of_several_errors_the_lowest),
		cmocka_unit_test(test_the_filter_may_fail),
		cmocka_unit_test(test_seen_in_order),
		cmocka_unit_test(test_divides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
