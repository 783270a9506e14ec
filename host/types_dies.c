/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry of .debug_info that says what a type of BTF says, kind by kind [btf.rst 2.2; DWARF 4, 5].
 */
#include "host/types_parts.h"
#include "spec/dwarf.h"

static uint8_t encoding(const struct btf_type *type, uint32_t v)
{
	bool is_signed = BTF_INT_ENCODING(v) & BTF_INT_SIGNED;

	if (BTF_INT_ENCODING(v) & BTF_INT_BOOL)
		return DW_ATE_boolean;
	if (type->size == 1)
		return is_signed ? DW_ATE_signed_char : DW_ATE_unsigned_char;
	return is_signed ? DW_ATE_signed : DW_ATE_unsigned;
}

static void put_base(struct types_writer *w, const struct btf_type *type)
{
	types_put_code(w, DIE_BASE, types_has_name(type->name));
	types_put_name(w, type->name);
	dwarf_put8(&w->out, (uint8_t)type->size);
	dwarf_put8(&w->out, type->kind == BTF_KIND_FLOAT ? DW_ATE_float : encoding(type, types_u32(w, type, 0)));
}

static void put_modifier(struct types_writer *w, enum types_die die, const struct btf_type *type)
{
	uint32_t id = types_plain(w, type->size);
	const char *name = die == DIE_TYPEDEF ? type->name : "";

	types_put_code(w, die, types_has_name(name) | types_has_type(id));
	types_put_name(w, name);
	types_put_type(w, id);
}

static void put_array(struct types_writer *w, const struct btf_type *type)
{
	uint32_t id = types_plain(w, types_u32(w, type, 0));

	types_put_code(w, DIE_ARRAY, types_has_type(id) | DIE_MORE);
	types_put_type(w, id);
	types_put_code(w, DIE_RANGE, 0);
	dwarf_put_unsigned(&w->out, types_u32(w, type, 8));
	dwarf_put8(&w->out, 0);
}

static void put_member(struct types_writer *w, const struct btf_type *type, uint32_t i)
{
	const char *name = types_name_at(w, types_u32(w, type, i * 12ull));
	uint32_t id = types_plain(w, types_u32(w, type, i * 12ull + 4));
	struct types_member m = types_member(w->t, type, i);

	types_put_code(w, m.bits ? DIE_BITS : DIE_MEMBER, types_has_name(name) | types_has_type(id));
	types_put_name(w, name);
	if (m.bits) {
		dwarf_put8(&w->out, (uint8_t)m.bits);
		dwarf_put_unsigned(&w->out, m.bit_offset);
	} else {
		dwarf_put_unsigned(&w->out, m.bit_offset / 8);
	}
	types_put_type(w, id);
}

static void put_struct(struct types_writer *w, enum types_die die, const struct btf_type *type)
{
	types_put_code(w, die, types_has_name(type->name) | (type->vlen ? DIE_MORE : 0));
	types_put_name(w, type->name);
	dwarf_put_unsigned(&w->out, type->size);
	for (uint32_t i = 0; i < type->vlen; i++)
		put_member(w, type, i);
	if (type->vlen)
		dwarf_put8(&w->out, 0);
}

static void put_declared(struct types_writer *w, const struct btf_type *type)
{
	types_put_code(w, type->flag ? DIE_UNION_DECLARED : DIE_STRUCT_DECLARED, types_has_name(type->name));
	types_put_name(w, type->name);
}

/* 32 bits with a sign where the enum says so; before Linux 6.0 none said, and negative ones are likelier. */
static int64_t enum_value(const struct types_writer *w, const struct btf_type *type, uint32_t i)
{
	if (type->kind == BTF_KIND_ENUM64)
		return (int64_t)(types_u32(w, type, i * 12ull + 4) | (uint64_t)types_u32(w, type, i * 12ull + 8) << 32);
	if (type->flag || !w->t->enums_have_signs)
		return (int32_t)types_u32(w, type, i * 8ull + 4);
	return types_u32(w, type, i * 8ull + 4);
}

static void put_enum(struct types_writer *w, const struct btf_type *type)
{
	uint64_t each = type->kind == BTF_KIND_ENUM ? 8 : 12;

	types_put_code(w, DIE_ENUM, types_has_name(type->name) | (type->vlen ? DIE_MORE : 0));
	types_put_name(w, type->name);
	dwarf_put8(&w->out, (uint8_t)type->size);
	for (uint32_t i = 0; i < type->vlen; i++) {
		const char *name = types_name_at(w, types_u32(w, type, i * each));

		types_put_code(w, DIE_ENUMERATOR, types_has_name(name));
		types_put_name(w, name);
		dwarf_put_signed(&w->out, enum_value(w, type, i));
	}
	if (type->vlen)
		dwarf_put8(&w->out, 0);
}

/* A parameter without a type is what "..." is in BTF. */
void types_put_parameters(struct types_writer *w, const struct btf_type *prototype, bool named)
{
	for (uint32_t i = 0; i < prototype->vlen; i++) {
		const char *name = named ? types_name_at(w, types_u32(w, prototype, i * 8ull)) : "";
		uint32_t id = types_plain(w, types_u32(w, prototype, i * 8ull + 4));

		if (!id) {
			types_put_code(w, DIE_ELLIPSIS, 0);
			continue;
		}
		types_put_code(w, DIE_PARAMETER, types_has_name(name) | DIE_TYPE);
		types_put_name(w, name);
		types_put_type(w, id);
	}
	if (prototype->vlen)
		dwarf_put8(&w->out, 0);
}

static void put_prototype(struct types_writer *w, const struct btf_type *type)
{
	uint32_t id = types_plain(w, type->size);

	types_put_code(w, DIE_PROTOTYPE, types_has_type(id) | (type->vlen ? DIE_MORE : 0));
	types_put_type(w, id);
	types_put_parameters(w, type, false);
}

void types_put_entry(struct types_writer *w, const struct btf_type *type)
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
	default: /* no types */
		break;
	}
}
