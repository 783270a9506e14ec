/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/timeline: the table, alone and with many at it, its written form, and what a reader refuses. */
#include "tests/unit/unit.h"

#include <pthread.h>
#include "core/timeline.h"

#define THREADS 8
#define EACH    40000

static struct timeline table;

/* From the specification: header of 16 bytes, records of 16. */
static void test_written_form(void **state)
{
	static const uint8_t want[] = {
		'b', 'z', 'f', 'T', 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		6, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		12, 2, 5, 1, 0, 0, 0, 0, 0x05, 0, 0, 0, 1, 0, 0, 0,
		14, 3, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	uint8_t got[TIMELINE_DATA_MAX];

	memset(&table, 0, sizeof(table));
	timeline_add(&table, TIMELINE_STUB, 0, TIMELINE_NO_CHUNK, 0x123400000000);
	timeline_add(&table, TIMELINE_CHUNK_START, 2, 0x105, 0x123500000005);
	timeline_add(&table, TIMELINE_IDLE, 3, TIMELINE_NO_CHUNK, 0x1233ffffffff); /* its TSC lags */
	CHECK_EQ("size", timeline_write(&table, got), sizeof(want));
	assert_memory_equal(got, want, sizeof(want));
}

/* However many chunks there are, the boot processor's own stages find room, and what did not is counted. */
static void test_full(void **state)
{
	const uint32_t shared = TIMELINE_MAX - TIMELINE_SPARE;
	uint8_t out[TIMELINE_DATA_MAX];

	memset(&table, 0, sizeof(table));
	timeline_add(&table, TIMELINE_STUB, 0, TIMELINE_NO_CHUNK, 1);
	for (uint32_t i = 0; i < 4096; i++)
		timeline_add(&table, TIMELINE_CHUNK_END, 0, (uint16_t)i, 2 + i);
	CHECK_EQ("chunks leave the spare slots", timeline_count(&table), shared);
	CHECK_EQ("lost chunks", table.lost, 4096 - (shared - 1));
	timeline_add(&table, TIMELINE_WAKE, 7, TIMELINE_NO_CHUNK, 1);
	CHECK_EQ("so do other processors", timeline_count(&table), shared);
	for (uint32_t i = 0; i < TIMELINE_SPARE; i++)
		timeline_add(&table, TIMELINE_DECODED, 0, TIMELINE_NO_CHUNK, 9000 + i);
	CHECK_EQ("spare slots are used", timeline_count(&table), TIMELINE_MAX);
	CHECK_EQ("and nothing of them is lost", table.lost, 4096 - (shared - 1) + 1);
	timeline_add(&table, TIMELINE_KERNEL, 0, TIMELINE_NO_CHUNK, 9999);
	CHECK_EQ("a full table stays full", timeline_count(&table), TIMELINE_MAX);
	CHECK_EQ("that one is counted", table.lost, 4096 - (shared - 1) + 2);
	CHECK_EQ("the last slot is not written again", timeline_record_at(&table, TIMELINE_MAX - 1).stage,
		TIMELINE_DECODED);
	CHECK_EQ("size", timeline_write(&table, out), TIMELINE_DATA_MAX);
}

static void *add_many(void *arg)
{
	uint8_t cpu = (uint8_t)(uintptr_t)arg;

	for (uint32_t i = 0; i < EACH; i++)
		timeline_add(&table, TIMELINE_CHUNK_END, cpu, (uint16_t)(cpu * 256u + i % 256),
			(uint64_t)cpu << 32 | i);
	return NULL;
}

/* Nothing is torn, nothing is twice, and each one was either kept or counted. */
static void test_many_processors(void **state)
{
	pthread_t thread[THREADS];
	uint32_t next[THREADS] = {0};

	memset(&table, 0, sizeof(table));
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, add_many, (void *)i), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	assert_true(table.taken <= TIMELINE_MAX);
	CHECK_EQ("kept and lost", timeline_count(&table) + table.lost, THREADS * EACH);
	for (size_t i = 0; i < timeline_count(&table); i++) {
		const struct timeline_stamp *s = &table.stamp[i];

		assert_true(s->cpu < THREADS && s->stage == TIMELINE_CHUNK_END);
		CHECK_EQ("whose time", s->tsc >> 32, s->cpu);
		CHECK_EQ("whose chunk", s->chunk, s->cpu * 256u + (uint32_t)s->tsc % 256);
		assert_true((uint32_t)s->tsc >= next[s->cpu]);
		next[s->cpu] = (uint32_t)s->tsc + 1;
	}
}

