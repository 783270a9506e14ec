/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing the compact relocation table, which reloc_compact.h describes. On the host only; stubs are
 * not linked with it.
 */
#include "core/reloc_compact.h"

struct writer {
	uint8_t *at, *end;
};

static enum err put_code(struct writer *w, uint32_t distance, uint32_t unit)
{
	uint32_t units = distance / unit;
	uint64_t space = (uint64_t)(w->end - w->at);
	unsigned bytes = 5;

	if (distance % unit == 0 && units < RELOC_UNITS_2BYTES_END)
		bytes = units < RELOC_CODE_2BYTES ? 1 : 2;
	if (space < bytes)
		return ERR_NO_SPACE;
	if (bytes == 1) {
		w->at[0] = (uint8_t)units;
	} else if (bytes == 2) {
		units -= RELOC_CODE_2BYTES;
		w->at[0] = (uint8_t)(RELOC_CODE_2BYTES + units / 256);
		w->at[1] = (uint8_t)units;
	} else {
		w->at[0] = RELOC_CODE_5BYTES;
		le32_put(w->at + 1, distance);
	}
	w->at += bytes;
	return ERR_OK;
}

/* The list's codes, and how many bytes they are at size_at. */
static enum err put_list(struct writer *w, struct span list, uint32_t unit, uint8_t *size_at)
{
	uint32_t last = (uint32_t)RELOC_WINDOW_VA;
	const uint8_t *begin = w->at;

	for (size_t i = 0; i < list.len; i += 4) {
		uint32_t word = le32_get(list.ptr + i);
		enum err e;

		if (word < last)
			return ERR_BAD_RELOC;
		e = put_code(w, word - last, unit);
		if (e)
			return e;
		last = word;
	}
	if (w->at - begin > UINT32_MAX)
		return ERR_NO_SPACE;
	le32_put(size_at, (uint32_t)(w->at - begin));
	return ERR_OK;
}

enum err reloc_compact_encode(
	const struct reloc_table *table, uint8_t *buf, uint64_t cap, uint64_t *ret_size)
{
	bool three = table->layout == RELOC_LINUX_3;
	uint64_t head = three ? 12 : 8;
	struct writer w;
	enum err e;

	if (!three && table->layout != RELOC_LINUX_2)
		return ERR_BAD_RELOC;
	if (cap < head)
		return ERR_NO_SPACE;
	w = (struct writer){buf + head, buf + cap};
	e = put_list(&w, table->rel64, RELOC_UNIT64, buf);
	if (!e && three)
		e = put_list(&w, table->inverse32, 1, buf + 4);
	if (!e)
		e = put_list(&w, table->rel32, 1, buf + head - 4);
	if (e)
		return e;
	*ret_size = (uint64_t)(w.at - buf);
	return ERR_OK;
}
