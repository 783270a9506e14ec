/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chunks of an lzma payload by liblzma's decoder of the old ".lzma" container. That is one stream
 * without any seams, so a chunk here is nothing but a piece of its output: the first chunk brings
 * the whole input, the others none, and each goes on where the one before stopped. What is not
 * wanted (job->out NULL) is decoded and forgotten.
 *
 * Between two chunks the decoder's state lies in the workspace, pointers into input and workspace
 * included: neither may move or change until the last chunk.
 *
 * Entered in the stub's 64-bit mode through the decoder gate, and in the host tool. Nothing outside
 * the output is written.
 *
 *
 * Workspace
 *
 *   | struct state | arena: liblzma's states, 30 KiB, and its dictionary | 32 KiB to forget into |
 *
 * liblzma decodes into the dictionary and copies from there to the output. No match reaches further
 * back than the beginning of the stream, so a dictionary as large as the content will do, whatever
 * the header asks for; how large that is, the workspace says. Were the dictionary too small after
 * all, liblzma would refuse the first match that reaches behind it.
 *
 *
 * The in-place margin
 *
 * As for xz (xz_chunk.c draws it), output is written after the input that it came from was read: with
 * o of C bytes of content written and i of P bytes of input read,
 *
 *         M  >=  (P - i) - (C - o)
 *
 * by how much the unread rest is larger than what it decodes to. lzma stores nothing, so what does
 * not compress grows. An encoder that looks for cheap codes, as liblzma's does, codes nothing dearer
 * than literals: for each byte one decision "literal" and eight for its bits. How dear may these be
 * in the long run? A decision has a probability p of its own, which moves by 1/32 of its distance
 * towards what came, and costs -log2 of the probability of what came. Dearest is a sequence that
 * always brings the less likely value. It keeps p within 1/64 of 1/2, and costs log2(1 / (1/2 - 1/64))
 * = 1.046 bits for each decision; every other sequence has to pay for a dear surprise with cheap
 * decisions before. Thus 9 * 1.046 = 9.42 bits a byte: a growth of 17.7 %, less than C / 5. To that
 * comes what the decisions may have saved up: 6.05 bits each (p is never below 31/2048), of which
 * there are 1846 and 768 * 2^(lc + lp), 12288 at most: 11 KiB. And the header's 13 bytes, the end mark, and
 * the range coder's 5 bytes.
 *
 * That is for any content. Real content is far away from it: noise grows by 1.5 %. Whoever builds an
 * image may decode its stream once in small steps, and use the largest (P - i) - (C - o) that there
 * was instead.
 */
#include <lzma.h>
#include "codec/arena.h"
#include "codec/codec.h"

#define HEADER_SIZE 13 /* properties:1 dictionary:4 content size:8, little-endian */
#define HEADER_DICT 1
#define STATE_SIZE  (64 * 1024)
#define FORGET_SIZE (32 * 1024)
#define SAVED_UP    (16 * 1024)

struct state {
	struct arena arena;
	lzma_allocator allocator;
	lzma_stream lz;
	bool ended; /* liblzma saw the stream's end */
};

uint64_t codec_lzma_margin(uint64_t out_size)
{
	return out_size / 5 + SAVED_UP;
}

/* out_size: of the whole content, or of the header's dictionary if that is smaller. */
uint64_t codec_lzma_workspace(uint64_t out_size)
{
	uint64_t dictionary = out_size > LZMA_DICT_SIZE_MIN ? out_size : LZMA_DICT_SIZE_MIN;

	return STATE_SIZE + FORGET_SIZE +
		((dictionary + ARENA_ALIGN - 1) & ~(uint64_t)(ARENA_ALIGN - 1));
}

static void *allocate(void *arena, size_t count, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(count, size, &bytes) ? NULL : arena_take(arena, bytes);
}

static void release(void *arena, void *memory)
{
	(void)arena;
	(void)memory;
}

static enum err library_error(lzma_ret result, const struct state *s, struct fault *fault)
{
	if (result == LZMA_MEM_ERROR)
		return fault_set(fault, ERR_WORKSPACE, "lzma", s->lz.total_in, result);
	if (result == LZMA_BUF_ERROR) /* room is left, so it is input that is missing */
		return fault_set(fault, ERR_TRUNCATED, "lzma", s->lz.total_in, s->lz.total_out);
	return fault_set(fault, ERR_BAD_STREAM, "lzma", s->lz.total_in, result);
}

