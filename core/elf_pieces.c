/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An in-place kernel's content cut into pieces (elf.h says what each is). The host tool cuts chunks
 * at their borders; the stub asks for the piece around each chunk before it decodes it.
 */
#include "core/elf.h"

static void add_piece(struct elf_piece *pieces, size_t *count, struct elf_piece piece)
{
	if (piece.size)
		pieces[(*count)++] = piece;
}

enum err elf_pieces(const struct elf_plan *plan, uint64_t content_size, struct elf_piece *ret,
	size_t *ret_count)
{
	struct elf_piece run = {.kind = ELF_PIECE_RUN};
	size_t count = 0;

	if (!plan->in_place || plan->tail_offset > content_size)
		return ERR_BAD_SEGMENT;
	add_piece(ret, &count, (struct elf_piece){ELF_PIECE_HEADER, 0, plan->first_offset, 0});
	for (size_t i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];
		uint64_t end = run.offset + run.size;

		if (!s->filesz)
			continue;
		if (run.size && s->paddr - s->offset == run.paddr - run.offset) {
			run.size = s->offset + s->filesz - run.offset;
			continue;
		}
		add_piece(ret, &count, run);
		if (run.size)
			add_piece(ret, &count,
				(struct elf_piece){ELF_PIECE_GAP, end, s->offset - end, 0});
		run = (struct elf_piece){ELF_PIECE_RUN, s->offset, s->filesz, s->paddr};
	}
	add_piece(ret, &count, run);
	add_piece(ret, &count,
		(struct elf_piece){
			ELF_PIECE_TAIL, plan->tail_offset, content_size - plan->tail_offset, 0});
	*ret_count = count;
	return ERR_OK;
}
