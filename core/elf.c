/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From ELF bytes to a load plan [gABI chapters 4 and 5]. The host tool plans from the whole file,
 * the stub from the first chunk once it is decoded: the same bytes, so the same plan.
 */
#include "core/elf.h"

#include "spec/elf64.h"

/* What must be known of the file header to find the tables. */
struct tables {
	uint64_t phoff, shoff;
	uint16_t phnum, shnum;
};

static enum err parse_header(
	struct span file, struct elf_plan *plan, struct tables *t, struct fault *fault)
{
	const uint8_t *h = file.ptr;

	if (file.len < 4 || le32_get(h) != ELF_MAGIC)
		return fault_set(fault, ERR_NOT_ELF, "e_ident", 0, file.len < 4 ? 0 : le32_get(h));
	if (file.len < ELF64_EHDR_SIZE)
		return fault_set(fault, ERR_TRUNCATED, "ELF header", 0, file.len);
	if (h[EI_CLASS] != ELFCLASS64)
		return fault_set(fault, ERR_ELF_CLASS, "EI_CLASS", EI_CLASS, h[EI_CLASS]);
	if (h[EI_DATA] != ELFDATA2LSB)
		return fault_set(fault, ERR_ELF_CLASS, "EI_DATA", EI_DATA, h[EI_DATA]);
	if (le16_get(h + E_MACHINE) != EM_X86_64)
		return fault_set(
			fault, ERR_ELF_CLASS, "e_machine", E_MACHINE, le16_get(h + E_MACHINE));
	if (h[EI_VERSION] != EV_CURRENT)
		return fault_set(fault, ERR_BAD_ELF, "EI_VERSION", EI_VERSION, h[EI_VERSION]);
	plan->type = le16_get(h + E_TYPE);
	if (plan->type != ET_EXEC && plan->type != ET_DYN)
		return fault_set(fault, ERR_ELF_TYPE, "e_type", E_TYPE, plan->type);
	plan->entry = le64_get(h + E_ENTRY);

	*t = (struct tables){le64_get(h + E_PHOFF), le64_get(h + E_SHOFF), le16_get(h + E_PHNUM),
		le16_get(h + E_SHNUM)};
	if (t->phnum && le16_get(h + E_PHENTSIZE) != ELF64_PHDR_SIZE)
		return fault_set(
			fault, ERR_BAD_ELF, "e_phentsize", E_PHENTSIZE, le16_get(h + E_PHENTSIZE));
	if (t->shnum && le16_get(h + E_SHENTSIZE) != ELF64_SHDR_SIZE)
		return fault_set(
			fault, ERR_BAD_ELF, "e_shentsize", E_SHENTSIZE, le16_get(h + E_SHENTSIZE));
	return ERR_OK;
}

static void grow(uint64_t *end, uint64_t candidate)
{
	if (candidate > *end)
		*end = candidate;
}

/* Do [off, off + size) lie in the content? Then the ELF ends there at least. */
static bool extend(struct elf_plan *plan, uint64_t content_size, uint64_t off, uint64_t size)
{
	if (off > content_size || size > content_size - off)
		return false;
	grow(&plan->elf_size, off + size);
	return true;
}

/* Put a PT_LOAD into its place by paddr. at: offset of its program header, for faults. */
static enum err add_segment(
	struct elf_plan *plan, const struct elf_segment *s, uint64_t at, struct fault *fault)
{
	size_t i;

	if (s->filesz > s->memsz)
		return fault_set(fault, ERR_BAD_SEGMENT, "p_filesz is more than p_memsz",
			at + P_FILESZ, s->filesz);
	if (s->memsz > UINT64_MAX - s->paddr)
		return fault_set(
			fault, ERR_BAD_SEGMENT, "p_paddr + p_memsz", at + P_PADDR, s->paddr);
	if (s->memsz > UINT64_MAX - s->vaddr)
		return fault_set(
			fault, ERR_BAD_SEGMENT, "p_vaddr + p_memsz", at + P_VADDR, s->vaddr);
	if (s->align & (s->align - 1))
		return fault_set(fault, ERR_BAD_SEGMENT, "p_align", at + P_ALIGN, s->align);
	if (plan->count == ELF_SEGMENTS_MAX)
		return fault_set(
			fault, ERR_BAD_SEGMENT, "too many PT_LOAD segments", at, plan->count);

	for (i = plan->count; i > 0 && plan->segment[i - 1].paddr > s->paddr; i--)
		plan->segment[i] = plan->segment[i - 1];
	plan->segment[i] = *s;
	plan->count++;
	if (i > 0 && plan->segment[i - 1].paddr + plan->segment[i - 1].memsz > s->paddr)
		return fault_set(
			fault, ERR_BAD_SEGMENT, "segments overlap", at + P_PADDR, s->paddr);
	if (i + 1 < plan->count && s->paddr + s->memsz > plan->segment[i + 1].paddr)
		return fault_set(
			fault, ERR_BAD_SEGMENT, "segments overlap", at + P_PADDR, s->paddr);
	return ERR_OK;
}

static enum err parse_segments(struct span file, uint64_t content_size, const struct tables *t,
	struct elf_plan *plan, struct fault *fault)
{
	uint64_t size = (uint64_t)t->phnum * ELF64_PHDR_SIZE;
	struct span headers;
	enum err e;

	if (!extend(plan, content_size, t->phoff, size))
		return fault_set(fault, ERR_BAD_ELF, "e_phoff", E_PHOFF, t->phoff);
	if (span_sub(file, t->phoff, size, &headers))
		return fault_set(fault, ERR_TRUNCATED, "program headers", t->phoff, file.len);
	plan->table[1] = range_make(t->phoff, size);

