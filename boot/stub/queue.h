/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chunks of a payload, shared out among a crew: whoever has time takes the next one. Where payload
 * and output overlap (place.h), they are taken in order, and a chunk waits for those that the manifest's
 * ready_after names; otherwise those that take longest come first, if a crew is told of. The first
 * error ends it all; of several the one of the lowest chunk is told.
 */
#ifndef BOOT_STUB_QUEUE_H
#define BOOT_STUB_QUEUE_H

#include "boot/stub/crew.h"
#include "boot/stub/decode.h"
#include "core/chunk_order.h"

/* Told of each chunk in order, out being what came out, unfiltered; empty if nothing did. */
typedef void kernel_chunk_seen(void *ctx, const struct manifest *m, uint32_t i, struct span out);

/* How far one processor is; a cache line each. */
struct queue_lane {
	_Alignas(64) _Atomic uint32_t at; /* no turn below this one is in its hands */
	uint32_t failed; /* the chunk that err is about */
	enum err err;
	struct fault fault;
};

struct queue {
	const struct decode *decode;
	const struct elf_plan *elf;
	kernel_chunk_seen *seen; /* or NULL; then one processor works alone */
	void *ctx;
	_Atomic uint32_t next; /* turns, counted from 0: the first that nobody has taken */
	uint32_t first; /* turn t's chunk is order[t], if there is an order, else first + t */
	bool ordered;
	uint8_t order[CHUNK_ORDER_MAX];
	_Atomic bool stop;
	struct queue_lane lane[CREW_MAX];
};

/* Can chunks of this payload be decoded at the same time? */
bool queue_divides(const struct manifest *m);
/* For chunks from first on, in order; those before it are done, and elf is from them. */
void queue_init(struct queue *q, const struct decode *d, const struct elf_plan *elf, uint32_t first);
/* They are for several processors: where it does not matter, let those come first that take longest. */
void queue_longest_first(struct queue *q);
/* A crew_function, ctx being the queue: take chunks until there are none. */
void queue_work(void *queue, const struct worker *worker);
/*
 * All have left queue_work: is everything decoded? ret_chunk: the chunk that failed. Errors: those of
 * decode_chunk and decode_unfilter.
 */
enum err queue_result(const struct queue *q, uint32_t *ret_chunk, struct fault *fault) MUST_CHECK;

#endif /* BOOT_STUB_QUEUE_H */
