/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an ELF kernel says of itself beyond its segments: how its memory is used, notes, and whether its
 * configuration is in it.
 */
#include <string.h>
#include "host/ikconfig.h"
#include "host/inspect.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

#define NT_GNU_BUILD_ID 3

static bool name_is(struct span name, const char *text)
{
	return name.len == strlen(text) && !memcmp(name.ptr, text, name.len);
}

static bool begins(struct span name, const char *text)
{
	return name.len >= strlen(text) && !memcmp(name.ptr, text, strlen(text));
}

static void count_section(struct footprint *f, const struct elf_file_section *s, struct span name)
{
	if (name_is(name, ".data..percpu"))
		f->percpu += s->size;
	else if (begins(name, ".init"))
		f->init += s->size;
	else if (s->flags & SHF_EXECINSTR)
		f->text += s->size;
	else if (s->type == SHT_NOBITS)
		f->bss += s->size;
	else if (s->flags & SHF_WRITE)
		f->data += s->size;
	else
		f->rodata += s->size;
}

static void count_segment(struct footprint *f, const struct elf_file_segment *s)
{
	uint64_t bss = s->memsz > s->filesz ? s->memsz - s->filesz : 0;

	/* Linux before 6.15 links the per-CPU area to address 0 [arch/x86/kernel/vmlinux.lds.S] */
	if (!s->vaddr && s->paddr)
		f->percpu += s->memsz;
	else if (s->flags & PF_X)
		f->text += s->filesz;
	else if (s->flags & PF_W)
		f->data += s->filesz;
	else
		f->rodata += s->filesz;
	if (s->vaddr || !s->paddr)
		f->bss += bss;
}

static void count_memory(const struct elf_file *elf, struct elf_facts *r)
{
	for (uint16_t i = 0; i < elf->header.shnum; i++) {
		struct elf_file_section s = elf_file_section(elf, i);

		if (!(s.flags & SHF_ALLOC) || !s.size)
			continue;
		r->by_sections = true;
		count_section(&r->footprint, &s, elf_file_section_name(elf, &s));
	}
	for (uint16_t i = 0; i < elf->header.phnum && !r->by_sections; i++) {
		struct elf_file_segment s = elf_file_segment(elf, i);

		if (s.type == PT_LOAD)
			count_segment(&r->footprint, &s);
	}
}

static uint32_t get32(const struct elf_file *elf, const uint8_t *p)
{
	return elf->form.big_endian ? __builtin_bswap32(le32_get(p)) : le32_get(p);
}

static void add_note(struct elf_facts *r, const struct note *n)
{
	if (r->note_count == NOTES_MAX) {
		r->note_dropped++;
		return;
	}
	r->note[r->note_count++] = *n;
	if (name_is(n->owner, "GNU") && n->type == NT_GNU_BUILD_ID && !r->build_id.len)
		r->build_id = n->desc;
}

/* Header of three words, owner, description; both filled up to words [gABI "Note Section"]. */
static void read_notes(const struct elf_file *elf, uint64_t offset, uint64_t size, struct elf_facts *r)
{
	struct span all;
	uint64_t at = 0;

	if (span_sub(elf->file, offset, size, &all))
		return;
	while (span_has(all, at, 12)) {
		uint64_t owner_size = get32(elf, all.ptr + at), desc_size = get32(elf, all.ptr + at + 4);
		uint64_t desc_at = at + 12 + ((owner_size + 3) & ~3ull);
		struct note n = {.type = get32(elf, all.ptr + at + 8), .offset = offset + at};

		if (span_sub(all, at + 12, owner_size, &n.owner) ||
			span_sub(all, desc_at, desc_size, &n.desc))
			return;
		if (n.owner.len && !n.owner.ptr[n.owner.len - 1])
			n.owner.len--;
		add_note(r, &n);
		at = desc_at + ((desc_size + 3) & ~3ull);
	}
}

static void find_notes(const struct elf_file *elf, struct elf_facts *r)
{
	bool found = false;

	for (uint16_t i = 0; i < elf->header.phnum; i++) {
		struct elf_file_segment s = elf_file_segment(elf, i);

		if (s.type == PT_NOTE) {
			found = true;
			read_notes(elf, s.offset, s.filesz, r);
		}
	}
	for (uint16_t i = 0; i < elf->header.shnum && !found; i++) {
		struct elf_file_section s = elf_file_section(elf, i);

		if (s.type == SHT_NOTE)
			read_notes(elf, s.offset, s.size, r);
	}
}

void inspect_elf(const struct kernel *k, struct elf_facts *ret)
{
	*ret = (struct elf_facts){0};
	if (k->has_kernel)
		ikconfig_find(k->kernel, &ret->ikconfig);
	if (!k->has_any)
		return;
	count_memory(&k->any, ret);
	find_notes(&k->any, ret);
}
