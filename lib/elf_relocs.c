/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From .rela.* sections to Linux's relocation table. What has to be patched when the kernel moves
 * by delta depends on where the place is and what it refers to:
 *
 *                            refers to the kernel    to the per-CPU area    to a fixed number
 *   64, 32, 32S                    + delta                  -                      -
 *   PC32, PLT32 (in kernel)          -                   - delta                   -
 *   PC64                             -                    error                    -
 *
 * The per-CPU area of kernels before 6.15 is linked at virtual 0: its symbols are offsets that
 * never move, while the instructions that refer to them move. The area's initial contents lie in
 * the kernel like everything else, so a place in them is found through its load address.
 *
 * Linux's build tells these cases apart by the names of symbols. Here addresses decide: a symbol is
 * per-CPU if it lies in the area's section and its value in the area, and an absolute symbol is one
 * of the kernel's after all if its value lies in the kernel.
 */
#include <stdlib.h>
#include "lib/elf_relocs.h"
#include "spec/elf64.h"

struct words {
	uint32_t *w;
	size_t count, cap;
};

struct extraction {
	const struct elf_file *elf;
	uint64_t kernel_va, kernel_end_va;
	bool has_percpu;
	uint64_t percpu_size; /* it lies at virtual [0, percpu_size) */
	uint64_t percpu_load_va; /* where its initial contents are */
	uint8_t percpu_sections[(UINT16_MAX + 1) / 8]; /* a bit for each section that lies in it */
	struct words rel64, inverse32, rel32;
};

/*
 * Relocations that --emit-relocs left for a section that is loaded; notes are read before booting.
 */
static bool wanted(const struct elf_file *elf, const struct elf_file_section *rela)
{
	struct elf_file_section target;

	if (rela->type != SHT_RELA || rela->flags & SHF_ALLOC || rela->info >= elf->header.shnum)
		return false;
	target = elf_file_section(elf, (uint16_t)rela->info);
	return target.flags & SHF_ALLOC && target.type != SHT_NOTE;
}

bool elf_relocs_present(const struct elf_file *elf)
{
	for (uint16_t i = 0; i < elf->header.shnum; i++) {
		struct elf_file_section rela = elf_file_section(elf, i);

		if (wanted(elf, &rela))
			return true;
	}
	return false;
}

static void find_areas(const struct elf_plan *plan, struct extraction *x)
{
	size_t i;

	x->kernel_va = plan->mem_base + plan->link_base;
	x->kernel_end_va = x->kernel_va + plan->mem_size;
	for (i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];

		if (!s->vaddr && s->paddr && plan->link_base) {
			x->has_percpu = true;
			x->percpu_size = s->memsz;
			x->percpu_load_va = s->paddr + plan->link_base;
		}
	}
	for (i = 0; i < x->elf->header.shnum && x->has_percpu; i++) {
		struct elf_file_section s = elf_file_section(x->elf, (uint16_t)i);

		if (s.flags & SHF_ALLOC && s.addr < x->percpu_size)
			x->percpu_sections[i / 8] |= (uint8_t)(1 << i % 8);
	}
}

/* Any number may be asked for. */
static bool in_percpu(const struct extraction *x, uint16_t section)
{
	return x->percpu_sections[section / 8] >> section % 8 & 1;
}

enum refers {
	TO_KERNEL,
	TO_PERCPU,
	TO_NUMBER,
};

static enum err classify_symbol(const struct extraction *x, const struct elf_file_section *symtab,
	uint32_t index, enum refers *ret, struct fault *fault)
{
	uint64_t at = symtab->offset + (uint64_t)index * ELF64_SYM_SIZE;
	uint16_t shndx;
	uint64_t value;

	if ((uint64_t)index >= symtab->size / ELF64_SYM_SIZE ||
		span_le16(x->elf->file, at + ST_SHNDX, &shndx) ||
		span_le64(x->elf->file, at + ST_VALUE, &value))
		return fault_set(fault, ERR_BAD_RELOC, "symbol number", at, index);
	if (shndx == SHN_UNDEF)
		*ret = TO_NUMBER;
	else if (shndx == SHN_ABS)
		*ret = value >= x->kernel_va && value <= x->kernel_end_va ? TO_KERNEL : TO_NUMBER;
	else if (in_percpu(x, shndx) && value <= x->percpu_size)
		*ret = TO_PERCPU;
	else
		*ret = TO_KERNEL;
	return ERR_OK;
}

