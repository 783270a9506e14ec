/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any file as an ELF kernel: what the load plan and the pieces promise holds. */
#include "fuzz/fuzz.h"

#include "core/elf.h"

static void check_plan(const struct elf_plan *p, uint64_t content_size)
{
	bool entry_inside = false;

	FUZZ_CHECK(p->count > 0 && p->count <= ELF_SEGMENTS_MAX);
	FUZZ_CHECK(p->elf_size <= content_size);
	FUZZ_CHECK(p->first_offset <= p->tail_offset && p->tail_offset <= p->elf_size);
	FUZZ_CHECK(p->mem_base == p->segment[0].paddr);
	for (size_t i = 0; i < p->count; i++) {
		const struct elf_segment *s = &p->segment[i];
		uint64_t pa;

		FUZZ_CHECK(s->filesz <= s->memsz && s->memsz > 0);
		FUZZ_CHECK(s->offset <= content_size && s->filesz <= content_size - s->offset);
		FUZZ_CHECK(s->paddr >= p->mem_base);
		FUZZ_CHECK(s->paddr + s->memsz - p->mem_base <= p->mem_size);
		FUZZ_CHECK(s->paddr + s->memsz >= s->paddr);
		FUZZ_CHECK(!i || p->segment[i - 1].paddr + p->segment[i - 1].memsz <= s->paddr);
		FUZZ_CHECK(!elf_va_to_pa(p, s->vaddr, &pa));
		entry_inside |= p->entry_pa >= s->paddr && p->entry_pa - s->paddr < s->memsz;
	}
	FUZZ_CHECK(entry_inside);
}

/* Pieces follow each other without gap or overlap, and every segment is inside of a run. */
static void check_pieces(const struct elf_plan *p, uint64_t content_size)
{
	struct elf_piece piece[ELF_PIECES_MAX];
	uint64_t end = 0;
	size_t count;

	FUZZ_CHECK(!elf_pieces(p, content_size, piece, &count));
	FUZZ_CHECK(count <= ELF_PIECES_MAX);
	for (size_t i = 0; i < count; i++) {
		FUZZ_CHECK(piece[i].offset == end && piece[i].size > 0);
		end += piece[i].size;
		if (piece[i].kind == ELF_PIECE_RUN) {
			FUZZ_CHECK(piece[i].paddr >= p->mem_base);
			FUZZ_CHECK(piece[i].paddr - p->mem_base + piece[i].size <= p->mem_size);
		}
	}
	FUZZ_CHECK(end == content_size);
	for (size_t n = 0; n < p->count; n++) {
		const struct elf_segment *s = &p->segment[n];
		unsigned found = 0;

		for (size_t i = 0; i < count; i++) {
			found += piece[i].kind == ELF_PIECE_RUN && s->offset >= piece[i].offset &&
				s->offset + s->filesz <= piece[i].offset + piece[i].size &&
				s->paddr - s->offset == piece[i].paddr - piece[i].offset;
		}
		FUZZ_CHECK(!s->filesz || found == 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_plan plan = {.entry = 0x5555}, part;
	struct fault fault = {0};

	if (elf_plan((struct span){data, size}, size, &plan, &fault)) {
		FUZZ_CHECK(plan.entry == 0x5555 && fault.text);
		return 0;
	}
	check_plan(&plan, size);
	if (plan.in_place)
		check_pieces(&plan, size);
	/* A prefix either says that it is too short, or plans the same. */
	for (size_t len = 0; len < size; len += 1 + size / 16) {
		if (elf_plan((struct span){data, len}, size, &part, &fault))
			continue;
		check_plan(&part, size);
		FUZZ_CHECK(part.count == plan.count && part.entry_pa == plan.entry_pa);
		FUZZ_CHECK(part.tail_offset == plan.tail_offset && part.in_place == plan.in_place);
		FUZZ_CHECK(part.elf_size <= plan.elf_size);
	}
	return 0;
}
