/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DWARF, version 4, 32-bit form, as far as types and their names go.
 * Source: DWARF Debugging Information Format 4, section 7.5 and figures 18, 20, 21, 26, 31.
 */
#ifndef SPEC_DWARF_H
#define SPEC_DWARF_H

#define DWARF_VERSION              4
#define DWARF_UNIT_HEADER_SIZE     11 /* length 32, version 16, abbreviations 32, address size 8 */

#define DW_TAG_array_type          0x01
#define DW_TAG_enumeration_type    0x04
#define DW_TAG_formal_parameter    0x05
#define DW_TAG_member              0x0d
#define DW_TAG_pointer_type        0x0f
#define DW_TAG_compile_unit        0x11
#define DW_TAG_structure_type      0x13
#define DW_TAG_subroutine_type     0x15
#define DW_TAG_typedef             0x16
#define DW_TAG_union_type          0x17
#define DW_TAG_unspecified_parameters 0x18
#define DW_TAG_subrange_type       0x21
#define DW_TAG_base_type           0x24
#define DW_TAG_const_type          0x26
#define DW_TAG_enumerator          0x28
#define DW_TAG_subprogram          0x2e
#define DW_TAG_variable            0x34
#define DW_TAG_volatile_type       0x35
#define DW_TAG_restrict_type       0x37

#define DW_AT_location             0x02
#define DW_AT_name                 0x03
#define DW_AT_byte_size            0x0b
#define DW_AT_bit_size             0x0d
#define DW_AT_low_pc               0x11
#define DW_AT_high_pc              0x12 /* as a constant: how many bytes */
#define DW_AT_language             0x13
#define DW_AT_const_value          0x1c
#define DW_AT_producer             0x25
#define DW_AT_prototyped           0x27
#define DW_AT_count                0x37
#define DW_AT_data_member_location 0x38
#define DW_AT_declaration          0x3c
#define DW_AT_encoding             0x3e
#define DW_AT_external             0x3f
#define DW_AT_type                 0x49
#define DW_AT_data_bit_offset      0x6b

#define DW_FORM_addr               0x01
#define DW_FORM_data4              0x06
#define DW_FORM_string             0x08
#define DW_FORM_data1              0x0b
#define DW_FORM_sdata              0x0d
#define DW_FORM_strp               0x0e
#define DW_FORM_udata              0x0f
#define DW_FORM_ref4               0x13
#define DW_FORM_exprloc            0x18
#define DW_FORM_flag_present       0x19

#define DW_ATE_boolean             0x02
#define DW_ATE_float               0x04
#define DW_ATE_signed              0x05
#define DW_ATE_signed_char         0x06
#define DW_ATE_unsigned            0x07
#define DW_ATE_unsigned_char       0x08

#define DW_LANG_C99                0x0c
#define DW_OP_addr                 0x03

#endif /* SPEC_DWARF_H */
