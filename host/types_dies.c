/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .debug_info: an entry for each of BTF's types, in their order, in one unit. Entries refer to each other
 * by their place, so the same code runs twice: to find the places, then to write.
 *
 *   unit header, unit
 *     base types, structs with members, pointers, ...
 *     functions with parameters, variables
 *   0
 */
#include "host/dwarf_write.h"
#include "host/types_parts.h"
#include "spec/dwarf.h"

#define GROWTH_MAX 8 /* times the bytes of BTF's types; stock kernels: 1.0 */

struct writer {
	const struct types *t;
	struct dwarf_out out;
	uint32_t place; /* the next one */
};

static uint32_t u32(const struct writer *w, const struct btf_type *type, uint64_t at)
{
	return btf_u32(&w->t->btf, type->more, at);
}

static void put_code(struct writer *w, enum types_die die, unsigned int options)
{
	dwarf_put_unsigned(&w->out, types_code(die, options));
}

static unsigned int has_name(const char *name)
{
	return *name ? DIE_NAME : 0;
}

static void put_name(struct writer *w, const char *name)
{
	if (*name)
		dwarf_put32(&w->out, (uint32_t)(name - (const char *)w->t->btf.strings.ptr));
}

/* The name at that offset of the strings; types_check has looked at it. */
static const char *name_at(const struct writer *w, uint32_t offset)
{
	return (const char *)w->t->btf.strings.ptr + offset;
}

/* The type that is meant: tags of types are no types to DWARF. */
static uint32_t plain(const struct writer *w, uint32_t id)
{
	struct btf_type type;

	while (w->t->node[id].kind == BTF_KIND_TYPE_TAG && btf_read(&w->t->btf, w->t->node[id].at, &type))
		id = type.size;
	return id;
}

static unsigned int has_type(uint32_t id)
{
	return id ? DIE_TYPE : 0;
}

static void put_type(struct writer *w, uint32_t id)
{
	if (id)
		dwarf_put32(&w->out, w->t->node[id].die);
}

static uint8_t encoding(const struct btf_type *type, uint32_t v)
{
	bool is_signed = BTF_INT_ENCODING(v) & BTF_INT_SIGNED;

	if (BTF_INT_ENCODING(v) & BTF_INT_BOOL)
		return DW_ATE_boolean;
	if (type->size == 1)
		return is_signed ? DW_ATE_signed_char : DW_ATE_unsigned_char;
	return is_signed ? DW_ATE_signed : DW_ATE_unsigned;
}

static void put_base(struct writer *w, const struct btf_type *type)
{
	put_code(w, DIE_BASE, has_name(type->name));
	put_name(w, type->name);
	dwarf_put8(&w->out, (uint8_t)type->size);
	dwarf_put8(&w->out, type->kind == BTF_KIND_FLOAT ? DW_ATE_float : encoding(type, u32(w, type, 0)));
}

static void put_modifier(struct writer *w, enum types_die die, const struct btf_type *type)
{
	uint32_t id = plain(w, type->size);
	const char *name = die == DIE_TYPEDEF ? type->name : "";

	put_code(w, die, has_name(name) | has_type(id));
	put_name(w, name);
	put_type(w, id);
}

static void put_array(struct writer *w, const struct btf_type *type)
{
	uint32_t id = plain(w, u32(w, type, 0));

	put_code(w, DIE_ARRAY, has_type(id) | DIE_MORE);
	put_type(w, id);
	put_code(w, DIE_RANGE, 0);
	dwarf_put_unsigned(&w->out, u32(w, type, 8));
	dwarf_put8(&w->out, 0);
}

static void put_member(struct writer *w, const struct btf_type *type, uint32_t i)
{
	const char *name = name_at(w, u32(w, type, i * 12ull));
	uint32_t id = plain(w, u32(w, type, i * 12ull + 4));
	struct types_member m = types_member(w->t, type, i);

	put_code(w, m.bits ? DIE_BITS : DIE_MEMBER, has_name(name) | has_type(id));
	put_name(w, name);
	if (m.bits) {
		dwarf_put8(&w->out, (uint8_t)m.bits);
		dwarf_put_unsigned(&w->out, m.bit_offset);
	} else {
		dwarf_put_unsigned(&w->out, m.bit_offset / 8);
	}
	put_type(w, id);
}

static void put_struct(struct writer *w, enum types_die die, const struct btf_type *type)
{
	put_code(w, die, has_name(type->name) | (type->vlen ? DIE_MORE : 0));
	put_name(w, type->name);
	dwarf_put_unsigned(&w->out, type->size);
	for (uint32_t i = 0; i < type->vlen; i++)
		put_member(w, type, i);
	if (type->vlen)
		dwarf_put8(&w->out, 0);
}

static void put_declared(struct writer *w, const struct btf_type *type)
{
	put_code(w, type->flag ? DIE_UNION_DECLARED : DIE_STRUCT_DECLARED, has_name(type->name));
	put_name(w, type->name);
}

/* 32 bits with a sign where the enum says so; before Linux 6.0 none said, and negative ones are likelier. */
static int64_t enum_value(const struct writer *w, const struct btf_type *type, uint32_t i)
{
	if (type->kind == BTF_KIND_ENUM64)
		return (int64_t)(u32(w, type, i * 12ull + 4) | (uint64_t)u32(w, type, i * 12ull + 8) << 32);
	if (type->flag || !w->t->enums_have_signs)
		return (int32_t)u32(w, type, i * 8ull + 4);
	return u32(w, type, i * 8ull + 4);
}

