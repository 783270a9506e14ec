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

/* Which of the known variables' types there are; their names; their entries, from that place on. */
void types_find_known(struct types *t);
const char *types_known_name(uint32_t i);
void types_put_known(const struct types *t, uint32_t first, struct dwarf_out *o);

/* Find room for all functions and variables, by name. false: no memory. */
bool types_list_places(struct types *t, uint32_t how_many) MUST_CHECK;

#endif /* HOST_TYPES_PARTS_H */
