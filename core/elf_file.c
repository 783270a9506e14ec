/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading ELF's tables, a field after the other in the specification's order [gABI chapters 4 and 5]. A
 * field of a class's own width is a "word": 4 bytes in ELF32, 8 in ELF64. Program headers have their
 * flags elsewhere in ELF64, for alignment.
 */
#include "core/elf_file.h"

#include "spec/elf64.h"
#include "spec/elf_any.h"

struct cursor {
	struct elf_form form;
	const uint8_t *p; /* in the file, checked by the caller */
};

static uint64_t get(struct cursor *c, unsigned int size)
{
	uint64_t v = 0;
	unsigned int i;

	for (i = 0; i < size; i++)
		v |= (uint64_t)c->p[i] << 8 * (c->form.big_endian ? size - 1 - i : i);
	c->p += size;
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

struct elf_file_segment elf_file_segment(const struct elf_file *elf, uint16_t i)
{
	uint64_t at = elf->header.phoff + (uint64_t)i * elf_segment_size(elf->form);
	struct cursor c = {elf->form, elf->file.ptr + at};
	struct elf_file_segment s = {.type = get32(&c)};

	if (c.form.is64)
		s.flags = get32(&c);
	s.offset = get_word(&c);
	s.vaddr = get_word(&c);
	s.paddr = get_word(&c);
	s.filesz = get_word(&c);
	s.memsz = get_word(&c);
	if (!c.form.is64)
		s.flags = get32(&c);
	s.align = get_word(&c);
	return s;
}

struct elf_file_section elf_file_section(const struct elf_file *elf, uint16_t i)
{
	uint64_t at = elf->header.shoff + (uint64_t)i * elf_section_size(elf->form);
	struct cursor c = {elf->form, elf->file.ptr + at};
	struct elf_file_section s = {.name = get32(&c)};

	s.type = get32(&c);
	s.flags = get_word(&c);
	s.addr = get_word(&c);
	s.offset = get_word(&c);
	s.size = get_word(&c);
	s.link = get32(&c);
	s.info = get32(&c);
	s.align = get_word(&c);
	s.entsize = get_word(&c);
	return s;
}

struct span elf_file_section_name(const struct elf_file *elf, const struct elf_file_section *section)
{
	struct span name = {elf->names.ptr, 0};

	if (section->name >= elf->names.len)
		return name;
	name.ptr += section->name;
	while (section->name + name.len < elf->names.len && name.ptr[name.len])
		name.len++;
	return name;
}

/* [off, off + size) belongs to the ELF; false if it is not all there. */
static bool extend(struct elf_file *elf, uint64_t off, uint64_t size)
{
	if (!span_has(elf->file, off, size))
		return false;
	if (off + size > elf->size)
		elf->size = off + size;
	return true;
}

static enum err check_segments(struct elf_file *elf, uint16_t entry_size, struct fault *fault)
{
	const struct elf_file_header *h = &elf->header;
	uint16_t i;

	if (!h->phnum)
		return ERR_OK;
	if (entry_size != elf_segment_size(elf->form))
		return fault_set(fault, ERR_BAD_ELF, "e_phentsize", h->phoff, entry_size);
	if (!extend(elf, h->phoff, (uint64_t)h->phnum * entry_size))
		return fault_set(fault, ERR_TRUNCATED, "program headers", h->phoff, h->phnum);
	for (i = 0; i < h->phnum; i++) {
		struct elf_file_segment s = elf_file_segment(elf, i);

		if (s.type == PT_LOAD && !extend(elf, s.offset, s.filesz))
			return fault_set(fault, ERR_TRUNCATED, "segment",
				h->phoff + (uint64_t)i * entry_size, s.offset);
	}
	return ERR_OK;
}

static enum err check_sections(struct elf_file *elf, uint16_t entry_size, struct fault *fault)
{
	const struct elf_file_header *h = &elf->header;
	struct elf_file_section s;
	uint16_t i;

	if (!h->shnum)
		return ERR_OK;
	if (entry_size != elf_section_size(elf->form))
		return fault_set(fault, ERR_BAD_ELF, "e_shentsize", h->shoff, entry_size);
	if (!extend(elf, h->shoff, (uint64_t)h->shnum * entry_size))
		return fault_set(fault, ERR_TRUNCATED, "section headers", h->shoff, h->shnum);
	for (i = 0; i < h->shnum; i++) {
		s = elf_file_section(elf, i);
		if (s.type && s.type != SHT_NOBITS && !extend(elf, s.offset, s.size))
			return fault_set(fault, ERR_TRUNCATED, "section",
				h->shoff + (uint64_t)i * entry_size, s.offset);
	}
	if (!h->shstrndx || h->shstrndx >= h->shnum)
		return ERR_OK;
	s = elf_file_section(elf, h->shstrndx);
	if (s.type == SHT_NOBITS || span_sub(elf->file, s.offset, s.size, &elf->names))
		elf->names = (struct span){0};
	return ERR_OK;
}

static enum err read_form(struct span file, struct elf_form *ret, struct fault *fault)
{
	uint32_t magic = 0;

	if (span_le32(file, 0, &magic) || magic != ELF_MAGIC)
		return fault_set(fault, ERR_NOT_ELF, "e_ident", 0, magic);
	if (file.len < ELF32_EHDR_SIZE)
		return fault_set(fault, ERR_TRUNCATED, "ELF header", 0, file.len);
	if (file.ptr[EI_CLASS] != ELFCLASS32 && file.ptr[EI_CLASS] != ELFCLASS64)
		return fault_set(fault, ERR_BAD_ELF, "EI_CLASS", EI_CLASS, file.ptr[EI_CLASS]);
	if (file.ptr[EI_DATA] != ELFDATA2LSB && file.ptr[EI_DATA] != ELFDATA2MSB)
		return fault_set(fault, ERR_BAD_ELF, "EI_DATA", EI_DATA, file.ptr[EI_DATA]);
	*ret = (struct elf_form){
		file.ptr[EI_CLASS] == ELFCLASS64, file.ptr[EI_DATA] == ELFDATA2MSB};
	return ERR_OK;
}

enum err elf_file_read(struct span file, struct elf_file *ret, struct fault *fault)
{
	struct elf_file elf = {.file = file};
	struct elf_file_header *h = &elf.header;
	uint16_t phentsize, shentsize;
	struct cursor c;
	enum err e = read_form(file, &elf.form, fault);

	if (e)
		return e;
	if (!extend(&elf, 0, elf_header_size(elf.form)))
		return fault_set(fault, ERR_TRUNCATED, "ELF header", 0, file.len);
	c = (struct cursor){elf.form, file.ptr + EI_NIDENT};
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
	e = check_segments(&elf, phentsize, fault);
	if (!e)
		e = check_sections(&elf, shentsize, fault);
	if (!e)
		*ret = elf;
	return e;
}