static void test_read_back(void **state)
{
	struct unit_random random = {1};
	uint8_t out[TIMELINE_DATA_MAX + 8];

	for (int run = 0; run < 200; run++) {
		struct timeline_view view;
		size_t count = unit_below(&random, TIMELINE_MAX + 1);

		memset(&table, 0, sizeof(table));
		for (size_t i = 0; i < count; i++)
			timeline_add(&table, (uint8_t)unit_random(&random), 0, TIMELINE_NO_CHUNK,
				unit_random(&random));
		size_t len = timeline_write(&table, out);

		/* What lies behind the records does not matter. */
		assert_int_equal(timeline_parse((struct span){out, len + run % 9}, &view, NULL), ERR_OK);
		CHECK_EQ("count", view.count, count);
		CHECK_EQ("lost", view.lost, 0);
		for (size_t i = 0; i < count; i++) {
			struct timeline_record a = timeline_record_at(&table, i);
			struct timeline_record b = timeline_view_at(&view, i);

			assert_true(a.ticks == b.ticks && a.chunk == b.chunk && a.stage == b.stage &&
				a.cpu == b.cpu);
		}
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *name;
		uint32_t magic;
		uint16_t version, count;
		size_t len;
		enum err e;
		const char *text;
	} cases[] = {
		{"as it should be", TIMELINE_MAGIC, 1, 2, 48, ERR_OK},
		{"no records", TIMELINE_MAGIC, 1, 0, 16, ERR_OK},
		{"as many as can be", TIMELINE_MAGIC, 1, TIMELINE_MAX, TIMELINE_DATA_MAX, ERR_OK},
		{"nothing", TIMELINE_MAGIC, 1, 0, 0, ERR_TRUNCATED, "timeline"},
		{"the header is cut off", TIMELINE_MAGIC, 1, 0, 15, ERR_TRUNCATED, "timeline"},
		{"the last record is cut off", TIMELINE_MAGIC, 1, 2, 47, ERR_TRUNCATED,
			"timeline's records"},
		{"another magic", TIMELINE_MAGIC + 1, 1, 0, 16, ERR_BAD_TIMELINE, "magic"},
		{"a later version", TIMELINE_MAGIC, 2, 0, 16, ERR_BAD_TIMELINE, "version"},
		{"version 0", TIMELINE_MAGIC, 0, 0, 16, ERR_BAD_TIMELINE, "version"},
		{"more than can be", TIMELINE_MAGIC, 1, TIMELINE_MAX + 1, TIMELINE_DATA_MAX,
			ERR_BAD_TIMELINE, "records"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t *bytes = calloc(1, TIMELINE_DATA_MAX), *cut = malloc(cases[i].len + 1);
		struct timeline_view view = {.count = 4711};
		struct fault fault = {0};

		le32_put(bytes, cases[i].magic);
		le16_put(bytes + 4, cases[i].version);
		le16_put(bytes + 6, cases[i].count);
		memcpy(cut, bytes, cases[i].len);
		CHECK_EQ(cases[i].name, timeline_parse((struct span){cut, cases[i].len}, &view, &fault),
			cases[i].e);
		CHECK_EQ(cases[i].name, view.count, cases[i].e ? 4711 : cases[i].count);
		if (cases[i].e)
			assert_string_equal(fault.text, cases[i].text);
		free(bytes);
		free(cut);
	}
}

static void test_order(void **state)
{
	static const struct {
		const char *name;
		uint64_t tsc[3];
		size_t count;
		uint64_t until;
		bool ok;
	} cases[] = {
		{"none", {0}, 0, 0, true},
		{"in order", {1, 2, 3}, 3, 4, true},
		{"at the same moment", {5, 5, 5}, 3, 5, true},
		{"one behind the next", {1, 3, 2}, 3, 4, false},
		{"the last behind the end", {1, 2, 5}, 3, 4, false},
		{"of which one counts", {1, 9, 2}, 1, 4, true},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].name,
			timeline_in_order(cases[i].tsc, cases[i].count, cases[i].until), cases[i].ok);
}

/* The numbers are published: each has its word, no other has one, and no word is there twice. */
static void test_words(void **state)
{
	static const struct {
		uint8_t stage;
		const char *word;
	} cases[] = {
		{1, "setup"}, {2, "memory"}, {3, "disks"}, {4, "video"}, {5, "protected"}, {6, "stub"},
		{7, "map"}, {8, "place"}, {9, "move"}, {10, "payload"}, {11, "wake"},
		{12, "chunk-start"}, {13, "chunk-end"}, {14, "idle"}, {15, "decoded"},
		{16, "relocated"}, {17, "wiped"}, {18, "printed"}, {19, "kernel"}, {32, "efi"},
		{33, "options"}, {34, "initrd"}, {35, "exit"},
	};
	size_t known = 0;

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(timeline_stage_text(cases[i].stage), cases[i].word);
	for (unsigned int i = 0; i <= UINT8_MAX; i++)
		known += timeline_stage_text((uint8_t)i) != NULL;
	CHECK_EQ("no others", known, COUNT(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written_form),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_many_processors),
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
