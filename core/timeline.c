/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See timeline.h. Filled in the stub, also by several processors at once; read on the host. */
#include "core/timeline.h"

#define SLOTS_SHARED (TIMELINE_MAX - TIMELINE_SPARE)

/*
 * Looking before taking keeps the counter from running away: it can exceed a limit only by as many
 * processors as look at the same moment. That is nothing to the spare slots, and a slot behind the table
 * is not written.
 */
void timeline_add(struct timeline *t, uint8_t stage, uint8_t cpu, uint16_t chunk, uint64_t tsc)
{
	uint32_t limit = cpu || chunk != TIMELINE_NO_CHUNK ? SLOTS_SHARED : TIMELINE_MAX;
	uint32_t i = TIMELINE_MAX;

	if (__atomic_load_n(&t->taken, __ATOMIC_RELAXED) < limit)
		i = __atomic_fetch_add(&t->taken, 1, __ATOMIC_RELAXED);
	if (i < TIMELINE_MAX)
		t->stamp[i] = (struct timeline_stamp){tsc, chunk, stage, cpu};
	else
		__atomic_fetch_add(&t->lost, 1, __ATOMIC_RELAXED);
}

size_t timeline_count(const struct timeline *t)
{
	return t->taken < TIMELINE_MAX ? t->taken : TIMELINE_MAX;
}

struct timeline_record timeline_record_at(const struct timeline *t, size_t i)
{
	const struct timeline_stamp *s = &t->stamp[i];
	uint64_t first = t->stamp[0].tsc;

	return (struct timeline_record){s->tsc > first ? s->tsc - first : 0, s->chunk, s->stage, s->cpu};
}

size_t timeline_write(const struct timeline *t, uint8_t *out)
{
	size_t count = timeline_count(t);
	uint8_t *p = out + TIMELINE_RECORDS;

	le32_put(out + TIMELINE_MAGIC_AT, TIMELINE_MAGIC);
	le16_put(out + TIMELINE_VERSION, TIMELINE_CURRENT);
	le16_put(out + TIMELINE_COUNT, (uint16_t)count);
	le32_put(out + TIMELINE_LOST, t->lost);
	le32_put(out + TIMELINE_RESERVED, 0);
	for (size_t i = 0; i < count; i++, p += TIMELINE_RECORD_SIZE) {
		struct timeline_record r = timeline_record_at(t, i);

		p[TIMELINE_STAGE] = r.stage;
		p[TIMELINE_CPU] = r.cpu;
		le16_put(p + TIMELINE_CHUNK, r.chunk);
		le32_put(p + TIMELINE_PAD, 0);
		le64_put(p + TIMELINE_TICKS, r.ticks);
	}
	return TIMELINE_RECORDS + count * TIMELINE_RECORD_SIZE;
}

enum err timeline_parse(struct span bytes, struct timeline_view *ret, struct fault *fault)
{
	struct timeline_view view;
	uint16_t version, count;
	uint32_t magic;

	if (span_le32(bytes, TIMELINE_MAGIC_AT, &magic) ||
		span_le16(bytes, TIMELINE_VERSION, &version) ||
		span_le16(bytes, TIMELINE_COUNT, &count) ||
		span_le32(bytes, TIMELINE_LOST, &view.lost) || bytes.len < TIMELINE_RECORDS)
		return fault_set(fault, ERR_TRUNCATED, "timeline", 0, bytes.len);
	if (magic != TIMELINE_MAGIC)
		return fault_set(fault, ERR_BAD_TIMELINE, "magic", TIMELINE_MAGIC_AT, magic);
	if (version != TIMELINE_CURRENT)
		return fault_set(fault, ERR_BAD_TIMELINE, "version", TIMELINE_VERSION, version);
	if (count > TIMELINE_MAX)
		return fault_set(fault, ERR_BAD_TIMELINE, "records", TIMELINE_COUNT, count);
	view.count = count;
	if (span_sub(bytes, TIMELINE_RECORDS, view.count * TIMELINE_RECORD_SIZE, &view.records))
		return fault_set(fault, ERR_TRUNCATED, "timeline's records", TIMELINE_COUNT, count);
	*ret = view;
	return ERR_OK;
}

struct timeline_record timeline_view_at(const struct timeline_view *view, size_t i)
{
	const uint8_t *p = view->records.ptr + i * TIMELINE_RECORD_SIZE;

	return (struct timeline_record){le64_get(p + TIMELINE_TICKS), le16_get(p + TIMELINE_CHUNK),
		p[TIMELINE_STAGE], p[TIMELINE_CPU]};
}

const char *timeline_stage_text(uint8_t stage)
{
	switch (stage) {
#define STAGE_TEXT(name, number, text)                                                             \
	case number:                                                                               \
		return text;
		TIMELINE_STAGE_LIST(STAGE_TEXT)
#undef STAGE_TEXT
	}
	return NULL;
}

bool timeline_in_order(const uint64_t *tsc, size_t count, uint64_t until)
{
	for (size_t i = 0; i < count; i++) {
		if (tsc[i] > (i + 1 < count ? tsc[i + 1] : until))
			return false;
	}
	return true;
}
