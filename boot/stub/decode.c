/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See decode.h. Stage 2, 64-bit mode. A chunk's checksum comes first, so that no damaged byte
 * reaches the library.
 */
#include "boot/stub/decode.h"
#include "boot/lib/phys.h"
#include "boot/stub/checksum.h"
#include "boot/stub/gate.h"
#include "boot/stub/libc.h"
#include "codec/codec.h"
#include "core/filter_x86.h"

/* The one codec that this stub is linked with: codec_zstd_chunk for STUB_CODEC_NAME=zstd. */
#define PASTE(a, b, c) a##b##c
#define CHUNK_FUNCTION(name) PASTE(codec_, name, _chunk)

struct call {
	struct codec_job job;
	enum err err;
	struct fault *fault;
};

static void call_codec(void *ctx)
{
	struct call *call = ctx;

	/* A library that insists on malloc finds all of the workspace there, empty. */
	heap_init(call->job.workspace, call->job.workspace_size);
	call->err = CHUNK_FUNCTION(STUB_CODEC_NAME)(&call->job, call->fault);
}

enum err decode_chunk(const struct decode *d, const struct worker *worker, const struct elf_plan *elf,
	uint32_t i, struct span *ret_out, struct fault *fault)
{
	struct manifest_chunk chunk = manifest_chunk(d->manifest, i);
	struct span in = phys_span(d->plan->payload_pa + chunk.in_off, chunk.in_size);
	uint32_t crc = checksum(in);
	uint64_t out_pa;
	bool skip;

	if (crc != chunk.crc32c)
		return fault_set(fault, ERR_CHUNK_CRC, "payload", chunk.in_off, crc);
	if (place_chunk(d->image, d->plan, elf, chunk.out_off, chunk.out_size, &out_pa, &skip))
		return fault_set(fault, ERR_BAD_MANIFEST, "chunk fits no part of the kernel",
			chunk.in_off, chunk.out_off);
	/* A chunk without input goes on where the one before stopped: it cannot be left out. */
	if (skip && in.len && !d->gap) {
		*ret_out = (struct span){NULL, 0};
		return ERR_OK;
	}
	void *out = skip ? d->gap : phys_ptr(out_pa);
	struct call call = {
		.job = {
			.in = in,
			.out = out,
			.out_size = chunk.out_size,
			.workspace = worker->heap,
			.workspace_size = worker->heap_size,
			.first = i == 0,
			.last = i + 1 == d->manifest->chunk_count,
		},
		.fault = fault,
	};

	enum err err = gate_enter(worker->gate_pa, call_codec, &call);

	if (err)
		return fault_set(fault, err, err == ERR_STACK ? "decoder's stack" : "decoder gave up",
			chunk.in_off, worker->cpu);
	err = call.err;
	if (!err)
		*ret_out = (struct span){out, out ? chunk.out_size : 0};
	return err;
}

enum err decode_unfilter(
	const struct decode *d, const struct elf_plan *elf, uint32_t i, struct span out)
{
	struct manifest_chunk chunk = manifest_chunk(d->manifest, i);

	if (!(d->manifest->flags & MANIFEST_FLAG_FILTER_X86) || !out.len)
		return ERR_OK;
	return filter_x86_chunk(
		FILTER_DECODE, elf, (uint8_t *)(uintptr_t)out.ptr, chunk.out_off, out.len);
}
