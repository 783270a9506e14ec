/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing ELF's tables, a field after the other in the specification's order [gABI
 * chapters 4 and 5]. A field of a class's own width is a "word": 4 bytes in ELF32, 8 in ELF64. Two
 * tables order their fields otherwise in ELF64, for alignment: program headers and symbols.
 */
#include <string.h>
#include "host/elf_file.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

struct cursor {
	struct elf_form form;
	const uint8_t *in;
	uint8_t *out;
};

static uint64_t get(struct cursor *c, unsigned int size)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < size; i++) {
		unsigned int at = c->form.big_endian ? size - 1 - i : i;

		v |= (uint64_t)c->in[at] << (8 * i);
	}
	c->in += size;
	return v;
}

static uint16_t get16(struct cursor *c)
{
	return (uint16_t)get(c, 2);
}

static uint32_t get32(struct cursor *c)
{
	return (uint32_t)get(c, 4);
}

static uint64_t get_word(struct cursor *c)
{
	return get(c, c->form.is64 ? 8 : 4);
}

static void put(struct cursor *c, uint64_t v, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		c->out[c->form.big_endian ? size - 1 - i : i] = (uint8_t)(v >> (8 * i));
	c->out += size;
}

static void put_word(struct cursor *c, uint64_t v)
{
	put(c, v, c->form.is64 ? 8 : 4);
}

uint32_t elf_header_size(struct elf_form form)
{
	return form.is64 ? ELF64_EHDR_SIZE : ELF32_EHDR_SIZE;
}

uint32_t elf_segment_size(struct elf_form form)
{
	return form.is64 ? ELF64_PHDR_SIZE : ELF32_PHDR_SIZE;
}

uint32_t elf_section_size(struct elf_form form)
{
	return form.is64 ? ELF64_SHDR_SIZE : ELF32_SHDR_SIZE;
}

uint32_t elf_symbol_size(struct elf_form form)
{
	return form.is64 ? ELF64_SYM_SIZE : ELF32_SYM_SIZE;
}

static void read_segment(struct cursor *c, struct elf_file_segment *s)
{
	s->type = get32(c);
	if (c->form.is64)
		s->flags = get32(c);
	s->offset = get_word(c);
	s->vaddr = get_word(c);
	s->paddr = get_word(c);
	s->filesz = get_word(c);
	s->memsz = get_word(c);
	if (!c->form.is64)
		s->flags = get32(c);
	s->align = get_word(c);
}

static void read_section(struct cursor *c, struct elf_file_section *s)
{
	s->name = get32(c);
	s->type = get32(c);
	s->flags = get_word(c);
	s->addr = get_word(c);
	s->offset = get_word(c);
	s->size = get_word(c);
	s->link = get32(c);
	s->info = get32(c);
	s->align = get_word(c);
	s->entsize = get_word(c);
}

static enum err read_header(struct span file, struct elf_file *elf, struct fault *fault)
{
	struct elf_file_header *h = &elf->header;
	const uint8_t *p = file.ptr;
	struct cursor c;
	uint16_t phentsize, shentsize;

	if (file.len < EI_NIDENT || le32_get(p) != ELF_MAGIC)
		return fault_set(fault, ERR_NOT_ELF, "e_ident", 0, file.len < 4 ? 0 : le32_get(p));
	if (p[EI_CLASS] != ELFCLASS32 && p[EI_CLASS] != ELFCLASS64)
		return fault_set(fault, ERR_BAD_ELF, "EI_CLASS", EI_CLASS, p[EI_CLASS]);
	if (p[EI_DATA] != ELFDATA2LSB && p[EI_DATA] != ELFDATA2MSB)
		return fault_set(fault, ERR_BAD_ELF, "EI_DATA", EI_DATA, p[EI_DATA]);
	elf->form = (struct elf_form){p[EI_CLASS] == ELFCLASS64, p[EI_DATA] == ELFDATA2MSB};
	if (file.len < elf_header_size(elf->form))
		return fault_set(fault, ERR_TRUNCATED, "ELF header", 0, file.len);
	c = (struct cursor){.form = elf->form, .in = p + EI_NIDENT};
	h->type = get16(&c);
	h->machine = get16(&c);
	get32(&c); /* e_version */
	h->entry = get_word(&c);
	h->phoff = get_word(&c);
	h->shoff = get_word(&c);
	h->flags = get32(&c);
	get16(&c); /* e_ehsize */
	phentsize = get16(&c);
	h->phnum = get16(&c);
	shentsize = get16(&c);
	h->shnum = get16(&c);
	h->shstrndx = get16(&c);
	if (h->phnum && (phentsize != elf_segment_size(elf->form) || h->phnum > ELF_FILE_SEGMENTS_MAX))
		return fault_set(fault, ERR_BAD_ELF, "program headers", 0, h->phnum);
	if (h->shnum && (shentsize != elf_section_size(elf->form) || h->shnum > ELF_FILE_SECTIONS_MAX))
		return fault_set(fault, ERR_BAD_ELF, "section headers", 0, h->shnum);
	return ERR_OK;
}

