/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types for the ELF with symbols: reading BTF takes as long as reading the table of symbols, and neither
 * needs the other, so a thread does it meanwhile. If there is none to be had, it is done at once.
 *
 *   symbols_types_start ---- thread: types_open ----.
 *        kallsyms_find                              |
 *   symbols_types_wait  <---------------------------'
 *        table_build tells of each symbol
 *   symbols_types_measure
 */
#include <string.h>
#include "host/symbols_parts.h"
#include "lib/threads.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

static void *open_types(void *arg)
{
	struct symbols_types *s = arg;

	s->err = types_open(s->btf, s->form, &s->types, &s->fault);
	return NULL;
}

/* Somebody else's. */
static bool has_dwarf(const struct symbols_sections *s)
{
	for (uint16_t i = 1; i < s->count; i++) {
		if (s->section[i].name < s->names_size &&
			!strcmp(s->names + s->section[i].name, ".debug_info"))
			return true;
	}
	return false;
}

void symbols_types_start(struct symbols_types *s, struct span kernel, const struct symbols_sections *sections)
{
	s->started = true;
	s->form = sections->form;
	s->kernel = kernel;
	s->btf = symbols_find_btf(kernel, sections, s->form.big_endian);
	if (!s->btf.len || has_dwarf(sections))
		return;
	s->running = !threads_start(&s->thread, open_types, s);
	if (!s->running)
		open_types(s);
}

void symbols_types_wait(struct symbols_types *s)
{
	if (s->running)
		pthread_join(s->thread, NULL);
	s->running = false;
}

/* What jiffies_64 holds at the start; 0: not known. */
static uint64_t read_jiffies(const struct symbols_types *t, const struct symbols_sections *s)
{
	uint64_t va = types_jiffies_va(&t->types), v = 0;
	struct span bytes;

	for (uint16_t i = 1; i < s->count && va; i++) {
		const struct elf_file_section *section = &s->section[i];

		if (section->flags & SHF_ALLOC && section->type == SHT_PROGBITS && va >= section->addr &&
			va - section->addr < section->size &&
			!span_sub(t->kernel, section->offset, section->size, &bytes) &&
			!span_le64(bytes, va - section->addr, &v))
			return t->form.big_endian ? __builtin_bswap64(v) : v;
	}
	return 0;
}

void symbols_types_measure(struct symbols_types *t, const struct symbols_sections *s)
{
	if (t->types.count) {
		t->types.jiffies = read_jiffies(t, s);
		t->err = types_measure(&t->types, &t->fault);
		if (t->err)
			types_free(&t->types);
	}
	if (t->err)
		t->fault.offset += (uint64_t)(t->btf.ptr - t->kernel.ptr);
}

void symbols_types_free(struct symbols_types *s)
{
	symbols_types_wait(s);
	types_free(&s->types);
}
