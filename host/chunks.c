/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chunks: where to cut, in which order, and whether they decode one by one.
 */
#include <stdlib.h>
#include <string.h>
#include "core/crc32c.h"
#include "core/filter_x86.h"
#include "host/chunks.h"
#include "host/pool.h"

/* What the size of even parts is a multiple of: lzo's blocks, so that none is cut. */
#define EVEN_UNIT (256 * 1024)

/*
 * How much of a piece goes into a chunk. Even parts keep more processors busy than full ones and a rest
 * do: the dense code at a kernel's beginning is spread over more of them. But a cut in the middle costs
 * bytes, where one near the end, in sparse data, is for nothing; larger chunks are for whoever counts those.
 */
static uint64_t part_size(uint64_t size, uint32_t chunk_size)
{
	uint64_t parts, even;

	if (chunk_size == CHUNK_WHOLE || size <= chunk_size)
		return size;
	if (chunk_size > CHUNK_SIZE_EVEN)
		return chunk_size;
	parts = (size + chunk_size - 1) / chunk_size;
	even = (size + parts - 1) / parts;
	even = (even + EVEN_UNIT - 1) / EVEN_UNIT * EVEN_UNIT;
	return even < chunk_size ? even : chunk_size;
}

static enum err cut_piece(uint64_t offset, uint64_t size, struct chunk_list *ret)
{
	uint64_t part = part_size(size, ret->chunk_size);

	while (size) {
		uint64_t step = size < part ? size : part;

		if (ret->count == MANIFEST_CHUNKS_MAX)
			return ERR_NO_SPACE;
		ret->c[ret->count++] = (struct manifest_chunk){
			.out_off = (uint32_t)offset, .out_size = (uint32_t)step};
		offset += step;
		size -= step;
	}
	return ERR_OK;
}

enum err chunks_cut(const struct elf_plan *plan, uint64_t content_size, bool in_place,
	uint32_t chunk_size, struct chunk_list *ret)
{
	struct elf_piece piece[ELF_PIECES_MAX];
	size_t count = 1, i;
	enum err e;

	ret->count = 0;
	ret->chunk_size = chunk_size;
	ret->filtered = false;
	ret->ahead = NULL;
	ret->stream_margin = 0;
	ret->stream_window = 0;
	piece[0] = (struct elf_piece){.offset = 0, .size = content_size};
	if (in_place) {
		e = elf_pieces(plan, content_size, piece, &count);
		if (e)
			return e;
	}
	for (i = 0; i < count; i++) {
		e = cut_piece(piece[i].offset, piece[i].size, ret);
		if (e)
			return e;
	}
	return ERR_OK;
}

/* Where the chunk's output begins, from output_pa on; skip: it is not decoded at all. */
static enum err destination(const struct place_image *image, const struct elf_plan *plan,
	const struct manifest_chunk *c, uint64_t *ret_start, bool *ret_skip)
{
	uint64_t behind_kernel, extent, first;
	struct place_plan at = {0};
	enum err e;

	/* The plan that place_plan would make, with output_pa 0 for all distances to count from. */
	e = align_up(image->mem_size, PLACE_PAGE, &behind_kernel);
	if (e)
		return e;
	e = place_extent(image, &extent);
	if (e)
		return e;
	at.extent = extent;
	if (image->in_place) {
		at.tail_pa = behind_kernel;
	} else {
		at.content_pa = behind_kernel;
		at.header_pa = behind_kernel;
		at.tail_pa = behind_kernel + image->tail_offset;
	}
	first = c->out_off ? 1 : 0;
	return place_chunk(
		image, &at, first ? plan : NULL, c->out_off, c->out_size, ret_start, ret_skip);
}

/*
 * How far the end of a chunk's output must stay below the end of its input. A stream codec has one
 * input for all chunks, and what is still to come of it when this chunk is done can be larger than
 * what is still to come out by no more than the margin for all.
 */
static uint64_t chunk_margin(enum codec codec, const struct chunk_list *chunks,
	const struct manifest_chunk *c, uint64_t content_size)
{
	if (!codec_is_stream(codec))
		return codec_chunk_margin(codec, c->out_size);
	return chunks->stream_margin + (content_size - c->out_off - c->out_size);
}

enum err chunks_order(enum codec codec, struct chunk_list *chunks, const struct place_image *image,
	const struct elf_plan *plan, struct span stream, uint64_t *ret_safe_offset)
{
	uint64_t *end =
		calloc(chunks->count, sizeof(*end)); /* of outputs with their margin, 0: skipped */
	uint64_t safe = 0, start, needed;
	enum err e = ERR_OK;
	uint32_t i, j;
	bool skip;

	if (!end)
		return ERR_NO_MEMORY;
	for (i = 0; i < chunks->count; i++) {
		struct manifest_chunk *c = &chunks->c[i];
		struct span in;
		uint64_t margin = chunk_margin(codec, chunks, c, image->content_size);
		uint64_t in_end = (uint64_t)c->in_off + c->in_size;

		e = span_sub(stream, c->in_off, c->in_size, &in);
		if (!e)
			e = destination(image, plan, c, &start, &skip);
		if (e)
			goto out;
		c->crc32c = crc32c(0, in);
		if (skip)
			continue;
		end[i] = start + c->out_size + margin;
		needed = place_safe_offset(start + c->out_size, in_end, margin);
		if (needed > safe)
			safe = needed;
	}
	/*
	 * With the payload at safe_offset, chunk i writes over the inputs of the chunks that begin
	 * below its end: those must have been read. The first one's output is always read before
	 * others. In a stream each waits for the one before it.
	 */
	for (i = 1; i < chunks->count; i++) {
		chunks->c[i].ready_after = codec_is_stream(codec) ? i : 1;
		for (j = chunks->c[i].ready_after; j < i && safe + chunks->c[j].in_off < end[i]; j++)
			chunks->c[i].ready_after = j + 1;
	}
	*ret_safe_offset = safe;
out:
	free(end);
	return e;
}