static enum err read_segments(struct span file, struct elf_file *elf, struct fault *fault)
{
	uint64_t size = elf_segment_size(elf->form);

	if (!span_has(file, elf->header.phoff, size * elf->header.phnum))
		return fault_set(fault, ERR_TRUNCATED, "program headers", elf->header.phoff,
			elf->header.phnum);
	for (uint16_t i = 0; i < elf->header.phnum; i++) {
		struct elf_file_segment *s = &elf->segment[i];
		uint64_t at = elf->header.phoff + size * i;
		struct cursor c = {.form = elf->form, .in = file.ptr + at};

		read_segment(&c, s);
		if (s->type == PT_LOAD && !span_has(file, s->offset, s->filesz))
			return fault_set(
				fault, ERR_BAD_SEGMENT, "p_offset + p_filesz", at, s->offset);
	}
	elf->segment_count = elf->header.phnum;
	return ERR_OK;
}

static enum err read_sections(struct span file, struct elf_file *elf, struct fault *fault)
{
	uint64_t size = elf_section_size(elf->form);
	const struct elf_file_header *h = &elf->header;

	if (!h->shnum)
		return ERR_OK;
	if (!span_has(file, h->shoff, size * h->shnum))
		return fault_set(fault, ERR_TRUNCATED, "section headers", h->shoff, h->shnum);
	for (uint16_t i = 0; i < h->shnum; i++) {
		struct cursor c = {.form = elf->form, .in = file.ptr + h->shoff + size * i};

		read_section(&c, &elf->section[i]);
	}
	elf->section_count = h->shnum;
	if (h->shstrndx && (h->shstrndx >= h->shnum ||
				   span_sub(file, elf->section[h->shstrndx].offset,
					   elf->section[h->shstrndx].size, &elf->names)))
		return fault_set(fault, ERR_BAD_ELF, "e_shstrndx", h->shoff, h->shstrndx);
	return ERR_OK;
}

enum err elf_file_read(struct span file, struct elf_file *ret, struct fault *fault)
{
	enum err e;

	*ret = (struct elf_file){0};
	e = read_header(file, ret, fault);
	if (!e)
		e = read_segments(file, ret, fault);
	if (!e)
		e = read_sections(file, ret, fault);
	return e;
}

void elf_put_header(struct elf_form form, const struct elf_file_header *h, uint8_t *p)
{
	struct cursor c = {.form = form, .out = p + EI_NIDENT};

	memset(p, 0, EI_NIDENT);
	le32_put(p, ELF_MAGIC);
	p[EI_CLASS] = form.is64 ? ELFCLASS64 : ELFCLASS32;
	p[EI_DATA] = form.big_endian ? ELFDATA2MSB : ELFDATA2LSB;
	p[EI_VERSION] = EV_CURRENT;
	put(&c, h->type, 2);
	put(&c, h->machine, 2);
	put(&c, EV_CURRENT, 4);
	put_word(&c, h->entry);
	put_word(&c, h->phoff);
	put_word(&c, h->shoff);
	put(&c, h->flags, 4);
	put(&c, elf_header_size(form), 2);
	put(&c, elf_segment_size(form), 2);
	put(&c, h->phnum, 2);
	put(&c, elf_section_size(form), 2);
	put(&c, h->shnum, 2);
	put(&c, h->shstrndx, 2);
}

void elf_put_segment(struct elf_form form, const struct elf_file_segment *s, uint8_t *p)
{
	struct cursor c = {.form = form, .out = p};

	put(&c, s->type, 4);
	if (form.is64)
		put(&c, s->flags, 4);
	put_word(&c, s->offset);
	put_word(&c, s->vaddr);
	put_word(&c, s->paddr);
	put_word(&c, s->filesz);
	put_word(&c, s->memsz);
	if (!form.is64)
		put(&c, s->flags, 4);
	put_word(&c, s->align);
}

void elf_put_section(struct elf_form form, const struct elf_file_section *s, uint8_t *p)
{
	struct cursor c = {.form = form, .out = p};

	put(&c, s->name, 4);
	put(&c, s->type, 4);
	put_word(&c, s->flags);
	put_word(&c, s->addr);
	put_word(&c, s->offset);
	put_word(&c, s->size);
	put(&c, s->link, 4);
	put(&c, s->info, 4);
	put_word(&c, s->align);
	put_word(&c, s->entsize);
}

void elf_put_symbol(struct elf_form form, const struct elf_file_symbol *s, uint8_t *p)
{
	struct cursor c = {.form = form, .out = p};

	put(&c, s->name, 4);
	if (!form.is64) {
		put_word(&c, s->value);
		put_word(&c, s->size);
	}
	put(&c, s->info, 1);
	put(&c, 0, 1); /* st_other: default visibility */
	put(&c, s->shndx, 2);
	if (form.is64) {
		put_word(&c, s->value);
		put_word(&c, s->size);
	}
}
