/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chunks: where to cut, in which order, and whether they decode one by one.
 */
#include <stdlib.h>
#include <string.h>
#include "core/crc32c.h"
#include "host/chunks.h"

static enum err cut_piece(uint64_t offset, uint64_t size, struct chunk_list *ret)
{
	while (size) {
		uint64_t step = size < CHUNK_SIZE ? size : CHUNK_SIZE;

		if (ret->count == MANIFEST_CHUNKS_MAX)
			return ERR_NO_SPACE;
		ret->c[ret->count++] = (struct manifest_chunk){
			.out_off = (uint32_t)offset, .out_size = (uint32_t)step};
		offset += step;
		size -= step;
	}
	return ERR_OK;
}

enum err chunks_cut(
	const struct elf_plan *plan, uint64_t content_size, bool in_place, struct chunk_list *ret)
{
	struct elf_piece piece[ELF_PIECES_MAX];
	size_t count = 1, i;
	enum err e;

	ret->count = 0;
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

enum err chunks_order(struct chunk_list *chunks, const struct place_image *image,
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
		uint64_t margin = codec_zstd_margin(c->out_size);

		e = span_sub(stream, c->in_off, c->in_size, &in);
		if (!e)
			e = destination(image, plan, c, &start, &skip);
		if (e)
			goto out;
		c->crc32c = crc32c(0, in);
		if (skip)
			continue;
		end[i] = start + c->out_size + margin;
		needed = place_safe_offset(
			start + c->out_size, (uint64_t)c->in_off + c->in_size, margin);
		if (needed > safe)
			safe = needed;
	}
	/*
	 * With the payload at safe_offset, chunk i writes over the inputs of the chunks that begin
	 * below its end: those must have been read. The first one's output is always read before
	 * others.
	 */
	for (i = 1; i < chunks->count; i++) {
		chunks->c[i].ready_after = 1;
		for (j = 1; j < i && safe + chunks->c[j].in_off < end[i]; j++)
			chunks->c[i].ready_after = j + 1;
	}
	*ret_safe_offset = safe;
out:
	free(end);
	return e;
}

/* Decode one chunk and compare; out has room for the largest chunk. */
static enum err check_one(
	const struct kernel *k, uint32_t i, const struct codec_job *job, struct fault *fault)
{
	const struct manifest *m = &k->manifest;
	struct manifest_chunk c = manifest_chunk(m, i);
	struct codec_job one = *job;
	struct fault inner = {0};
	enum err e;

	*fault = (struct fault){
		"chunk number", k->image.setup_size + (uint64_t)m->payload_off + c.in_off, i};
	if (span_sub(k->protected_mode, (uint64_t)m->payload_off + c.in_off, c.in_size, &one.in))
		return ERR_TRUNCATED;
	if (crc32c(0, one.in) != c.crc32c)
		return ERR_CHUNK_CRC;
	if (m->codec != CODEC_ZSTD)
		return ERR_CODEC_UNSUPPORTED;
	one.out_size = c.out_size;
	e = codec_zstd_chunk(&one, i == 0, &inner);
	if (e)
		return e;
	if (!k->content || (uint64_t)c.out_off + c.out_size > k->content_size)
		return ERR_OK; /* nothing to compare with: that is another problem, already noted */
	return memcmp(one.out, k->content + c.out_off, c.out_size) ? ERR_BAD_STREAM : ERR_OK;
}

enum status chunks_check(struct kernel *k)
{
	struct codec_job job = {0};
	enum status status = STATUS_DONE;
	struct fault fault;
	uint32_t i, largest = 1;
	enum err e;

	for (i = 0; i < k->manifest.chunk_count; i++) {
		struct manifest_chunk c = manifest_chunk(&k->manifest, i);

		if (c.out_size > largest)
			largest = c.out_size;
	}
	job.workspace_size = codec_zstd_workspace();
	job.workspace = aligned_alloc(64, (job.workspace_size + 63) / 64 * 64);
	job.out = malloc(largest);
	if (!job.workspace || !job.out) {
		status = report_no_memory(k->name);
		goto out;
	}
	for (i = 0; i < k->manifest.chunk_count; i++) {
		e = check_one(k, i, &job, &fault);
		if (e)
			problems_add(&k->problems, "", e, &fault);
	}
out:
	free(job.workspace);
	free(job.out);
	return status;
}
