/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is BTF sound? Every type must be known, refer to types that there are, and be made of other types
 * without going round in a circle:
 *
 *   spelled  int (*)(const struct a *)   prototype -> int, pointer -> const -> struct a, where it ends
 *   inside   struct a                    struct a -> each member's type -> ..., ends at a pointer
 *
 * A struct that points to itself is a circle in neither. Whoever reads the DWARF that is made of this can
 * follow any type to its end, TYPES_DEPTH steps at most; and finds no member outside its struct.
 */
#include "host/types_parts.h"

#define TYPES_DEPTH     100 /* stock kernels: 10 spelled, 20 inside */
#define BASE_SIZE_MAX   64 /* bytes of a number; there are 16 */
#define MEMBER_SIZE     12 /* name, type, bit offset */
#define PARAMETER_SIZE  8 /* name, type */

static enum err bad(const struct types *t, uint32_t id, const char *text, uint64_t value,
	struct fault *fault)
{
	return fault_set(fault, ERR_BAD_BTF, text, t->start + t->node[id].at, value);
}

static enum err visit(struct types *t, uint32_t id, enum types_web web, unsigned int depth,
	struct fault *fault);

/* One of from's parts: after this its size is known. */
static enum err visit_part(struct types *t, uint32_t from, uint32_t id, enum types_web web,
	unsigned int depth, struct fault *fault)
{
	struct types_node *part;
	uint8_t *deepest = &t->node[from].depth[web];
	enum err e;

	if (id >= t->count)
		return bad(t, from, "number of a type", id, fault);
	part = &t->node[id];
	switch (part->kind) {
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case BTF_KIND_DATASEC:
	case BTF_KIND_DECL_TAG:
		return bad(t, from, "number of what is no type", id, fault);
	default:
		break;
	}
	part->used = true;
	if (!part->depth[web]) {
		e = visit(t, id, web, depth + 1, fault);
		if (e)
			return e;
	}
	if (part->depth[web] >= TYPES_DEPTH)
		return bad(t, from, "types within types", part->depth[web], fault);
	if (part->depth[web] >= *deepest)
		*deepest = (uint8_t)(part->depth[web] + 1);
	return ERR_OK;
}

static enum err visit_members(struct types *t, uint32_t id, const struct btf_type *type,
	unsigned int depth, struct fault *fault)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		uint64_t at = (uint64_t)i * MEMBER_SIZE;
		uint32_t part = btf_u32(&t->btf, type->more, at + 4);
		struct types_member m;
		enum err e = visit_part(t, id, part, TYPES_INSIDE, depth, fault);

		if (e)
			return e;
		if (btf_u32(&t->btf, type->more, at) >= t->btf.strings.len)
			return bad(t, id, "name of a member", i, fault);
		m = types_member(t, type, i);
		if (!part || (!m.bits && m.bit_offset % 8) ||
			m.bit_offset + (m.bits ? m.bits : 8 * t->node[part].size) >
				8 * (uint64_t)type->size)
			return bad(t, id, "member of a struct", i, fault);
	}
	return ERR_OK;
}

static enum err visit_array(struct types *t, uint32_t id, const struct btf_type *type,
	enum types_web web, unsigned int depth, struct fault *fault)
{
	uint32_t element = btf_u32(&t->btf, type->more, 0), count = btf_u32(&t->btf, type->more, 8);
	enum err e = visit_part(t, id, element, web, depth, fault);

	if (e || web == TYPES_SPELLED)
		return e;
	t->node[id].size = t->node[element].size * count;
	return t->node[element].size * count > UINT32_MAX ? /* 32 bits each */
		bad(t, id, "size of an array", count, fault) : ERR_OK;
}

static enum err visit_prototype(struct types *t, uint32_t id, const struct btf_type *type,
	unsigned int depth, struct fault *fault)
{
	enum err e = visit_part(t, id, type->size, TYPES_SPELLED, depth, fault);

	for (uint32_t i = 0; i < type->vlen && !e; i++) {
		uint64_t at = (uint64_t)i * PARAMETER_SIZE;

		if (btf_u32(&t->btf, type->more, at) >= t->btf.strings.len)
			return bad(t, id, "name of a parameter", i, fault);
		e = visit_part(t, id, btf_u32(&t->btf, type->more, at + 4), TYPES_SPELLED, depth, fault);
	}
	return e;
}

