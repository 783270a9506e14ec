/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sections for symbols to be in: the kernel's own where its ELF has headers, else made from the marks
 * that the kernel's linker script leaves in the table of symbols.
 *
 *   first byte        _stext    _etext        _sinittext  _einittext                        end
 *   |   .head.text    |  .text  |   .rodata   |  .init.text  |   .data  ... bytes | .bss ... |
 *
 * A table that has more than code in it says more: symbols_runs.c.
 */
#include <string.h>
#include "host/symbols_parts.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

uint32_t sections_add_name(struct symbols_sections *s, const char *name)
{
	size_t size = strlen(name) + 1;
	uint32_t at = s->names_size;

	if (size > sizeof(s->names) - at)
		return 0;
	memcpy(s->names + at, name, size);
	s->names_size += (uint32_t)size;
	return at;
}

struct elf_file_section *sections_add(struct symbols_sections *s, const char *name)
{
	uint32_t at = sections_add_name(s, name);

	if (!at || s->count == sizeof(s->section) / sizeof(s->section[0]))
		return NULL;
	s->section[s->count] = (struct elf_file_section){.name = at, .align = 1};
	return &s->section[s->count++];
}

enum err sections_from_elf(
	const struct symbols_elf *elf, struct symbols_sections *ret, struct fault *fault)
{
	if (elf->names.len > sizeof(ret->names) - SYMBOLS_NAMES_MAX)
		return fault_set(fault, ERR_BAD_ELF, "size of section names", 0, elf->names.len);
	ret->form = elf->form;
	ret->count = elf->section_count;
	memcpy(ret->section, elf->section, elf->section_count * sizeof(elf->section[0]));
	if (elf->names.len)
		memcpy(ret->names, elf->names.ptr, elf->names.len);
	ret->names_size = (uint32_t)elf->names.len;
	if (ret->names_size) /* the last one ends, whatever the file says */
		ret->names[ret->names_size++] = 0;
	else
		ret->names_size = 1;
	return ERR_OK;
}

