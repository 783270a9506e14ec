/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See uki.h. */
#include "core/uki.h"
#include "spec/pe.h"

#define NAME_SIZE 8

static bool same_name(const uint8_t *p, const char *name)
{
	size_t i = 0;

	for (; i < NAME_SIZE && name[i]; i++)
		if (p[i] != (uint8_t)name[i])
			return false;
	return !name[i] && (i == NAME_SIZE || !p[i]);
}

bool uki_section(struct span head, uint64_t file_size, const char *name, uint32_t *ret_off,
	uint32_t *ret_size)
{
	uint32_t pe, magic;
	uint16_t mz, count, optional;

	if (span_le16(head, 0, &mz) || mz != MZ_MAGIC || span_le32(head, MZ_E_LFANEW, &pe) ||
		span_le32(head, pe, &magic) || magic != PE_MAGIC ||
		span_le16(head, (uint64_t)pe + PE_SECTION_COUNT, &count) ||
		span_le16(head, (uint64_t)pe + PE_OPTIONAL_SIZE, &optional))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t at = (uint64_t)pe + PE_HEADER_SIZE + optional + i * SECT_SIZE;
		uint32_t off, size, used;
		struct span s;

		if (span_sub(head, at, SECT_SIZE, &s))
			return false;
		if (!same_name(s.ptr, name))
			continue;
		off = le32_get(s.ptr + SECT_FILE_OFFSET);
		size = le32_get(s.ptr + SECT_FILE_SIZE);
		used = le32_get(s.ptr + SECT_MEM_SIZE); /* the rest fills up the file's alignment */
		if (used && used < size)
			size = used;
		if (!size || (uint64_t)off + size > file_size)
			return false;
		*ret_off = off;
		*ret_size = size;
		return true;
	}
	return false;
}

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

struct span osrel_value(struct span text, const char *key)
{
	size_t at = 0;

	while (at < text.len) {
		struct span line = {text.ptr + at, 0};
		size_t i = 0;

		while (at < text.len && text.ptr[at] != '\n' && text.ptr[at]) {
			at++;
			line.len++;
		}
		at++;
		while (i < line.len && key[i] && line.ptr[i] == (uint8_t)key[i])
			i++;
		if (key[i] || i == line.len || line.ptr[i] != '=')
			continue;
		line = (struct span){line.ptr + i + 1, line.len - i - 1};
		while (line.len && line.ptr[line.len - 1] <= ' ')
			line.len--;
		if (line.len >= 2 && is_quote(*line.ptr) && line.ptr[line.len - 1] == *line.ptr)
			line = (struct span){line.ptr + 1, line.len - 2};
		return line;
	}
	return (struct span){0};
}
