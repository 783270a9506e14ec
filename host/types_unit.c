/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .debug_info: an entry for each of BTF's types, in their order, in one unit. Entries refer to each other
 * by their place, so the same code runs twice: to find the places, then to write.
 *
 *   unit header, unit
 *     base types, structs with members, pointers, ...
 *     functions with parameters, variables
 *     known variables
 *   0
 */
#include "host/types_parts.h"
#include "spec/dwarf.h"

#define GROWTH_MAX 8 /* times the bytes of BTF's types; stock kernels: 1.0 */

static void put_function(struct types_writer *w, const struct btf_type *type, const struct types_place *place)
{
	struct btf_type prototype;
	uint32_t id;

	if (!btf_read(&w->t->btf, w->t->node[type->size].at, &prototype))
		return;
	id = types_plain(w, prototype.size);
	types_put_code(w, place->external ? DIE_FUNCTION_GLOBAL : DIE_FUNCTION,
		DIE_NAME | types_has_type(id) | (prototype.vlen ? DIE_MORE : 0));
	types_put_name(w, type->name);
	dwarf_put_address(&w->out, place->va);
	dwarf_put_unsigned(&w->out, place->size);
	types_put_type(w, id);
	types_put_parameters(w, &prototype, true);
}

static void put_variable(struct types_writer *w, const struct btf_type *type, const struct types_place *place)
{
	uint32_t id = types_plain(w, type->size);

	types_put_code(w, place->external ? DIE_VARIABLE_GLOBAL : DIE_VARIABLE, DIE_NAME | types_has_type(id));
	types_put_name(w, type->name);
	types_put_location(w, place->va);
	types_put_type(w, id);
}

/* Functions and variables have an entry if it is known where they are. */
static void put_place(struct types_writer *w, const struct btf_type *type)
{
	const struct types *t = w->t;
	const struct types_place *place = &t->place[w->place];

	if (w->place == t->place_count || place->id != type->id)
		return;
	w->place++;
	if (place->matches != 1)
		return;
	if (type->kind == BTF_KIND_FUNC)
		put_function(w, type, place);
	else
		put_variable(w, type, place);
}

static void put_entry(struct types_writer *w, const struct btf_type *type)
{
	if (type->kind == BTF_KIND_FUNC || type->kind == BTF_KIND_VAR)
		put_place(w, type);
	else
		types_put_entry(w, type);
}

static void put_unit(struct types_writer *w)
{
	dwarf_put32(&w->out, (uint32_t)w->t->info_size - 4);
	dwarf_put16(&w->out, DWARF_VERSION);
	dwarf_put32(&w->out, 0); /* the abbreviations' offset */
	dwarf_put8(&w->out, w->out.form.is64 ? 8 : 4);
	types_put_code(w, DIE_UNIT, DIE_MORE);
	dwarf_put_string(&w->out, "bzforge, from BTF");
	dwarf_put8(&w->out, DW_LANG_C99);
	dwarf_put_string(&w->out, "vmlinux");
}

enum err types_measure(struct types *t, struct fault *fault)
{
	const uint64_t most = GROWTH_MAX * (uint64_t)t->btf.types.len + 4096;
	struct types_writer w = {.t = t, .out.form = t->form};
	struct btf_iter it = btf_begin(&t->btf);
	struct btf_type type;

	put_unit(&w);
	while (btf_next(&it, &type)) {
		t->node[type.id].die = (uint32_t)w.out.size;
		put_entry(&w, &type);
		if (w.out.size > most || w.out.size > INT32_MAX)
			return fault_set(fault, ERR_BAD_BTF, "functions of many parameters",
				t->start + t->node[type.id].at, w.out.size);
	}
	types_put_known(&w);
	dwarf_put8(&w.out, 0);
	t->info_size = w.out.size;
	t->abbrev_size = types_abbrev_size();
	return ERR_OK;
}

void types_put_info(const struct types *t, uint8_t *p)
{
	struct types_writer w = {.t = t, .out = {.bytes = p, .form = t->form}};
	struct btf_iter it = btf_begin(&t->btf);
	struct btf_type type;

	put_unit(&w);
	while (btf_next(&it, &type))
		put_entry(&w, &type);
	types_put_known(&w);
	dwarf_put8(&w.out, 0);
}
