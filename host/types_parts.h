/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of types share: DWARF's entries and their abbreviations.
 *
 * An abbreviation is an entry's kind and which optional parts it has: its code is 1 + kind * 8 + options.
 */
#ifndef HOST_TYPES_PARTS_H
#define HOST_TYPES_PARTS_H

#include "host/dwarf_write.h"
#include "host/types.h"
#include "spec/dwarf.h"

/* Frequent ones first: codes below 128 take one byte. */
enum types_die {
	DIE_MEMBER,
	DIE_BITS, /* a member that is a bit-field */
	DIE_PARAMETER,
	DIE_ELLIPSIS,
	DIE_ENUMERATOR,
	DIE_FUNCTION,
	DIE_FUNCTION_GLOBAL,
	DIE_POINTER,
	DIE_PROTOTYPE,
	DIE_STRUCT,
	DIE_UNION,
	DIE_ENUM,
	DIE_TYPEDEF,
	DIE_ARRAY,
	DIE_RANGE, /* how many elements an array has */
	DIE_CONST,
	DIE_VOLATILE,
	DIE_RESTRICT,
	DIE_BASE,
	DIE_STRUCT_DECLARED,
	DIE_UNION_DECLARED,
	DIE_VARIABLE,
	DIE_VARIABLE_GLOBAL,
	DIE_KNOWN, /* a variable whose name is not among BTF's strings */
	DIE_CONSTANT, /* a variable that is in no memory */
	DIE_RANGE_OPEN, /* nobody knows how many */
	DIE_UNIT,
	DIES,
};

#define DIE_NAME    1u /* the name comes first, then what all of the kind have */
#define DIE_TYPE    2u /* then the type; void is no type */
#define DIE_MORE    4u /* then entries inside this one, up to a code 0 */
#define DIE_OPTIONS 8u

static inline uint32_t types_code(enum types_die die, unsigned int options)
{
	return 1 + (uint32_t)die * DIE_OPTIONS + options;
}

uint64_t types_abbrev_size(void);

/* Where the member number i of a struct or union is. */
struct types_member {
	uint64_t bit_offset;
	uint32_t bits; /* of a bit-field; 0: it is none */
};
struct types_member types_member(const struct types *t, const struct btf_type *type, uint32_t i);

/* Errors: BAD_BTF, types in a circle, parts that there are not; see types_check.c. */
enum err types_check(struct types *t, struct fault *fault) MUST_CHECK;

/* Which of the known variables' types there are; their names. */
void types_find_known(struct types *t);
const char *types_known_name(uint32_t i);

/* Find room for all functions and variables, by name. false: no memory. */
bool types_list_places(struct types *t, uint32_t how_many) MUST_CHECK;

/* An entry being written, by functions that also count only: the same code finds places and writes. */
struct types_writer {
	const struct types *t;
	struct dwarf_out out;
	uint32_t place; /* the next one */
};

static inline uint32_t types_u32(const struct types_writer *w, const struct btf_type *type, uint64_t at)
{
	return btf_u32(&w->t->btf, type->more, at);
}

static inline void types_put_code(struct types_writer *w, enum types_die die, unsigned int options)
{
	dwarf_put_unsigned(&w->out, types_code(die, options));
}

static inline unsigned int types_has_name(const char *name)
{
	return *name ? DIE_NAME : 0;
}

static inline void types_put_name(struct types_writer *w, const char *name)
{
	if (*name)
		dwarf_put32(&w->out, (uint32_t)(name - (const char *)w->t->btf.strings.ptr));
}

/* The name at that offset of the strings; types_check has looked at it. */
static inline const char *types_name_at(const struct types_writer *w, uint32_t offset)
{
	return (const char *)w->t->btf.strings.ptr + offset;
}

/* The type that is meant: tags of types are no types to DWARF. */
static inline uint32_t types_plain(const struct types_writer *w, uint32_t id)
{
	struct btf_type type;

	while (w->t->node[id].kind == BTF_KIND_TYPE_TAG && btf_read(&w->t->btf, w->t->node[id].at, &type))
		id = type.size;
	return id;
}

static inline unsigned int types_has_type(uint32_t id)
{
	return id ? DIE_TYPE : 0;
}

static inline void types_put_type(struct types_writer *w, uint32_t id)
{
	if (id)
		dwarf_put32(&w->out, w->t->node[id].die);
}

/* DW_AT_location: at that address. */
static inline void types_put_location(struct types_writer *w, uint64_t va)
{
	dwarf_put_unsigned(&w->out, w->out.form.is64 ? 9 : 5);
	dwarf_put8(&w->out, DW_OP_addr);
	dwarf_put_address(&w->out, va);
}

/* The entry of a type, with all that is inside of it. */
void types_put_entry(struct types_writer *w, const struct btf_type *type);
void types_put_parameters(struct types_writer *w, const struct btf_type *prototype, bool named);
/* Those of known variables, which are the places that are left. */
void types_put_known(struct types_writer *w);

#endif /* HOST_TYPES_PARTS_H */
