/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Another long name for a file, in the place of the old one. See fat.h. The pieces of a long name lie in
 * front of the short entry, the last one first; a name that needs fewer of them frees the first ones.
 */
#include "core/fat.h"

#define ENTRY_SIZE    32
#define SECT_ENTRIES  (BLOCK_SIZE / ENTRY_SIZE)
#define LONG_ORDER    0
#define ORDER_LAST    0x40
#define NAME_DELETED  0xe5
#define NAME_FILL     0xffff /* behind the name's NUL */

/* Where unit i of a piece lies in it [FAT specification 7]. */
static uint32_t unit_at(uint32_t i)
{
	return i < 5 ? 1 + 2 * i : i < 11 ? 4 + 2 * i : 6 + 2 * i;
}

/* Piece number (from 1) of count, over one that was there. */
static void put_piece(uint8_t *p, uint32_t number, uint32_t count, const uint16_t *units, uint32_t len)
{
	if (number > count) {
		p[LONG_ORDER] = NAME_DELETED;
		return;
	}
	p[LONG_ORDER] = (uint8_t)(number | (number == count ? ORDER_LAST : 0));
	for (uint32_t i = 0; i < FAT_LONG_UNITS; i++) {
		uint32_t k = (number - 1) * FAT_LONG_UNITS + i;

		le16_put(p + unit_at(i), k < len ? units[k] : k == len ? 0 : NAME_FILL);
	}
}

enum err fat_rename(struct fat *fat, const struct fat_node *directory, const struct fat_entry *entry,
	const uint16_t *units, uint32_t len, uint8_t buf[BLOCK_SIZE], struct fault *fault)
{
	uint32_t slot = entry->slot - entry->long_slots, count = (len + FAT_LONG_UNITS - 1) / FAT_LONG_UNITS;
	struct fat_stream s;
	enum err e;

	if (!len || count > entry->long_slots)
		return fault_set(fault, ERR_NO_SPACE, "long name", entry->node.entry_sect, len);
	if (!fat->disk->write)
		return fault_set(fault, ERR_DISK_WRITE, "not here", entry->node.entry_sect, 0);
	fat_stream_open(fat, directory, &s);
	e = fat_stream_skip(fat, &s, slot / SECT_ENTRIES, fault);
	while (!e && slot < entry->slot) {
		uint64_t sect;
		uint32_t n;

		e = fat_stream_next(fat, &s, 1, &sect, &n, fault);
		if (!e && !n)
			e = fault_set(fault, ERR_TRUNCATED, "directory", s.entry_sect, slot);
		if (!e)
			e = block_read(fat->disk, sect, 1, buf, fault);
		if (e)
			return e;
		do {
			put_piece(buf + slot % SECT_ENTRIES * ENTRY_SIZE, entry->slot - slot, count, units, len);
			slot++;
		} while (slot < entry->slot && slot % SECT_ENTRIES);
		e = fat->disk->write(fat->disk->ctx, sect, 1, buf, fault);
	}
	return e;
}