/* The parts of a kernel by the marks around them [Linux include/asm-generic/vmlinux.lds.h]. */
static const struct part {
	const char *name;
	const char *start, *end; /* symbols */
} parts[] = {
	{".text", "_stext", "_etext"},
	{".init.text", "_sinittext", "_einittext"},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

struct mark {
	uint64_t start, end;
	bool has_start, has_end;
	char end_type; /* its letter: that of what begins there */
};

struct marks {
	struct mark part[PARTS];
};

static void find_marks(const struct kallsyms *k, struct marks *ret)
{
	struct kallsyms_iter it = kallsyms_begin(k);
	struct kallsyms_symbol s;

	while (kallsyms_next(&it, &s)) {
		if (s.name[0] != '_')
			continue;
		for (size_t i = 0; i < PARTS; i++) {
			struct mark *m = &ret->part[i];

			if (!strcmp(s.name, parts[i].start)) {
				m->start = s.va;
				m->has_start = true;
			} else if (!strcmp(s.name, parts[i].end)) {
				m->end = s.va;
				m->has_end = true;
				m->end_type = s.type;
			}
		}
	}
}

/* [va, end) of a segment as a section; what has no bytes in the file is SHT_NOBITS. */
static bool add_range(struct symbols_sections *s, const struct elf_file_segment *segment,
	const char *name, uint64_t va, uint64_t end, uint64_t flags)
{
	uint64_t filled = segment->vaddr + segment->filesz;
	struct elf_file_section *section;

	if (va < filled && end > filled)
		return add_range(s, segment, name, va, filled, flags) &&
			add_range(s, segment, ".bss", filled, end, SHF_WRITE);
	section = sections_add(s, name);
	if (!section)
		return false;
	section->type = va < filled ? SHT_PROGBITS : SHT_NOBITS;
	section->flags = SHF_ALLOC | flags;
	section->addr = va;
	section->offset = segment->offset + (va < filled ? va - segment->vaddr : segment->filesz);
	section->size = end - va;
	return true;
}

/* Between the parts: code in front of .text, else what the nearest part before it is like. */
static bool add_gap(struct symbols_sections *s, const struct elf_file_segment *segment,
	const struct marks *m, uint64_t va, uint64_t end)
{
	uint64_t text = m->part[0].start, init = m->part[1].start;

	if (va < text && m->part[0].has_start)
		return add_range(s, segment, ".head.text", va, end, SHF_EXECINSTR);
	if (va < init && m->part[1].has_start) /* on ARM it is linked as writable, and write-protected later */
		return add_range(s, segment, ".rodata", va, end,
			(m->part[0].end_type | 0x20) == 'd' ? SHF_WRITE : 0);
	return add_range(s, segment, ".data", va, end, SHF_WRITE);
}

/* The part that begins next at or behind va, inside the segment. */
static const struct mark *next_part(const struct marks *m, uint64_t va, uint64_t end, size_t *ret)
{
	const struct mark *best = NULL;

	for (size_t i = 0; i < PARTS; i++) {
		const struct mark *part = &m->part[i];

		if (!part->has_start || !part->has_end || part->end <= part->start ||
			part->start < va || part->end > end)
			continue;
		if (!best || part->start < best->start) {
			best = part;
			*ret = i;
		}
	}
	return best;
}

static bool cut_segment(struct symbols_sections *s, const struct elf_file_segment *segment,
	const struct marks *m)
{
	uint64_t va = segment->vaddr, end = va + segment->memsz;
	const struct mark *part;
	size_t i = 0;

	while (va < end) {
		part = next_part(m, va, end, &i);
		if (!part)
			return add_gap(s, segment, m, va, end);
		if (part->start > va && !add_gap(s, segment, m, va, part->start))
			return false;
		if (!add_range(s, segment, parts[i].name, part->start, part->end, SHF_EXECINSTR))
			return false;
		va = part->end;
	}
	return true;
}

enum err sections_from_marks(const struct symbols_elf *elf, const struct kallsyms *k,
	struct symbols_sections *ret, struct fault *fault)
{
	struct marks marks = {0};

	*ret = (struct symbols_sections){.form = elf->form, .count = 1, .names_size = 1};
	find_marks(k, &marks);
	for (uint16_t i = 0; i < elf->segment_count; i++) {
		const struct elf_file_segment *s = &elf->segment[i];

		if (s->type == PT_LOAD && s->vaddr + s->memsz >= s->vaddr && s->memsz &&
			!cut_segment(ret, s, &marks))
			return fault_set(fault, ERR_BAD_ELF, "too many sections", 0, ret->count);
	}
	return ERR_OK;
}

/* nm's letter for a symbol in the section, in lower case. */
static char letter(const struct elf_file_section *s)
{
	if (s->flags & SHF_EXECINSTR)
		return 't';
	if (s->type == SHT_NOBITS)
		return 'b';
	return s->flags & SHF_WRITE ? 'd' : 'r';
}

static bool holds(const struct elf_file_section *s, uint64_t va)
{
	return s->flags & SHF_ALLOC && va >= s->addr && va - s->addr < s->size;
}

/* A mark behind a section, in the hole in front of the next: it belongs to the last one of its letter. */
static uint16_t last_before(const struct symbols_sections *s, uint64_t va, char type)
{
	uint16_t best = SHN_ABS;

	for (uint16_t i = 1; i < s->count; i++) {
		const struct elf_file_section *section = &s->section[i];

		if (section->flags & SHF_ALLOC && section->addr + section->size <= va &&
			letter(section) == type &&
			(best == SHN_ABS || section->addr > s->section[best].addr))
			best = i;
	}
	return best;
}

uint16_t sections_find(
	const struct symbols_sections *s, const struct kallsyms_symbol *symbol, uint16_t *hint)
{
	const char type = (char)(symbol->type | 0x20);
	uint16_t inside = SHN_ABS, ends = SHN_ABS;

	if (*hint && holds(&s->section[*hint], symbol->va) && letter(&s->section[*hint]) == type)
		return *hint;
	for (uint16_t i = 1; i < s->count; i++) {
		const struct elf_file_section *section = &s->section[i];

		if (holds(section, symbol->va)) {
			*hint = i;
			if (letter(section) == type)
				return i;
			inside = i;
		} else if (section->flags & SHF_ALLOC && section->addr + section->size == symbol->va &&
			(ends == SHN_ABS || letter(section) == type)) {
			ends = i;
		}
	}
	/* A mark of a section's end, where another one begins; else its letter counts less than its place. */
	if (ends != SHN_ABS && (inside == SHN_ABS || letter(&s->section[ends]) == type))
		return ends;
	return inside == SHN_ABS && type != 'a' ? last_before(s, symbol->va, type) : inside;
}
