/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See queue.h. Where chunks wait for others they are taken in order, a turn each. All turns below the
 * lowest one in anybody's hands are finished then, and the chunk of that one never has to wait: no number
 * is above its own in ready_after. A lane says what it is going to take before it takes it, too low at
 * worst.
 */
#include "boot/stub/queue.h"
#include "boot/stub/stamp.h"

#define NOTHING UINT32_MAX

bool queue_divides(const struct manifest *m)
{
	/* Where a chunk has no input of its own the one before goes on (core/manifest.h). */
	return m->chunk_count > 2 && manifest_chunk(m, m->chunk_count - 1).in_size;
}

void queue_init(struct queue *q, const struct decode *d, const struct elf_plan *elf, uint32_t first)
{
	q->decode = d;
	q->elf = elf;
	q->seen = NULL;
	q->next = 0;
	q->first = first;
	q->ordered = false;
	q->stop = false;
	for (unsigned int i = 0; i < CREW_MAX; i++) {
		q->lane[i].at = NOTHING;
		q->lane[i].err = ERR_OK;
	}
}

void queue_longest_first(struct queue *q)
{
	q->ordered = !q->decode->plan->sequential && chunk_order(q->decode->manifest, q->first, q->order);
}

/* All chunks below this one are finished, given that they are taken in order. */
static uint32_t finished(const struct queue *q)
{
	uint32_t least = q->next;

	for (unsigned int i = 0; i < CREW_MAX; i++) {
		uint32_t at = q->lane[i].at;

		if (at < least)
			least = at;
	}
	return q->first + least;
}

static void wait_until_ready(const struct queue *q, uint32_t i)
{
	if (!q->decode->plan->sequential)
		return;
	uint32_t ready_after = manifest_chunk(q->decode->manifest, i).ready_after;

	while (!q->stop && finished(q) < ready_after)
		__builtin_ia32_pause();
}

static enum err one_chunk(const struct queue *q, const struct worker *worker, uint32_t i,
	struct fault *fault)
{
	struct span out;

	stamp(TIMELINE_CHUNK_START, worker->cpu, i);
	enum err err = decode_chunk(q->decode, worker, q->elf, i, &out, fault);

	if (!err)
		err = decode_unfilter(q->decode, q->elf, i, out);
	stamp(TIMELINE_CHUNK_END, worker->cpu, i);
	if (!err && q->seen)
		q->seen(q->ctx, q->decode->manifest, i, out);
	return err;
}

void queue_work(void *queue, const struct worker *worker)
{
	struct queue *q = queue;
	struct queue_lane *lane = &q->lane[worker->cpu];
	uint32_t turns = q->decode->manifest->chunk_count - q->first;

	while (!q->stop) {
		lane->at = q->next;
		uint32_t turn = q->next++;

		if (turn >= turns)
			break;
		lane->at = turn;
		uint32_t i = q->ordered ? q->order[turn] : q->first + turn;

		wait_until_ready(q, i);
		if (q->stop)
			break;
		lane->err = one_chunk(q, worker, i, &lane->fault);
		if (lane->err) {
			lane->failed = i;
			q->stop = true;
		}
	}
	lane->at = NOTHING;
	if (worker->cpu)
		stamp(TIMELINE_IDLE, worker->cpu, TIMELINE_NO_CHUNK);
}

enum err queue_result(const struct queue *q, uint32_t *ret_chunk, struct fault *fault)
{
	const struct queue_lane *first = NULL;

	for (unsigned int i = 0; i < CREW_MAX; i++) {
		const struct queue_lane *lane = &q->lane[i];

		if (lane->err && (!first || lane->failed < first->failed))
			first = lane;
	}
	if (!first)
		return ERR_OK;
	*ret_chunk = first->failed;
	*fault = first->fault;
	return first->err;
}
