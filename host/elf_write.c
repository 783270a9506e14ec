/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing ELF's tables: the other half of core/elf_file.c, and like it a field after the other.
 */
#include <string.h>
#include "host/elf_write.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

struct cursor {
	struct elf_form form;
	uint8_t *out;
};

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

void elf_put_header(struct elf_form form, const struct elf_file_header *h, uint8_t *p)
{
	struct cursor c = {form, p + EI_NIDENT};

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
	struct cursor c = {form, p};

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
	struct cursor c = {form, p};

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
	struct cursor c = {form, p};

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
