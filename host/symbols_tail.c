/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes behind the kernel in the ELF with symbols, each part at a multiple of eight:
 *
 *   [.debug_str .debug_info .debug_abbrev] .symtab .strtab .shstrtab   section headers
 */
#include <stdlib.h>
#include <string.h>
#include "host/symbols_parts.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

#define TABLE_ALIGN 8

static uint64_t align(uint64_t v)
{
	return (v + TABLE_ALIGN - 1) & ~(uint64_t)(TABLE_ALIGN - 1);
}

static struct elf_file_section *add(struct symbols_sections *s, const char *name, uint32_t type,
	uint64_t size)
{
	struct elf_file_section *section = sections_add(s, name);

	if (!section)
		return NULL;
	section->type = type;
	section->size = size;
	return section;
}

static bool add_types(struct symbols_sections *s, const struct types *types)
{
	struct elf_file_section *strings = add(s, ".debug_str", SHT_PROGBITS, types->btf.strings.len);

	if (!strings)
		return false;
	strings->flags = SHF_MERGE | SHF_STRINGS;
	strings->entsize = 1;
	return add(s, ".debug_info", SHT_PROGBITS, types->info_size) &&
		add(s, ".debug_abbrev", SHT_PROGBITS, types->abbrev_size);
}

static bool add_symbols(struct symbols_sections *s, const struct symbols_table *table)
{
	struct elf_file_section *section = add(s, ".symtab", SHT_SYMTAB, table->symbols_size);

	if (!section)
		return false;
	section->link = s->count;
	section->info = table->locals;
	section->align = TABLE_ALIGN;
	section->entsize = elf_symbol_size(s->form);
	section = add(s, ".strtab", SHT_STRTAB, table->strings_size) ?
		add(s, ".shstrtab", SHT_STRTAB, 0) : NULL;
	if (section)
		section->size = s->names_size; /* with the last name in it */
	return section;
}

/* Sections from first on, one behind the other from there; where they end. */
static uint64_t place(struct symbols_sections *s, uint16_t first, uint64_t at)
{
	for (uint16_t i = first; i < s->count; i++) {
		s->section[i].offset = align(at);
		at = s->section[i].offset + s->section[i].size;
	}
	return align(at);
}

uint8_t *tail_build(uint64_t end, struct symbols_sections *s, const struct symbols_table *table,
	const struct types *types, size_t *ret_size)
{
	const size_t header_size = elf_section_size(s->form);
	const struct elf_file_section *next = &s->section[s->count];
	uint16_t first = s->count;
	uint64_t headers;
	uint8_t *p;

	if ((types->count && !add_types(s, types)) || !add_symbols(s, table))
		return NULL;
	headers = place(s, first, end);
	*ret_size = (size_t)(headers - end) + s->count * header_size;
	p = calloc(1, *ret_size);
	if (!p)
		return NULL;
	if (types->count) {
		memcpy(p + (next++->offset - end), types->btf.strings.ptr, types->btf.strings.len);
		types_put_info(types, p + (next++->offset - end));
		types_put_abbrev(p + (next++->offset - end));
	}
	memcpy(p + (next++->offset - end), table->symbols, table->symbols_size);
	memcpy(p + (next++->offset - end), table->strings, table->strings_size);
	memcpy(p + (next->offset - end), s->names, s->names_size);
	for (uint16_t i = 0; i < s->count; i++)
		elf_put_section(s->form, &s->section[i], p + (headers - end) + i * header_size);
	return p;
}