/* Decode exactly size bytes to out. */
static enum err produce(struct state *s, uint8_t *out, size_t size, struct fault *fault)
{
	lzma_ret result = LZMA_OK;

	s->lz.next_out = out;
	s->lz.avail_out = size;
	while (s->lz.avail_out) {
		if (s->ended)
			return fault_set(fault, ERR_CHUNK_LENGTH, "lzma stream is shorter",
				s->lz.total_in, s->lz.total_out);
		result = lzma_code(&s->lz, LZMA_RUN);
		if (result != LZMA_OK && result != LZMA_STREAM_END)
			return library_error(result, s, fault);
		s->ended = result == LZMA_STREAM_END;
	}
	return ERR_OK;
}

/* The container's header goes in first, and alone, with a dictionary that there is room for. */
static enum err begin(const struct codec_job *job, struct state *s, uint8_t *out, struct fault *fault)
{
	uint8_t header[HEADER_SIZE];
	struct span in;

	if (span_sub(job->in, 0, HEADER_SIZE, &in))
		return fault_set(fault, ERR_TRUNCATED, "lzma header", 0, job->in.len);
	__builtin_memcpy(header, in.ptr, HEADER_SIZE);
	size_t room = job->workspace_size - STATE_SIZE - FORGET_SIZE;

	room &= ~(size_t)(ARENA_ALIGN - 1);
	if (le32_get(header + HEADER_DICT) > room)
		le32_put(header + HEADER_DICT, (uint32_t)room);
	lzma_ret result = lzma_alone_decoder(&s->lz, UINT64_MAX);

	if (result == LZMA_OK) {
		s->lz.next_in = header;
		s->lz.avail_in = HEADER_SIZE;
		s->lz.next_out = out; /* nothing comes yet, but without room nothing is read */
		s->lz.avail_out = 1;
		result = lzma_code(&s->lz, LZMA_RUN);
	}
	if (result != LZMA_OK || s->lz.avail_in)
		return library_error(result, s, fault);
	s->lz.next_in = job->in.ptr + HEADER_SIZE;
	s->lz.avail_in = job->in.len - HEADER_SIZE;
	return ERR_OK;
}

/* All has come out: the stream must end, and so must the input. */
static enum err finish(struct state *s, uint8_t *spare, struct fault *fault)
{
	while (!s->ended) {
		s->lz.next_out = spare;
		s->lz.avail_out = 1;
		lzma_ret result = lzma_code(&s->lz, LZMA_RUN);

		if (!s->lz.avail_out)
			return fault_set(fault, ERR_CHUNK_LENGTH, "lzma stream is longer",
				s->lz.total_in, s->lz.total_out);
		if (result != LZMA_OK && result != LZMA_STREAM_END)
			return library_error(result, s, fault);
		s->ended = result == LZMA_STREAM_END;
	}
	if (s->lz.avail_in)
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind the lzma stream",
			s->lz.total_in, s->lz.avail_in);
	return ERR_OK;
}

enum err codec_lzma_chunk(const struct codec_job *job, struct fault *fault)
{
	struct state *s = job->workspace;
	const size_t apart = arena_round(sizeof(*s)) + FORGET_SIZE;

	if (job->workspace_size < STATE_SIZE + FORGET_SIZE + LZMA_DICT_SIZE_MIN)
		return fault_set(fault, ERR_WORKSPACE, "lzma", 0, job->workspace_size);
	uint8_t *forget = (uint8_t *)job->workspace + (job->workspace_size - FORGET_SIZE);
	enum err err = ERR_OK;

	if (job->first) {
		*s = (struct state){
			.arena = arena_make((uint8_t *)job->workspace + arena_round(sizeof(*s)),
				job->workspace_size - apart),
			.allocator = {.alloc = allocate, .free = release},
		};
		s->allocator.opaque = &s->arena;
		s->lz.allocator = &s->allocator;
		err = begin(job, s, forget, fault);
	} else if (job->in.len) {
		err = fault_set(fault, ERR_BAD_STREAM, "input behind the first chunk", 0,
			job->in.len);
	}
	if (!err && job->out)
		err = produce(s, job->out, job->out_size, fault);
	for (size_t left = job->out ? 0 : job->out_size; left && !err;) {
		size_t step = left < FORGET_SIZE ? left : FORGET_SIZE;

		err = produce(s, forget, step, fault);
		left -= step;
	}
	if (!err && job->last)
		err = finish(s, forget, fault);
	return err;
}