static void put_enum(struct writer *w, const struct btf_type *type)
{
	uint64_t each = type->kind == BTF_KIND_ENUM ? 8 : 12;

	put_code(w, DIE_ENUM, has_name(type->name) | (type->vlen ? DIE_MORE : 0));
	put_name(w, type->name);
	dwarf_put8(&w->out, (uint8_t)type->size);
	for (uint32_t i = 0; i < type->vlen; i++) {
		const char *name = name_at(w, u32(w, type, i * each));

		put_code(w, DIE_ENUMERATOR, has_name(name));
		put_name(w, name);
		dwarf_put_signed(&w->out, enum_value(w, type, i));
	}
	if (type->vlen)
		dwarf_put8(&w->out, 0);
}

/* A parameter without a type is what "..." is in BTF. */
static void put_parameters(struct writer *w, const struct btf_type *prototype, bool named)
{
	for (uint32_t i = 0; i < prototype->vlen; i++) {
		const char *name = named ? name_at(w, u32(w, prototype, i * 8ull)) : "";
		uint32_t id = plain(w, u32(w, prototype, i * 8ull + 4));

		if (!id) {
			put_code(w, DIE_ELLIPSIS, 0);
			continue;
		}
		put_code(w, DIE_PARAMETER, has_name(name) | DIE_TYPE);
		put_name(w, name);
		put_type(w, id);
	}
	if (prototype->vlen)
		dwarf_put8(&w->out, 0);
}

static void put_prototype(struct writer *w, const struct btf_type *type)
{
	uint32_t id = plain(w, type->size);

	put_code(w, DIE_PROTOTYPE, has_type(id) | (type->vlen ? DIE_MORE : 0));
	put_type(w, id);
	put_parameters(w, type, false);
}

static void put_function(struct writer *w, const struct btf_type *type, const struct types_place *place)
{
	struct btf_type prototype;
	uint32_t id;

	if (!btf_read(&w->t->btf, w->t->node[type->size].at, &prototype))
		return;
	id = plain(w, prototype.size);
	put_code(w, place->external ? DIE_FUNCTION_GLOBAL : DIE_FUNCTION,
		DIE_NAME | has_type(id) | (prototype.vlen ? DIE_MORE : 0));
	put_name(w, type->name);
	dwarf_put_address(&w->out, place->va);
	dwarf_put_unsigned(&w->out, place->size);
	put_type(w, id);
	put_parameters(w, &prototype, true);
}

static void put_variable(struct writer *w, const struct btf_type *type, const struct types_place *place)
{
	uint32_t id = plain(w, type->size);

	put_code(w, place->external ? DIE_VARIABLE_GLOBAL : DIE_VARIABLE, DIE_NAME | has_type(id));
	put_name(w, type->name);
	dwarf_put_unsigned(&w->out, w->out.form.is64 ? 9 : 5);
	dwarf_put8(&w->out, DW_OP_addr);
	dwarf_put_address(&w->out, place->va);
	put_type(w, id);
}

/* Functions and variables have an entry if it is known where they are. */
static void put_place(struct writer *w, const struct btf_type *type)
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

static void put_entry(struct writer *w, const struct btf_type *type)
{
	switch (type->kind) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		put_base(w, type);
		break;
	case BTF_KIND_PTR:
		put_modifier(w, DIE_POINTER, type);
		break;
	case BTF_KIND_TYPEDEF:
		put_modifier(w, DIE_TYPEDEF, type);
		break;
	case BTF_KIND_VOLATILE:
		put_modifier(w, DIE_VOLATILE, type);
		break;
	case BTF_KIND_CONST:
		put_modifier(w, DIE_CONST, type);
		break;
	case BTF_KIND_RESTRICT:
		put_modifier(w, DIE_RESTRICT, type);
		break;
	case BTF_KIND_ARRAY:
		put_array(w, type);
		break;
	case BTF_KIND_STRUCT:
		put_struct(w, DIE_STRUCT, type);
		break;
	case BTF_KIND_UNION:
		put_struct(w, DIE_UNION, type);
		break;
	case BTF_KIND_FWD:
		put_declared(w, type);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		put_enum(w, type);
		break;
	case BTF_KIND_FUNC_PROTO:
		if (w->t->node[type->id].used)
			put_prototype(w, type);
		break;
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		put_place(w, type);
		break;
	default: /* tags, and lists of variables */
		break;
	}
}

static void put_unit(struct writer *w)
{
	dwarf_put32(&w->out, (uint32_t)w->t->info_size - 4);
	dwarf_put16(&w->out, DWARF_VERSION);
	dwarf_put32(&w->out, 0); /* the abbreviations' offset */
	dwarf_put8(&w->out, w->out.form.is64 ? 8 : 4);
	put_code(w, DIE_UNIT, DIE_MORE);
	dwarf_put_string(&w->out, "bzforge, from BTF");
	dwarf_put8(&w->out, DW_LANG_C99);
	dwarf_put_string(&w->out, "vmlinux");
}

enum err types_measure(struct types *t, struct fault *fault)
{
	const uint64_t most = GROWTH_MAX * (uint64_t)t->btf.types.len + 4096;
	struct writer w = {.t = t, .out.form = t->form};
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
	types_put_known(t, w.place, &w.out);
	dwarf_put8(&w.out, 0);
	t->info_size = w.out.size;
	t->abbrev_size = types_abbrev_size();
	return ERR_OK;
}

void types_put_info(const struct types *t, uint8_t *p)
{
	struct writer w = {.t = t, .out = {.bytes = p, .form = t->form}};
	struct btf_iter it = btf_begin(&t->btf);
	struct btf_type type;

	put_unit(&w);
	while (btf_next(&it, &type))
		put_entry(&w, &type);
	types_put_known(t, w.place, &w.out);
	dwarf_put8(&w.out, 0);
}