uint64_t chunks_workspace(enum codec codec, const struct chunk_list *chunks)
{
	uint64_t largest = 1;
	uint32_t i;

	if (codec_is_stream(codec))
		return codec_chunk_workspace(codec, chunks->stream_window);
	for (i = 0; i < chunks->count; i++) {
		if (chunks->c[i].out_size > largest)
			largest = chunks->c[i].out_size;
	}
	return codec_chunk_workspace(codec, largest);
}

/* --- checking --- */

struct check {
	struct kernel *k;
	enum codec codec;
	void *workspace; /* of a stream codec, whose state goes on from chunk to chunk; else NULL */
	struct {
		enum err err;
		struct fault fault;
	} result[MANIFEST_CHUNKS_MAX];
	_Atomic uint64_t *done;
};

/* Does the stub decode it to nowhere? */
static bool in_gap(const struct kernel *k, const struct manifest_chunk *c)
{
	struct elf_piece pieces[ELF_PIECES_MAX];
	size_t count, i;

	if (!(k->manifest.flags & MANIFEST_FLAG_IN_PLACE) || !k->has_elf ||
		elf_pieces(&k->plan, k->manifest.content_size, pieces, &count))
		return false;
	for (i = 0; i < count; i++) {
		if (c->out_off >= pieces[i].offset && c->out_off - pieces[i].offset < pieces[i].size)
			return pieces[i].kind == ELF_PIECE_GAP;
	}
	return false;
}

/* Decode one chunk whose memory is there, and compare. */
static enum err check_decoded(
	const struct check *check, const struct manifest_chunk *c, const struct codec_job *job)
{
	const struct kernel *k = check->k;
	enum err e = codec_chunk(check->codec, job, NULL);

	if (e || !job->out)
		return e;
	if (!k->content || (uint64_t)c->out_off + c->out_size > k->content_size)
		return ERR_OK; /* nothing to compare with: that is another problem, already noted */
	if (kernel_is_filtered(k) && k->has_elf)
		e = filter_x86_chunk(FILTER_DECODE, &k->plan, job->out, c->out_off, c->out_size);
	if (e)
		return e;
	return memcmp(job->out, k->content + c->out_off, c->out_size) ? ERR_BAD_STREAM : ERR_OK;
}

static enum err check_chunk(const struct check *check, uint32_t i)
{
	const struct kernel *k = check->k;
	const struct manifest *m = &k->manifest;
	struct manifest_chunk c = manifest_chunk(m, i);
	struct codec_job job = {
		.out_size = c.out_size,
		.workspace = check->workspace,
		.first = i == 0,
		.last = i + 1 == m->chunk_count,
	};
	bool discard = codec_is_stream(check->codec) && in_gap(k, &c);
	enum err e = ERR_NO_MEMORY;

	if (span_sub(k->protected_mode, (uint64_t)m->payload_off + c.in_off, c.in_size, &job.in))
		return ERR_TRUNCATED;
	if (crc32c(0, job.in) != c.crc32c)
		return ERR_CHUNK_CRC;
	job.workspace_size = m->workspace;
	if (!check->workspace)
		job.workspace = aligned_alloc(64, ((size_t)m->workspace / 64 + 1) * 64);
	if (!discard)
		job.out = malloc(c.out_size);
	if (job.workspace && (discard || job.out))
		e = check_decoded(check, &c, &job);
	if (!check->workspace)
		free(job.workspace);
	free(job.out);
	return e;
}

static void check_one(void *ctx, uint32_t i)
{
	struct check *check = ctx;
	const struct manifest *m = &check->k->manifest;
	struct manifest_chunk c = manifest_chunk(m, i);

	check->result[i].err = check_chunk(check, i);
	check->result[i].fault = (struct fault){"chunk number",
		check->k->image.setup_size + (uint64_t)m->payload_off + c.in_off, i};
	*check->done += c.out_size;
}

/* In a stream one chunk comes after the other, up to the first that is bad. */
static void check_stream(void *ctx, uint32_t part)
{
	struct check *check = ctx;
	uint32_t i;

	for (i = 0; i < check->k->manifest.chunk_count; i++) {
		check_one(check, i);
		if (check->result[i].err)
			break;
	}
}

enum status chunks_check(struct kernel *k)
{
	const struct manifest *m = &k->manifest;
	struct check *check = calloc(1, sizeof(*check));
	bool stream = codec_is_stream((enum codec)m->codec);
	struct pool pool = {
		.what = "checking",
		.total = m->content_size,
		.work = stream ? check_stream : check_one,
		.ctx = check,
	};
	enum status status = STATUS_DONE;
	uint32_t i;

	if (!check)
		return report_no_memory(k->name);
	check->k = k;
	check->codec = (enum codec)m->codec;
	check->done = &pool.done;
	if (stream) {
		check->workspace = aligned_alloc(64, ((size_t)m->workspace / 64 + 1) * 64);
		if (!check->workspace)
			status = report_no_memory(k->name);
	}
	if (!status)
		pool_run(&pool, stream ? 1 : m->chunk_count);
	for (i = 0; i < m->chunk_count && !status; i++) {
		if (check->result[i].err == ERR_NO_MEMORY)
			status = report_no_memory(k->name);
		else if (check->result[i].err)
			problems_add(&k->problems, "", check->result[i].err, &check->result[i].fault);
	}
	free(check->workspace);
	free(check);
	return status;
}
