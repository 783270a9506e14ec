/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .debug_abbrev: of which attributes in which form the entries of .debug_info are made. The table is the
 * same for every kernel.
 */
#include "host/dwarf_write.h"
#include "host/types_parts.h"
#include "spec/dwarf.h"

#define HAS_CHILDREN 1

struct form {
	uint8_t tag;
	uint8_t may; /* options there can be */
	uint8_t attribute[4][2]; /* what all of the kind have: attribute, form */
};

static const struct form forms[DIES] = {
	[DIE_UNIT] = {DW_TAG_compile_unit, DIE_MORE,
		{{DW_AT_producer, DW_FORM_string}, {DW_AT_language, DW_FORM_data1},
			{DW_AT_name, DW_FORM_string}}},
	[DIE_BASE] = {DW_TAG_base_type, DIE_NAME,
		{{DW_AT_byte_size, DW_FORM_data1}, {DW_AT_encoding, DW_FORM_data1}}},
	[DIE_POINTER] = {DW_TAG_pointer_type, DIE_TYPE, {{0}}},
	[DIE_CONST] = {DW_TAG_const_type, DIE_TYPE, {{0}}},
	[DIE_VOLATILE] = {DW_TAG_volatile_type, DIE_TYPE, {{0}}},
	[DIE_RESTRICT] = {DW_TAG_restrict_type, DIE_TYPE, {{0}}},
	[DIE_TYPEDEF] = {DW_TAG_typedef, DIE_NAME | DIE_TYPE, {{0}}},
	[DIE_STRUCT] = {DW_TAG_structure_type, DIE_NAME | DIE_MORE,
		{{DW_AT_byte_size, DW_FORM_udata}}},
	[DIE_UNION] = {DW_TAG_union_type, DIE_NAME | DIE_MORE, {{DW_AT_byte_size, DW_FORM_udata}}},
	[DIE_STRUCT_DECLARED] = {DW_TAG_structure_type, DIE_NAME,
		{{DW_AT_declaration, DW_FORM_flag_present}}},
	[DIE_UNION_DECLARED] = {DW_TAG_union_type, DIE_NAME,
		{{DW_AT_declaration, DW_FORM_flag_present}}},
	[DIE_MEMBER] = {DW_TAG_member, DIE_NAME | DIE_TYPE,
		{{DW_AT_data_member_location, DW_FORM_udata}}},
	[DIE_BITS] = {DW_TAG_member, DIE_NAME | DIE_TYPE,
		{{DW_AT_bit_size, DW_FORM_data1}, {DW_AT_data_bit_offset, DW_FORM_udata}}},
	[DIE_ARRAY] = {DW_TAG_array_type, DIE_TYPE | DIE_MORE, {{0}}},
	[DIE_RANGE] = {DW_TAG_subrange_type, 0, {{DW_AT_count, DW_FORM_udata}}},
	[DIE_ENUM] = {DW_TAG_enumeration_type, DIE_NAME | DIE_MORE,
		{{DW_AT_byte_size, DW_FORM_data1}}},
	[DIE_ENUMERATOR] = {DW_TAG_enumerator, DIE_NAME, {{DW_AT_const_value, DW_FORM_sdata}}},
	[DIE_PROTOTYPE] = {DW_TAG_subroutine_type, DIE_TYPE | DIE_MORE,
		{{DW_AT_prototyped, DW_FORM_flag_present}}},
	[DIE_PARAMETER] = {DW_TAG_formal_parameter, DIE_NAME | DIE_TYPE, {{0}}},
	[DIE_ELLIPSIS] = {DW_TAG_unspecified_parameters, 0, {{0}}},
	[DIE_FUNCTION] = {DW_TAG_subprogram, DIE_NAME | DIE_TYPE | DIE_MORE,
		{{DW_AT_low_pc, DW_FORM_addr}, {DW_AT_high_pc, DW_FORM_udata},
			{DW_AT_prototyped, DW_FORM_flag_present}}},
	[DIE_FUNCTION_GLOBAL] = {DW_TAG_subprogram, DIE_NAME | DIE_TYPE | DIE_MORE,
		{{DW_AT_low_pc, DW_FORM_addr}, {DW_AT_high_pc, DW_FORM_udata},
			{DW_AT_prototyped, DW_FORM_flag_present},
			{DW_AT_external, DW_FORM_flag_present}}},
	[DIE_VARIABLE] = {DW_TAG_variable, DIE_NAME | DIE_TYPE, {{DW_AT_location, DW_FORM_exprloc}}},
	[DIE_VARIABLE_GLOBAL] = {DW_TAG_variable, DIE_NAME | DIE_TYPE,
		{{DW_AT_location, DW_FORM_exprloc}, {DW_AT_external, DW_FORM_flag_present}}},
	[DIE_KNOWN] = {DW_TAG_variable, DIE_TYPE,
		{{DW_AT_name, DW_FORM_string}, {DW_AT_location, DW_FORM_exprloc},
			{DW_AT_external, DW_FORM_flag_present}}},
	[DIE_CONSTANT] = {DW_TAG_variable, DIE_TYPE,
		{{DW_AT_name, DW_FORM_string}, {DW_AT_const_value, DW_FORM_sdata}}},
	[DIE_RANGE_OPEN] = {DW_TAG_subrange_type, 0, {{0}}},
};

static void put_attribute(struct dwarf_out *o, uint8_t attribute, uint8_t form)
{
	dwarf_put_unsigned(o, attribute);
	dwarf_put_unsigned(o, form);
}

static void put_abbreviation(struct dwarf_out *o, enum types_die die, unsigned int options)
{
	const struct form *f = &forms[die];

	dwarf_put_unsigned(o, types_code(die, options));
	dwarf_put_unsigned(o, f->tag);
	dwarf_put8(o, options & DIE_MORE ? HAS_CHILDREN : 0);
	if (options & DIE_NAME)
		put_attribute(o, DW_AT_name, DW_FORM_strp);
	for (size_t i = 0; i < 4 && f->attribute[i][0]; i++)
		put_attribute(o, f->attribute[i][0], f->attribute[i][1]);
	if (options & DIE_TYPE)
		put_attribute(o, DW_AT_type, DW_FORM_ref4);
	put_attribute(o, 0, 0);
}

static void put_all(struct dwarf_out *o)
{
	for (unsigned int die = 0; die < DIES; die++) {
		for (unsigned int options = 0; options < DIE_OPTIONS; options++) {
			if (!(options & ~(unsigned int)forms[die].may))
				put_abbreviation(o, (enum types_die)die, options);
		}
	}
	dwarf_put8(o, 0);
}

uint64_t types_abbrev_size(void)
{
	struct dwarf_out o = {0};

	put_all(&o);
	return o.size;
}

void types_put_abbrev(uint8_t *p)
{
	struct dwarf_out o = {.bytes = p};

	put_all(&o);
}
