/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the kernel's symbols to .symtab and .strtab. nm's letter for a symbol comes from its binding and
 * the flags of its section, so turning it around gives both: upper case is global, lower case local, and
 * the letter tells which of two sections that meet at an address is meant.
 *
 * Per-CPU symbols of x86-64 have the letter A in the kernel's table whatever they were: their section
 * says that they are data, and BTF which of them are local.
 */
#include <stdlib.h>
#include <string.h>
#include "host/symbols_parts.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

static bool is_local(char type)
{
	return type >= 'a' && type <= 'z' && type != 'w' && type != 'v' && type != 'u';
}

static uint8_t binding(char type)
{
	switch (type) {
	case 'W':
	case 'w':
	case 'V':
	case 'v':
		return STB_WEAK;
	default:
		return is_local(type) ? STB_LOCAL : STB_GLOBAL;
	}
}

/*
 * Letters that stand for data: what is not code, and not without a section. On ARM a function's odd address
 * means Thumb code; the kernel's table has them even, and what is odd there are texts among the code.
 */
static uint8_t kind(const struct symbols_sections *s, uint16_t machine, char type, uint16_t shndx, uint64_t va)
{
	bool code = shndx < s->count && s->section[shndx].flags & SHF_EXECINSTR;

	if (machine == EM_ARM && code && va & 1)
		return STT_NOTYPE;
	switch (type) {
	case 'T':
	case 't':
		return STT_FUNC;
	case 'W':
	case 'w':
		return code ? STT_FUNC : STT_NOTYPE;
	case 'A':
	case 'a':
		return shndx == SHN_ABS ? STT_NOTYPE : STT_OBJECT;
	default:
		return STT_OBJECT;
	}
}

/* As the kernel itself says "function+offset/size": up to the next symbol, but not out of the section. */
static uint64_t size_of(const struct symbols_sections *s, uint16_t shndx, uint64_t va, uint64_t next)
{
	const struct elf_file_section *section;
	uint64_t end;

	if (shndx >= s->count)
		return 0;
	section = &s->section[shndx];
	end = section->addr + section->size;
	if (next > va && next < end)
		end = next;
	return end > va ? end - va : 0;
}

static uint8_t binding_of(const struct kallsyms *k, const struct percpu_statics *percpu,
	const struct kallsyms_symbol *symbol)
{
	if (k->form == KALLSYMS_PERCPU && symbol->type == 'A' && percpu_is_static(percpu, symbol))
		return STB_LOCAL;
	return binding(symbol->type);
}

/* A nameless symbol for each section, as linkers make them; crash finds .rodata by its symbol. */
static uint32_t put_sections(const struct symbols_sections *s, uint8_t *p)
{
	uint32_t size = elf_symbol_size(s->form), n = 0;

	for (uint16_t i = 1; i < s->count; i++) {
		struct elf_file_symbol symbol = {
			.info = STB_LOCAL << 4 | STT_SECTION, .shndx = i, .value = s->section[i].addr};

		if (s->section[i].flags & SHF_ALLOC)
			elf_put_symbol(s->form, &symbol, p + (size_t)n++ * size);
	}
	return n;
}

static void tell_types(struct types *types, const struct kallsyms_symbol *symbol,
	const struct elf_file_symbol *elf)
{
	struct types_symbol s = {.name = symbol->name,
		.name_len = symbol->name_len,
		.is_function = (elf->info & 0xf) == STT_FUNC,
		.external = elf->info >> 4 != STB_LOCAL,
		.va = elf->value,
		.size = elf->size};

	if (types->count)
		types_place(types, &s);
}

/* Local symbols go to t, the others to others; how many local ones there are is known at the end. */
static void fill(uint16_t machine, const struct symbols_sections *s, const struct kallsyms *k,
	const struct percpu_statics *percpu, struct types *types, struct symbols_table *t, uint8_t *others)
{
	uint32_t size = elf_symbol_size(s->form), other = 0, strings = 1, next = 0;
	uint32_t local = 1 + put_sections(s, t->symbols + size);
	struct kallsyms_iter it = kallsyms_begin(k);
	struct kallsyms_symbol symbol;
	uint16_t hint = 0;

	for (uint32_t i = 0; kallsyms_next(&it, &symbol); i++) {
		uint8_t bind = binding_of(k, percpu, &symbol);
		uint16_t shndx = sections_find(s, &symbol, &hint);
		uint8_t *at = bind == STB_LOCAL ? t->symbols + (size_t)local++ * size :
						  others + (size_t)other++ * size;
		struct elf_file_symbol elf = {.name = strings,
			.info = (uint8_t)(bind << 4 | kind(s, machine, symbol.type, shndx, symbol.va)),
			.shndx = shndx,
			.value = symbol.va};

		while (next < k->count && (next <= i || kallsyms_address(k, next) <= symbol.va))
			next++;
		elf.size = size_of(
			s, shndx, symbol.va, next < k->count ? kallsyms_address(k, next) : 0);
		elf_put_symbol(s->form, &elf, at);
		tell_types(types, &symbol, &elf);
		memcpy(t->strings + strings, symbol.name, symbol.name_len + 1);
		strings += symbol.name_len + 1;
	}
	memcpy(t->symbols + (size_t)local * size, others, (size_t)other * size);
	t->symbols_size = (size_t)(local + other) * size;
	t->locals = local;
}

bool table_build(uint16_t machine, const struct symbols_sections *s, const struct kallsyms *k,
	const struct percpu_statics *percpu, struct types *types, struct symbols_table *ret)
{
	uint8_t *others;

	ret->symbols_size = ((size_t)k->count + s->count + 1) * elf_symbol_size(s->form);
	ret->strings_size = 1 + (size_t)k->text_size + k->count;
	ret->symbols = calloc(1, ret->symbols_size);
	ret->strings = calloc(1, ret->strings_size);
	others = malloc(ret->symbols_size);
	if (!ret->symbols || !ret->strings || !others) {
		free(others);
		table_free(ret);
		return false;
	}
	fill(machine, s, k, percpu, types, ret, others);
	free(others);
	return true;
}

void table_free(struct symbols_table *t)
{
	free(t->symbols);
	free(t->strings);
	*t = (struct symbols_table){0};
}
