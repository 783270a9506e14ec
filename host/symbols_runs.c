/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sections of a kernel that has no headers of them, from the letters of its symbols: neighbours with
 * the same letter (t code, r constants, d data, b zeros) lay in sections of the same kind. Kernels have
 * some twenty such runs. Where a run begins:
 *
 *   address   1000   1000   1200   1200   1200   1300
 *   letter    t      t      t      r      t      r
 *                           ^ here, since r goes on at 1300, and the t's are marks of the end
 *
 * Needs a table that has more than code in it (CONFIG_KALLSYMS_ALL).
 */
#include <stdio.h>
#include <string.h>
#include "host/symbols_parts.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

#define RUNS_MAX     400
#define DATA_PERCENT 5 /* symbols that are not code, in a table that has them all */

enum class { CODE, CONSTANTS, DATA, ZEROS, CLASSES };

static bool classify(char type, enum class *ret)
{
	switch (type | 0x20) {
	case 't':
		*ret = CODE;
		return true;
	case 'r':
		*ret = CONSTANTS;
		return true;
	case 'd':
		*ret = DATA;
		return true;
	case 'b':
		*ret = ZEROS;
		return true;
	default: /* weak or absolute: may be anywhere */
		return false;
	}
}

struct run {
	enum class class;
	uint64_t start;
	const char *name; /* of a section that a mark in it tells; NULL: by its class */
};

struct runs {
	uint64_t from, to; /* addresses of the segment */
	uint32_t count;
	struct run run[RUNS_MAX];
	bool too_many;
};

/* Classes that symbols of one address have. */
struct group {
	uint64_t va;
	unsigned int classes; /* a bit each */
	const char *name;
};

static void begin_run(struct runs *r, enum class class, uint64_t start)
{
	if (r->count == RUNS_MAX) {
		r->too_many = true;
		return;
	}
	r->run[r->count++] = (struct run){.class = class, .start = start};
}

/* pending: the last address, if it has several classes; the next address decides about it. */
static void end_group(struct runs *r, const struct group *g, struct group *pending)
{
	struct run *last = r->count ? &r->run[r->count - 1] : NULL;
	bool one = !(g->classes & (g->classes - 1));

	if (!g->classes)
		return;
	if (one) {
		enum class class = (enum class)__builtin_ctz(g->classes);
		bool shared = pending->classes >> class & 1;

		if (!last || last->class != class) {
			begin_run(r, class, !last ? r->from : shared ? pending->va : g->va);
			if (shared && pending->name)
				r->run[r->count - 1].name = pending->name;
		} else if (pending->name && !last->name) {
			last->name = pending->name;
		}
		*pending = (struct group){0};
	} else {
		*pending = *g;
	}
	if (one && g->name && !r->run[r->count - 1].name)
		r->run[r->count - 1].name = g->name;
}

/* Marks that Linux's linker script leaves [include/asm-generic/vmlinux.lds.h]. */
static const char *section_of_mark(const char *symbol)
{
	static const char *const marks[][2] = {{"_stext", ".text"}, {"_sinittext", ".init.text"},
		{"__start_rodata", ".rodata"}, {"_sdata", ".data"}, {"__bss_start", ".bss"}};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!strcmp(symbol, marks[i][0]))
			return marks[i][1];
	}
	return NULL;
}

static void find_runs(const struct kallsyms *k, struct runs *r)
{
	struct kallsyms_iter it = kallsyms_begin(k);
	struct group group = {0}, pending = {0};
	struct kallsyms_symbol s;
	enum class class;

	while (kallsyms_next(&it, &s)) {
		if (s.va < r->from || s.va >= r->to || !classify(s.type, &class))
			continue;
		if (s.va != group.va || !group.classes) {
			end_group(r, &group, &pending);
			group = (struct group){.va = s.va};
		}
		group.classes |= 1u << class;
		if (s.name[0] == '_' && section_of_mark(s.name))
			group.name = section_of_mark(s.name);
	}
	end_group(r, &group, &pending);
}

static bool add_runs(const struct elf_file_segment *segment, const struct runs *r,
	unsigned int number[CLASSES], struct symbols_sections *ret)
{
	static const char *const names[] = {".text", ".rodata", ".data", ".bss"};
	static const uint64_t flags[] = {SHF_EXECINSTR, 0, SHF_WRITE, SHF_WRITE};

	for (uint32_t i = 0; i < r->count; i++) {
		const struct run *run = &r->run[i];
		uint64_t end = i + 1 < r->count ? run[1].start : r->to;
		uint64_t filled = segment->vaddr + segment->filesz;
		struct elf_file_section *section;
		char name[32];

		if (end == run->start)
			continue;
		snprintf(name, sizeof(name), "%s.%u", names[run->class], ++number[run->class]);
		section = sections_add(ret, run->name ? run->name : name);
		if (!section)
			return false;
		section->type = run->class == ZEROS ? SHT_NOBITS : SHT_PROGBITS;
		section->flags = SHF_ALLOC | flags[run->class];
		section->addr = run->start;
		section->size = end - run->start;
		section->offset = segment->offset +
			(run->start < filled ? run->start - segment->vaddr : segment->filesz);
		/* behind the segment's bytes is nothing but zeros, and marks of the end of what was before */
		if (run->class != ZEROS && run->start >= filled)
			section->size = 0;
		else if (end > filled)
			section->type = SHT_NOBITS;
	}
	return true;
}

bool sections_have_data(const struct kallsyms *k)
{
	struct kallsyms_iter it = kallsyms_begin(k);
	struct kallsyms_symbol s;
	enum class class;
	uint64_t data = 0;

	while (kallsyms_next(&it, &s))
		data += classify(s.type, &class) && class != CODE;
	return data * 100 >= (uint64_t)k->count * DATA_PERCENT;
}

enum err sections_from_runs(const struct symbols_elf *elf, const struct kallsyms *k,
	struct symbols_sections *ret, struct fault *fault)
{
	unsigned int number[CLASSES] = {0};

	*ret = (struct symbols_sections){.form = elf->form, .count = 1, .names_size = 1};
	for (uint16_t i = 0; i < elf->segment_count; i++) {
		const struct elf_file_segment *s = &elf->segment[i];
		struct runs runs = {.from = s->vaddr, .to = s->vaddr + s->memsz};

		if (s->type != PT_LOAD || runs.to <= runs.from)
			continue;
		find_runs(k, &runs);
		if (runs.too_many || !add_runs(s, &runs, number, ret))
			return fault_set(fault, ERR_BAD_ELF, "too many sections", 0, ret->count);
	}
	return ERR_OK;
}
