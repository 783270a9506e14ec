/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types by their numbers: BTF has them one behind the other, of different lengths, and refers to them
 * by how manieth they are.
 */
#include <stdlib.h>
#include "host/types_parts.h"

#define TYPE_SIZE_MIN 12 /* a type with nothing behind it */
#define MEMBER_SIZE   12 /* name, type, offset */

/* Note where each type is; how many functions and variables there are. */
static uint32_t list_types(struct types *t, uint64_t *ret_end)
{
	struct btf_iter it = btf_begin(&t->btf);
	struct btf_type type;
	uint32_t places = 0;

	*ret_end = 0;
	for (; btf_next(&it, &type); *ret_end = it.at) {
		t->node[type.id].at = (uint32_t)*ret_end;
		t->node[type.id].kind = (uint8_t)type.kind;
		if (type.kind == BTF_KIND_ENUM64 || (type.kind == BTF_KIND_ENUM && type.flag))
			t->enums_have_signs = true;
		places += type.kind == BTF_KIND_FUNC || type.kind == BTF_KIND_VAR;
	}
	t->count = it.id + 1;
	return places;
}

enum err types_open(struct span bytes, struct elf_form form, struct types *ret, struct fault *fault)
{
	struct types t = {.form = form};
	enum err e = btf_parse(bytes, form.big_endian, &t.btf, fault);
	uint32_t places;
	uint64_t end;

	if (e)
		return e;
	t.start = (uint64_t)(t.btf.types.ptr - bytes.ptr);
	t.node = calloc(t.btf.types.len / TYPE_SIZE_MIN + 1, sizeof(*t.node));
	if (!t.node)
		return ERR_NO_MEMORY;
	places = list_types(&t, &end);
	if (end != t.btf.types.len)
		e = fault_set(fault, ERR_BAD_BTF, "a type", t.start + end, t.count);
	else if (!types_list_places(&t, places))
		e = ERR_NO_MEMORY;
	else
		e = types_check(&t, fault);
	if (!e)
		types_find_known(&t);
	if (e)
		types_free(&t);
	else
		*ret = t;
	return e;
}

/*
 * A bit-field says so in the struct: eight bits how wide, then where. Before that was invented the type
 * said it, a number that does not fill its bytes [btf.rst, 2.2.1 and 2.2.4].
 */
struct types_member types_member(const struct types *t, const struct btf_type *type, uint32_t i)
{
	uint64_t at = (uint64_t)i * MEMBER_SIZE;
	uint32_t id = btf_u32(&t->btf, type->more, at + 4), place = btf_u32(&t->btf, type->more, at + 8);
	struct types_member m = {place, 0};
	struct btf_type number;
	uint32_t v;

	if (type->flag)
		return (struct types_member){place & 0xffffff, place >> 24};
	if (t->node[id].kind != BTF_KIND_INT || !btf_read(&t->btf, t->node[id].at, &number))
		return m;
	v = btf_u32(&t->btf, number.more, 0);
	if (BTF_INT_BITS(v) != 8 * (uint64_t)number.size || BTF_INT_OFFSET(v)) {
		m.bit_offset += BTF_INT_OFFSET(v);
		m.bits = BTF_INT_BITS(v);
	}
	return m;
}

void types_free(struct types *t)
{
	free(t->node);
	free(t->place);
	free(t->tag);
	free(t->slot);
	*t = (struct types){0};
}