static enum err add_word(struct words *list, uint64_t va, uint64_t at, struct fault *fault)
{
	if ((uint64_t)(int64_t)(int32_t)va != va)
		return fault_set(fault, ERR_RELOC_RANGE, "r_offset", at, va);
	if (list->count == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 65536;
		uint32_t *bigger = reallocarray(list->w, cap, sizeof(*bigger));

		if (!bigger)
			return fault_set(fault, ERR_NO_MEMORY, "relocations", at, cap);
		list->w = bigger;
		list->cap = cap;
	}
	list->w[list->count++] = (uint32_t)va;
	return ERR_OK;
}

static enum err add_relocation(struct extraction *x, uint64_t at, bool place_in_percpu,
	const struct elf_file_section *symtab, struct fault *fault)
{
	const uint8_t *r = x->elf->file.ptr + at;
	uint64_t place = le64_get(r + R_OFFSET);
	uint64_t info = le64_get(r + R_INFO);
	uint32_t type = (uint32_t)info;
	enum refers refers = TO_NUMBER;
	enum err e;

	if (type == R_X86_64_NONE)
		return ERR_OK;
	e = classify_symbol(x, symtab, (uint32_t)(info >> 32), &refers, fault);
	if (e)
		return e;
	if (place_in_percpu)
		place += x->percpu_load_va;

	switch (type) {
	case R_X86_64_64:
		return refers == TO_KERNEL ? add_word(&x->rel64, place, at, fault) : ERR_OK;
	case R_X86_64_32:
	case R_X86_64_32S:
		return refers == TO_KERNEL ? add_word(&x->rel32, place, at, fault) : ERR_OK;
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		return refers == TO_PERCPU ? add_word(&x->inverse32, place, at, fault) : ERR_OK;
	case R_X86_64_PC64:
		if (refers != TO_PERCPU)
			return ERR_OK;
		break;
	default:
		break;
	}
	return fault_set(fault, ERR_RELOC_KIND, "relocation type", at + R_INFO, type);
}

static enum err add_section(
	struct extraction *x, const struct elf_file_section *rela, struct fault *fault)
{
	bool place_in_percpu = in_percpu(x, (uint16_t)rela->info);
	struct elf_file_section symtab = {0};
	uint64_t pos;
	enum err e;

	if (rela->link < x->elf->header.shnum)
		symtab = elf_file_section(x->elf, (uint16_t)rela->link);
	if (symtab.type != SHT_SYMTAB)
		return fault_set(fault, ERR_BAD_ELF, "sh_link of a relocation section",
			rela->offset, rela->link);
	if (rela->size % ELF64_RELA_SIZE)
		return fault_set(
			fault, ERR_BAD_ELF, "relocation section", rela->offset, rela->size);
	for (pos = 0; pos < rela->size; pos += ELF64_RELA_SIZE) {
		e = add_relocation(x, rela->offset + pos, place_in_percpu, &symtab, fault);
		if (e)
			return e;
	}
	return ERR_OK;
}

static int compare_words(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* A zero, then the list in ascending order. */
static uint8_t *put_list(uint8_t *out, struct words *list)
{
	size_t i;

	if (list->count)
		qsort(list->w, list->count, sizeof(list->w[0]), compare_words);
	le32_put(out, 0);
	out += 4;
	for (i = 0; i < list->count; i++, out += 4)
		le32_put(out, list->w[i]);
	return out;
}

static enum err put_table(
	struct extraction *x, uint8_t **ret_table, size_t *ret_size, struct fault *fault)
{
	size_t words = 2 + x->rel64.count + x->rel32.count;
	uint8_t *table, *out;

	if (x->has_percpu)
		words += 1 + x->inverse32.count;
	table = malloc(words * 4);
	if (!table)
		return fault_set(fault, ERR_NO_MEMORY, "relocation table", 0, words);
	out = put_list(table, &x->rel64);
	if (x->has_percpu)
		out = put_list(out, &x->inverse32);
	put_list(out, &x->rel32);
	*ret_table = table;
	*ret_size = words * 4;
	return ERR_OK;
}

enum err elf_relocs_extract(const struct elf_file *elf, const struct elf_plan *plan, uint8_t **ret_table,
	size_t *ret_size, struct fault *fault)
{
	struct extraction x = {.elf = elf};
	enum err e = ERR_OK;

	find_areas(plan, &x);
	for (uint16_t i = 0; i < elf->header.shnum && !e; i++) {
		struct elf_file_section rela = elf_file_section(elf, i);

		if (wanted(elf, &rela))
			e = add_section(&x, &rela, fault);
	}
	if (!e)
		e = put_table(&x, ret_table, ret_size, fault);
	free(x.rel64.w);
	free(x.inverse32.w);
	free(x.rel32.w);
	return e;
}