	for (uint64_t at = 0; at < headers.len; at += ELF64_PHDR_SIZE) {
		const uint8_t *p = headers.ptr + at;
		uint32_t type = le32_get(p + P_TYPE);
		struct elf_segment s = {le64_get(p + P_OFFSET), le64_get(p + P_VADDR),
			le64_get(p + P_PADDR), le64_get(p + P_FILESZ), le64_get(p + P_MEMSZ),
			le64_get(p + P_ALIGN), le32_get(p + P_FLAGS)};

		if (type != PT_LOAD && type != PT_DYNAMIC)
			continue;
		if (!extend(plan, content_size, s.offset, s.filesz))
			return fault_set(fault, ERR_BAD_SEGMENT, "p_offset + p_filesz",
				t->phoff + at + P_OFFSET, s.offset);
		if (type == PT_DYNAMIC) {
			plan->dynamic_offset = s.offset;
			plan->dynamic_size = s.filesz;
		} else if (s.memsz || s.filesz) {
			e = add_segment(plan, &s, t->phoff + at, fault);
			if (e)
				return e;
		}
	}
	return ERR_OK;
}

/*
 * Sections may lie behind everything else. Their headers may lie outside of file, if that is a
 * prefix; then the end of their table has to do.
 */
static enum err parse_sections(struct span file, uint64_t content_size, const struct tables *t,
	struct elf_plan *plan, struct fault *fault)
{
	struct span headers;

	if (!t->shnum)
		return ERR_OK;
	uint64_t size = (uint64_t)t->shnum * ELF64_SHDR_SIZE;

	if (!extend(plan, content_size, t->shoff, size))
		return fault_set(fault, ERR_TRUNCATED, "section headers", E_SHOFF, t->shoff);
	plan->table[2] = range_make(t->shoff, size);
	if (span_sub(file, t->shoff, size, &headers))
		return ERR_OK;
	for (uint64_t at = 0; at < headers.len; at += ELF64_SHDR_SIZE) {
		const uint8_t *s = headers.ptr + at;
		uint32_t type = le32_get(s + SH_TYPE);

		/* SHT_NULL has no meaning besides its type; SHT_NOBITS takes no bytes of the file.
		 */
		if (!type || type == SHT_NOBITS)
			continue;
		if (!extend(plan, content_size, le64_get(s + SH_OFFSET), le64_get(s + SH_SIZE)))
			return fault_set(fault, ERR_TRUNCATED, "section", t->shoff + at + SH_OFFSET,
				le64_get(s + SH_OFFSET));
	}
	return ERR_OK;
}

/* e_entry is a physical address in Linux's vmlinux, a virtual one in what other kernels' linkers
 * make. */
static bool find_entry(struct elf_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];

		if (plan->entry >= s->paddr && plan->entry - s->paddr < s->memsz) {
			plan->entry_pa = plan->entry;
			plan->link_base = s->vaddr - s->paddr;
			return true;
		}
	}
	for (size_t i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];

		if (plan->entry >= s->vaddr && plan->entry - s->vaddr < s->memsz) {
			plan->entry_pa = s->paddr + (plan->entry - s->vaddr);
			plan->link_base = s->vaddr - s->paddr;
			return true;
		}
	}
	return false;
}

/*
 * first_offset, tail_offset and in_place. A segment that takes nothing from the file has no say:
 * its p_offset means nothing.
 */
static void find_file_part(struct elf_plan *plan)
{
	const struct elf_segment *first = NULL;
	bool in_order = true;

	for (size_t i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];

		if (!s->filesz)
			continue;
		if (!first) {
			first = s;
			plan->first_offset = s->offset;
		} else if (s->offset < plan->tail_offset) {
			in_order = false;
		}
		if (s->offset < plan->first_offset)
			plan->first_offset = s->offset;
		grow(&plan->tail_offset, s->offset + s->filesz);
	}
	plan->in_place =
		first && in_order && (plan->first_offset || first->paddr == plan->mem_base);
}

enum err elf_plan(
	struct span file, uint64_t content_size, struct elf_plan *ret, struct fault *fault)
{
	struct elf_plan plan = {
		.elf_size = ELF64_EHDR_SIZE, .table[0] = range_make(0, ELF64_EHDR_SIZE)};
	const struct elf_segment *first, *last;
	struct tables t = {0};
	enum err e;

	if (file.len > content_size)
		file.len = (size_t)content_size;
	e = parse_header(file, &plan, &t, fault);
	if (!e)
		e = parse_segments(file, content_size, &t, &plan, fault);
	if (!e)
		e = parse_sections(file, content_size, &t, &plan, fault);
	if (e)
		return e;
	if (!plan.count)
		return fault_set(fault, ERR_NO_SEGMENT, "PT_LOAD", E_PHNUM, t.phnum);

	first = &plan.segment[0];
	last = &plan.segment[plan.count - 1];
	plan.mem_base = first->paddr;
	plan.mem_size = last->paddr + last->memsz - first->paddr;
	find_file_part(&plan);
	if (!find_entry(&plan))
		return fault_set(fault, ERR_BAD_ENTRY, "e_entry", E_ENTRY, plan.entry);
	*ret = plan;
	return ERR_OK;
}

enum err elf_va_to_pa(const struct elf_plan *plan, uint64_t va, uint64_t *ret_pa)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];

		if (va >= s->vaddr && va - s->vaddr < s->memsz) {
			*ret_pa = s->paddr + (va - s->vaddr);
			return ERR_OK;
		}
	}
	return ERR_BAD_SEGMENT;
}
