/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a kernel image's PE header.
 */
#include "lib/pe.h"
#include "spec/pe.h"

/* Offset of the optional header. */
static bool find(struct span file, uint64_t *ret_optional)
{
	uint16_t mz;
	uint32_t pe, magic;

	if (span_le16(file, 0, &mz) || mz != MZ_MAGIC || span_le32(file, MZ_E_LFANEW, &pe))
		return false;
	if (span_le32(file, pe, &magic) || magic != PE_MAGIC)
		return false;
	*ret_optional = (uint64_t)pe + PE_HEADER_SIZE;
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
	if (magic != OPT_MAGIC_PE32 && magic != OPT_MAGIC_PE32PLUS)
		return 0;
	dirs = optional + (magic == OPT_MAGIC_PE32 ? OPT32_DIR_COUNT : OPT_DIR_COUNT);
	if (span_le32(file, dirs, &count) || count <= DIR_SECURITY)
		return 0;
	dirs += 4 + DIR_SECURITY * DIR_SIZE;
	if (span_le32(file, dirs, &offset) || span_le32(file, dirs + 4, &size))
		return 0;
	return offset ? size : 0;
}
