/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a kernel image's PE header.
 */
#include "host/pe.h"

#define MZ_MAGIC        0x5a4d
#define MZ_E_LFANEW     0x3c
#define PE_MAGIC        0x00004550 /* "PE\0\0" */
#define PE_OPTIONAL     24 /* signature and COFF header */
#define PE32_MAGIC      0x10b
#define PE32PLUS_MAGIC  0x20b
#define PE32_DIRS       96 /* data directories; their count is in the 4 bytes before */
#define PE32PLUS_DIRS   112
#define PE_DIR_SIZE     8
#define PE_DIR_SECURITY 4

/* Offset of the optional header. */
static bool find(struct span file, uint64_t *ret_optional)
{
	uint16_t mz;
	uint32_t pe, magic;

	if (span_le16(file, 0, &mz) || mz != MZ_MAGIC || span_le32(file, MZ_E_LFANEW, &pe))
		return false;
	if (span_le32(file, pe, &magic) || magic != PE_MAGIC)
		return false;
	*ret_optional = (uint64_t)pe + PE_OPTIONAL;
	return true;
}

bool pe_present(struct span file)
{
	uint64_t optional;

	return find(file, &optional);
}

uint32_t pe_signature_size(struct span file)
{
	uint64_t optional, dirs;
	uint32_t count, offset, size;
	uint16_t magic;

	if (!find(file, &optional) || span_le16(file, optional, &magic))
		return 0;
	if (magic != PE32_MAGIC && magic != PE32PLUS_MAGIC)
		return 0;
	dirs = optional + (magic == PE32_MAGIC ? PE32_DIRS : PE32PLUS_DIRS);
	if (span_le32(file, dirs - 4, &count) || count <= PE_DIR_SECURITY)
		return 0;
	dirs += PE_DIR_SECURITY * PE_DIR_SIZE;
	if (span_le32(file, dirs, &offset) || span_le32(file, dirs + 4, &size))
		return 0;
	return offset ? size : 0;
}
