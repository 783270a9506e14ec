/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline of a boot (spec/timeline.h): a table that is filled while booting, its written form, and a
 * reader of that for whoever finds it in /sys. Time comes in as an argument.
 *
 * Several processors may add at a time: each takes a slot for itself by one atomic increment, so no lock
 * is needed, no stamp is lost and none is torn. Whoever reads the table knows that all have finished.
 */
#ifndef CORE_TIMELINE_H
#define CORE_TIMELINE_H

#include "core/span.h"
#include "spec/timeline.h"

/*
 * So many slots are for the boot processor's own stages: however many chunks and processors there are,
 * these are not lost. It has less than two dozen.
 */
#define TIMELINE_SPARE 32

#define TIMELINE_DATA_MAX (TIMELINE_RECORDS + TIMELINE_MAX * TIMELINE_RECORD_SIZE)

/* All zeros: an empty one. */
struct timeline {
	uint32_t taken; /* slots */
	uint32_t lost;
	struct timeline_stamp {
		uint64_t tsc;
		uint16_t chunk; /* or TIMELINE_NO_CHUNK */
		uint8_t stage; /* enum timeline_stage */
		uint8_t cpu;
	} stamp[TIMELINE_MAX];
};

void timeline_add(struct timeline *t, uint8_t stage, uint8_t cpu, uint16_t chunk, uint64_t tsc);
size_t timeline_count(const struct timeline *t);

/* As it is written: ticks since the first stamp, 0 for what seems to have been before that. */
struct timeline_record {
	uint64_t ticks;
	uint16_t chunk;
	uint8_t stage;
	uint8_t cpu;
};
/* i: below the count. */
struct timeline_record timeline_record_at(const struct timeline *t, size_t i);

/* The bytes that are handed over, TIMELINE_DATA_MAX at most; returns how many. */
size_t timeline_write(const struct timeline *t, uint8_t *out);

/* Of such bytes, foreign ones: what the header says, and where the records are. */
struct timeline_view {
	struct span records;
	size_t count;
	uint32_t lost;
};
/* Errors: TRUNCATED, BAD_TIMELINE (magic, version, more records than there can be). */
enum err timeline_parse(struct span bytes, struct timeline_view *ret, struct fault *fault) MUST_CHECK;
/* i: below the count. Nothing in it has been checked: any stage, any processor, any time. */
struct timeline_record timeline_view_at(const struct timeline_view *view, size_t i);

/* The word for a stage; NULL for one of a later version. */
const char *timeline_stage_text(uint8_t stage);

/* Does none of these lie behind the one after it, or behind until? */
bool timeline_in_order(const uint64_t *tsc, size_t count, uint64_t until);

#endif /* CORE_TIMELINE_H */
