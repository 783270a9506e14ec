/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF kernel's load plan: which bytes go where. Pure: reads the file header and the program
 * headers through a span, which may be a prefix of the file (elf_size then tells the whole).
 * [gABI chapter 5]
 */
#ifndef CORE_ELF_H
#define CORE_ELF_H

#include "core/range.h"
#include "core/span.h"

#define ELF_SEGMENTS_MAX 32
#define ELF_TABLES       3

struct elf_segment {
	uint64_t offset; /* p_offset */
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
	uint32_t flags; /* PF_* */
};

struct elf_plan {
	uint16_t type; /* ET_EXEC or ET_DYN */
	uint64_t entry; /* e_entry as it stands */
	uint64_t entry_pa; /* the entry as a physical address at link time, inside a segment */
	size_t count;
	struct elf_segment segment[ELF_SEGMENTS_MAX]; /* PT_LOADs with p_memsz > 0, by paddr */
	uint64_t mem_base; /* lowest paddr */
	uint64_t mem_size; /* bytes from mem_base to the end of the highest segment */
	uint64_t first_offset; /* lowest p_offset */
	uint64_t tail_offset; /* highest p_offset + p_filesz: what follows is not loaded */
	bool in_place; /* pieces can be decoded where they run: see elf_pieces */
	uint64_t link_base; /* vaddr - paddr of the segment that holds the entry, or 0 */
	uint64_t dynamic_offset, dynamic_size; /* PT_DYNAMIC in the file, 0 if none */
	struct range table[ELF_TABLES]; /* in the file: header, program headers, section headers */
	uint64_t elf_size; /* end of the ELF: section headers, program headers, segments, sections */
};

/*
 * file: at least the ELF header and the program headers. content_size: bytes of the whole file that
 * segments and tables must lie in. elf_size needs the section headers only where the ELF ends with
 * them, as vmlinux does (e_shoff + e_shnum * e_shentsize).
 * Errors: NOT_ELF, ELF_CLASS, ELF_TYPE, BAD_ELF, BAD_SEGMENT, NO_SEGMENT, BAD_ENTRY, TRUNCATED.
 */
enum err elf_plan(struct span file, uint64_t content_size, struct elf_plan *ret, struct fault *fault)
	MUST_CHECK;

/*
 * The content cut into pieces, in file order, without gap or overlap:
 *
 *   HEADER  [0, first_offset)   ELF header and padding; missing if first_offset is 0
 *   RUN     one or more segments with the same paddr - offset, and the padding between them: lands
 *           whole at paddr (the padding falls into a hole or into bss, which is cleared later)
 *   GAP     between two runs: not loaded, need not be decoded
 *   TAIL    [tail_offset, content_size): section headers, relocation table; missing if empty
 *
 * A stock Linux before 6.15 has three runs, because its per-CPU segment has p_vaddr 0 and is aligned
 * to 2 MiB in the file but to 4 KiB in memory: text and data, per-CPU area, the rest.
 *
 * in_place needs: segments by paddr are also sorted by offset; they overlap neither in the file nor in
 * memory; and with first_offset 0 the first segment in the file is the one at mem_base.
 */
enum elf_piece_kind { ELF_PIECE_HEADER, ELF_PIECE_RUN, ELF_PIECE_GAP, ELF_PIECE_TAIL };
struct elf_piece {
	enum elf_piece_kind kind;
	uint64_t offset; /* in the content */
	uint64_t size;
	uint64_t paddr; /* link-time physical address; RUN only, else 0 */
};
#define ELF_PIECES_MAX (2 * ELF_SEGMENTS_MAX + 2)

/* plan->in_place must be true. ret has room for ELF_PIECES_MAX. Errors: BAD_SEGMENT. */
enum err elf_pieces(const struct elf_plan *plan, uint64_t content_size, struct elf_piece *ret,
	size_t *ret_count) MUST_CHECK;

/* Virtual address at link time -> physical address at link time, through the segments. */
enum err elf_va_to_pa(const struct elf_plan *plan, uint64_t va, uint64_t *ret_pa) MUST_CHECK;

#endif /* CORE_ELF_H */