static enum err visit_enum(struct types *t, uint32_t id, const struct btf_type *type,
	struct fault *fault)
{
	uint64_t each = type->kind == BTF_KIND_ENUM ? 8 : 12;

	for (uint32_t i = 0; i < type->vlen; i++) {
		if (btf_u32(&t->btf, type->more, i * each) >= t->btf.strings.len)
			return bad(t, id, "name of an enumerator", i, fault);
	}
	return type->size > BASE_SIZE_MAX ? bad(t, id, "size of a type", type->size, fault) : ERR_OK;
}

static enum err visit(struct types *t, uint32_t id, enum types_web web, unsigned int depth,
	struct fault *fault)
{
	struct types_node *node = &t->node[id];
	struct btf_type type;
	enum err e = ERR_OK;

	if (depth > TYPES_DEPTH)
		return bad(t, id, "types within types", depth, fault);
	if (!id || !btf_read(&t->btf, node->at, &type)) {
		node->depth[web] = 1;
		return ERR_OK;
	}
	switch (type.kind) {
	case BTF_KIND_PTR:
		node->size = t->form.is64 ? 8 : 4;
		if (web == TYPES_SPELLED)
			e = visit_part(t, id, type.size, web, depth, fault);
		break;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		e = visit_part(t, id, type.size, web, depth, fault);
		if (!e)
			node->size = t->node[type.size].size;
		break;
	case BTF_KIND_ARRAY:
		e = visit_array(t, id, &type, web, depth, fault);
		break;
	case BTF_KIND_FUNC_PROTO:
		if (web == TYPES_SPELLED)
			e = visit_prototype(t, id, &type, depth, fault);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		node->size = type.size;
		if (web == TYPES_INSIDE)
			e = visit_members(t, id, &type, depth, fault);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		node->size = type.size;
		if (web == TYPES_INSIDE)
			e = visit_enum(t, id, &type, fault);
		break;
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		node->size = type.size;
		if (type.size > BASE_SIZE_MAX)
			e = bad(t, id, "size of a type", type.size, fault);
		break;
	default:
		break;
	}
	if (!node->depth[web])
		node->depth[web] = 1;
	return e;
}

static bool is_type(const struct types_node *node)
{
	switch (node->kind) {
	case BTF_KIND_FUNC:
	case BTF_KIND_FUNC_PROTO:
	case BTF_KIND_VAR:
	case BTF_KIND_DATASEC:
	case BTF_KIND_DECL_TAG:
		return false;
	default:
		return true;
	}
}

/* What is no type but has one. */
static enum err check_rest(struct types *t, uint32_t id, struct fault *fault)
{
	struct btf_type type;

	if (!btf_read(&t->btf, t->node[id].at, &type))
		return ERR_OK;
	switch (type.kind) {
	case BTF_KIND_VAR:
		return visit_part(t, id, type.size, TYPES_SPELLED, 0, fault);
	case BTF_KIND_FUNC_PROTO:
		return t->node[id].depth[TYPES_SPELLED] ? ERR_OK : visit(t, id, TYPES_SPELLED, 0, fault);
	case BTF_KIND_FUNC:
		if (type.size < t->count && t->node[type.size].kind == BTF_KIND_FUNC_PROTO)
			return ERR_OK;
		return bad(t, id, "prototype of a function", type.size, fault);
	default:
		return ERR_OK;
	}
}

enum err types_check(struct types *t, struct fault *fault)
{
	enum err e = ERR_OK;

	for (unsigned int web = 0; web < TYPES_WEBS; web++) {
		for (uint32_t id = 1; id < t->count && !e; id++) {
			if (is_type(&t->node[id]) && !t->node[id].depth[web])
				e = visit(t, id, (enum types_web)web, 0, fault);
		}
	}
	for (uint32_t id = 1; id < t->count && !e; id++)
		e = check_rest(t, id, fault);
	return e;
}
