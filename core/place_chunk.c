/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where one chunk of the content is decoded to, under a placement plan. Called by the stub for each
 * chunk just before it decodes it, with the ELF plan read from the first one; so what the manifest
 * says about chunks is checked here against what the kernel's own program headers say.
 */
#include "core/place.h"

/* The piece that holds all of the chunk. */
static bool find_piece(const struct elf_plan *elf, uint64_t content_size, struct range chunk,
	struct elf_piece *ret)
{
	struct elf_piece pieces[ELF_PIECES_MAX];
	size_t count;

	if (elf_pieces(elf, content_size, pieces, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (range_within(chunk, range_make(pieces[i].offset, pieces[i].size))) {
			*ret = pieces[i];
			return true;
		}
	}
	return false;
}

enum err place_chunk(const struct place_image *image, const struct place_plan *plan,
	const struct elf_plan *elf, uint64_t out_off, uint64_t out_size, uint64_t *ret_pa,
	bool *ret_skip)
{
	const struct range output = range_make(plan->output_pa, plan->extent);
	struct range chunk = {out_off, out_off + out_size};
	struct elf_piece piece = {0};
	uint64_t pa = 0;
	bool skip = false;

	if (range_empty(chunk) || chunk.end > image->content_size)
		return ERR_BAD_MANIFEST;
	if (!image->in_place) {
		pa = plan->content_pa + out_off;
	} else if (out_off >= image->tail_offset) {
		pa = plan->tail_pa + (out_off - image->tail_offset);
	} else if (out_off < image->first_offset) {
		if (chunk.end > image->first_offset)
			return ERR_BAD_MANIFEST;
		pa = plan->header_pa;
		skip = out_off > 0;
	} else if (!out_off && !elf) {
		pa = plan->header_pa; /* the ELF header is part of the first run, at mem_base */
	} else {
		if (!elf || !find_piece(elf, image->content_size, chunk, &piece))
			return ERR_BAD_MANIFEST;
		skip = piece.kind == ELF_PIECE_GAP;
		if (!skip && piece.kind != ELF_PIECE_RUN)
			return ERR_BAD_MANIFEST;
		pa = plan->output_pa + (piece.paddr - image->mem_base) + (out_off - piece.offset);
	}
	if (!skip &&
		(pa > UINT64_MAX - out_size || !range_within(range_make(pa, out_size), output)))
		return ERR_BAD_MANIFEST;
	*ret_pa = skip ? 0 : pa;
	*ret_skip = skip;
	return ERR_OK;
}
