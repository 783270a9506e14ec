/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a chunk of a zstd payload: nothing outside the output is written, also when the
 * output overlaps the input as in the tightest placement; and where libzstd itself reads the whole
 * frame, it reads the same. Input: u8 flags (bit 0: first chunk), u24 output size, then the chunk.
 */
#include "fuzz/fuzz.h"

#include <zstd.h>

#include "codec/codec.h"

#define OUT_MAX 0x60000
#define GUARD	64
#define FILL	0xa5

struct output {
	uint8_t *block; /* GUARD, room, GUARD */
	size_t room;
};

static struct output output_make(size_t room)
{
	struct output o = {malloc(room + 2 * GUARD), room};

	FUZZ_CHECK(o.block);
	memset(o.block, FILL, room + 2 * GUARD);
	return o;
}

static void output_check(const struct output *o)
{
	for (size_t i = 0; i < GUARD; i++)
		FUZZ_CHECK(o->block[i] == FILL && o->block[GUARD + o->room + i] == FILL);
}

static enum err decode(struct span in, uint8_t *out, size_t out_size, bool first)
{
	size_t workspace_size = (size_t)codec_zstd_workspace(out_size);
	void *workspace = aligned_alloc(64, (workspace_size + 63) & ~(size_t)63);
	struct fault fault = {0};
	struct codec_job job = {in, out, out_size, workspace, workspace_size, .first = first};
	enum err e;

	FUZZ_CHECK(workspace);
	memset(workspace, 0, workspace_size);
	e = codec_zstd_chunk(&job, &fault);
	FUZZ_CHECK(!e || fault.text);
	free(workspace);
	return e;
}

static void check_against_library(struct span in, struct span out)
{
	uint8_t *theirs = malloc(out.len + 1);
	ZSTD_DCtx *dctx = ZSTD_createDCtx();
	size_t size;

	FUZZ_CHECK(theirs && dctx);
	size = ZSTD_decompressDCtx(dctx, theirs, out.len + 1, in.ptr, in.len);
	if (!ZSTD_isError(size)) {
		FUZZ_CHECK(size == out.len);
		FUZZ_CHECK(!memcmp(theirs, out.ptr, size));
	}
	ZSTD_freeDCtx(dctx);
	free(theirs);
}

/* The input at the end of the same memory, margin bytes above the output's end. */
static void check_overlapping(struct span in, size_t out_size, bool first)
{
	size_t margin = (size_t)codec_zstd_margin(out_size);
	size_t room = out_size + margin > in.len ? out_size + margin : in.len;
	struct output o = output_make(room);
	struct span moved = {o.block + GUARD + room - in.len, in.len};

	if (in.len)
		memcpy(o.block + GUARD + room - in.len, in.ptr, in.len);
	/* A frame that no compressor makes may ruin itself, but nothing else. */
	(void)!decode(moved, o.block + GUARD, out_size, first);
	output_check(&o);
	for (size_t i = out_size; i < room - in.len; i++)
		FUZZ_CHECK(o.block[GUARD + i] == FILL);
	free(o.block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	bool first = fuzz_take(&input, 1) & 1;
	size_t out_size = fuzz_take(&input, 3) % OUT_MAX;
	struct output o = output_make(out_size);
	enum err e = decode(input, o.block + GUARD, out_size, first);

	output_check(&o);
	if (!e && first)
		check_against_library(input, (struct span){o.block + GUARD, out_size});
	free(o.block);
	check_overlapping(input, out_size, first);
	return 0;
}
