/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See smbios.h. Under boot services, on what firmware keeps in memory. */
#include "core/smbios.h"
#include "spec/smbios.h"

static bool begins_with(struct span s, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (i >= s.len || s.ptr[i] != (uint8_t)text[i])
			return false;
	}
	return true;
}

/* Is the entry point, whose length stands at that offset, at least that long and unchanged? */
static enum err check(struct span entry, size_t length_at, size_t least, struct fault *fault)
{
	struct span whole;
	uint8_t sum = 0;

	if (!span_has(entry, 0, least))
		return fault_set(fault, ERR_TRUNCATED, "SMBIOS entry point", entry.len, least);
	uint8_t len = entry.ptr[length_at];

	if (len < least || span_sub(entry, 0, len, &whole))
		return fault_set(fault, ERR_BAD_SMBIOS, "entry point's length", length_at, len);
	for (size_t i = 0; i < whole.len; i++)
		sum = (uint8_t)(sum + whole.ptr[i]);
	return sum ? fault_set(fault, ERR_BAD_SMBIOS, "entry point's checksum", 0, sum) : ERR_OK;
}

enum err smbios_table(struct span entry, uint64_t *ret_pa, uint32_t *ret_size, struct fault *fault)
{
	uint64_t pa;
	uint32_t size;
	enum err err;

	if (begins_with(entry, SMBIOS3_ANCHOR, sizeof(SMBIOS3_ANCHOR) - 1)) {
		err = check(entry, SMBIOS3_LENGTH, SMBIOS3_SIZE, fault);
		if (err)
			return err;
		pa = le64_get(entry.ptr + SMBIOS3_TABLE);
		size = le32_get(entry.ptr + SMBIOS3_TABLE_SIZE);
	} else if (begins_with(entry, SMBIOS2_ANCHOR, sizeof(SMBIOS2_ANCHOR) - 1)) {
		err = check(entry, SMBIOS2_LENGTH, SMBIOS2_SIZE, fault);
		if (err)
			return err;
		pa = le32_get(entry.ptr + SMBIOS2_TABLE);
		size = le16_get(entry.ptr + SMBIOS2_TABLE_SIZE);
	} else {
		return fault_set(fault, ERR_BAD_SMBIOS, "entry point's anchor", 0, 0);
	}
	if (!pa || pa > UINT64_MAX - size)
		return fault_set(fault, ERR_BAD_SMBIOS, "table's address", 0, pa);
	*ret_pa = pa;
	*ret_size = size;
	return ERR_OK;
}

/* One string from *at on, without its NUL; *at behind it. */
static bool string_next(struct span table, size_t *at, struct span *ret)
{
	size_t end = *at;

	while (end < table.len && table.ptr[end])
		end++;
	if (end >= table.len)
		return false;
	*ret = (struct span){table.ptr + *at, end - *at};
	*at = end + 1;
	return true;
}

/* Behind all strings from at on, which end in two NULs, even where there are no strings. */
static bool strings_skip(struct span table, size_t *at)
{
	for (size_t i = *at; span_has(table, i, 2); i++) {
		if (!table.ptr[i] && !table.ptr[i + 1]) {
			*at = i + 2;
			return true;
		}
	}
	return false;
}

/* The string of that number, from at on. */
static bool string_find(struct span table, size_t at, uint8_t number, struct span *ret)
{
	struct span s;

	if (!number)
		return false;
	do {
		if (!string_next(table, &at, &s) || !s.len)
			return false;
	} while (--number);
	*ret = s;
	return true;
}

enum err smbios_string(struct span table, uint8_t type, uint8_t at, struct span *ret,
	struct fault *fault)
{
	size_t pos = 0;

	while (span_has(table, pos, SMBIOS_HEAD)) {
		const uint8_t *s = table.ptr + pos;
		uint8_t len = s[SMBIOS_LENGTH];

		if (len < SMBIOS_HEAD || !span_has(table, pos, len))
			return fault_set(fault, ERR_BAD_SMBIOS, "structure's length", pos, len);
		if (s[SMBIOS_TYPE] == type) {
			if (at >= len || !string_find(table, pos + len, s[at], ret))
				return fault_set(fault, ERR_BAD_SMBIOS, "string", pos, at);
			return ERR_OK;
		}
		if (s[SMBIOS_TYPE] == SMBIOS_END)
			break;
		pos += len;
		if (!strings_skip(table, &pos))
			break;
	}
	return fault_set(fault, ERR_BAD_SMBIOS, "no structure of that type", pos, type);
}
