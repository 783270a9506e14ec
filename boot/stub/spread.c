/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See spread.h. Pieces are taken from a counter, as chunks are (queue.c): whoever is slow, or comes
 * late, takes fewer. What is not more than a piece or two is done at once by whoever asks.
 */
#include "boot/stub/spread.h"
#include "boot/lib/phys.h"
#include "boot/stub/libc.h"

#define PIECE 0x100000

struct job {
	uint64_t to_pa, from_pa, size;
	bool clear;
	_Atomic uint64_t next;
};

static void piece_do(const struct job *job, uint64_t at, uint64_t size)
{
	if (job->clear)
		memset(phys_ptr(job->to_pa + at), 0, size);
	else
		memcpy(phys_ptr(job->to_pa + at), phys_ptr(job->from_pa + at), size);
}

static void pieces_do(void *ctx, const struct worker *worker)
{
	struct job *job = ctx;
	uint64_t at;

	while ((at = (job->next += PIECE) - PIECE) < job->size)
		piece_do(job, at, job->size - at < PIECE ? job->size - at : PIECE);
}

static void job_do(struct crew *crew, struct job *job)
{
	if (crew && job->size > 2 * PIECE)
		crew_run(crew, pieces_do, job);
	else
		piece_do(job, 0, job->size);
}

void spread_clear(struct crew *crew, uint64_t pa, uint64_t size)
{
	struct job job = {.to_pa = pa, .size = size, .clear = true};

	job_do(crew, &job);
}

void spread_copy(struct crew *crew, uint64_t to_pa, uint64_t from_pa, uint64_t size)
{
	struct job job = {.to_pa = to_pa, .from_pa = from_pa, .size = size};

	job_do(crew, &job);
}
