/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets of chunk decoders share. Input: u8 flags (bit 0: first chunk, bit 1: last
 * one), u24 output size, then the chunk. Whatever it is, nothing outside the output is written, also
 * when the output overlaps the input as in the tightest placement; and when the decoder accepts it,
 * a library that reads the whole stream must not see other content.
 */
#ifndef FUZZ_CHUNK_H
#define FUZZ_CHUNK_H

#include "fuzz/fuzz.h"

#include "codec/codec.h"

#define FUZZ_OUT_MAX 0x60000
#define FUZZ_GUARD   64
#define FUZZ_FILL    0xa5

struct fuzz_codec {
	enum err (*decode)(const struct codec_job *job, struct fault *fault);
	uint64_t (*margin)(uint64_t out_size);
	uint64_t (*workspace)(uint64_t out_size);
	/* Decode a whole stream to at most cap bytes with the library; false if it refuses. */
	bool (*library)(struct span in, uint8_t *out, size_t cap, size_t *ret_size);
};

struct fuzz_output {
	uint8_t *block; /* FUZZ_GUARD, room, FUZZ_GUARD */
	size_t room;
};

static inline struct fuzz_output fuzz_output_make(size_t room)
{
	struct fuzz_output o = {malloc(room + 2 * FUZZ_GUARD), room};

	FUZZ_CHECK(o.block);
	memset(o.block, FUZZ_FILL, room + 2 * FUZZ_GUARD);
	return o;
}

static inline void fuzz_output_check(const struct fuzz_output *o)
{
	for (size_t i = 0; i < FUZZ_GUARD; i++)
		FUZZ_CHECK(o->block[i] == FUZZ_FILL &&
			o->block[FUZZ_GUARD + o->room + i] == FUZZ_FILL);
}

static inline enum err fuzz_chunk_decode(const struct fuzz_codec *codec, struct span in,
	uint8_t *out, size_t out_size, unsigned int flags)
{
	size_t size = ((size_t)codec->workspace(out_size) + 63) & ~(size_t)63;
	void *workspace = aligned_alloc(64, size);
	struct codec_job job = {in, out, out_size, workspace, size, flags & 1, flags & 2};
	struct fault fault = {0};
	enum err e;

	FUZZ_CHECK(!size || workspace);
	e = codec->decode(&job, &fault);
	FUZZ_CHECK(!e || fault.text);
	free(workspace);
	return e;
}

/* The input at the end of the same memory, margin bytes above the output's end. */
static inline void fuzz_chunk_overlapping(
	const struct fuzz_codec *codec, struct span in, size_t out_size, unsigned int flags)
{
	size_t margin = (size_t)codec->margin(out_size);
	size_t room = out_size + margin > in.len ? out_size + margin : in.len;
	struct fuzz_output o = fuzz_output_make(room);
	struct span moved = {o.block + FUZZ_GUARD + room - in.len, in.len};

	if (in.len)
		memcpy(o.block + FUZZ_GUARD + room - in.len, in.ptr, in.len);
	/* A stream that no compressor makes may ruin itself, but nothing else. */
	(void)!fuzz_chunk_decode(codec, moved, o.block + FUZZ_GUARD, out_size, flags);
	fuzz_output_check(&o);
	for (size_t i = out_size; i < room - in.len; i++)
		FUZZ_CHECK(o.block[FUZZ_GUARD + i] == FUZZ_FILL);
	free(o.block);
}

static inline void fuzz_chunk_run(const struct fuzz_codec *codec, const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	unsigned int flags = (unsigned int)fuzz_take(&input, 1);
	size_t out_size = fuzz_take(&input, 3) % FUZZ_OUT_MAX, theirs_size;
	struct fuzz_output o = fuzz_output_make(out_size);
	enum err e = fuzz_chunk_decode(codec, input, o.block + FUZZ_GUARD, out_size, flags);

	fuzz_output_check(&o);
	if (!e && (flags & 3) == 3 && codec->library) {
		uint8_t *theirs = malloc(out_size + 1);

		FUZZ_CHECK(theirs);
		if (codec->library(input, theirs, out_size + 1, &theirs_size)) {
			FUZZ_CHECK(theirs_size == out_size);
			FUZZ_CHECK(!memcmp(theirs, o.block + FUZZ_GUARD, out_size));
		}
		free(theirs);
	}
	free(o.block);
	fuzz_chunk_overlapping(codec, input, out_size, flags);
}

#endif /* FUZZ_CHUNK_H */
