/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories of a FAT volume: short entries of 32 bytes, and long names in entries in front of them, last
 * piece first [FAT specification 6, 7]. See fat.h.
 */
#include "core/fat.h"
#include "core/utf16.h"

#define ENTRY_SIZE    32
#define ENTRY_NAME    0 /* 11 bytes */
#define ENTRY_ATTR    11
#define ENTRY_CASE    12
#define ENTRY_HIGH    20 /* u16 */
#define ENTRY_LOW     26 /* u16 */
#define ENTRY_BYTES   28 /* u32 */
#define LONG_ORDER    0
#define LONG_CHECKSUM 13
#define LONG_MAX      20

#define NAME_END      0x00 /* this entry and all that follow are free */
#define NAME_DELETED  0xe5
#define NAME_E5       0x05 /* stands for a first byte of 0xe5 */
#define ATTR_LABEL    0x08
#define ATTR_DIR      0x10
#define ATTR_LONG     0x0f
#define ATTR_MASK     0x3f
#define CASE_BASE     0x08 /* written in small letters; Windows NT's invention */
#define CASE_EXT      0x10
#define ORDER_LAST    0x40

void fat_dir_open(const struct fat *fat, const struct fat_node *node, struct fat_dir *ret)
{
	fat_stream_open(fat, node, &ret->stream);
	ret->run_count = 0;
	ret->at = BLOCK_SIZE;
	ret->slot = 0;
	ret->end = false;
	ret->long_slots = 0;
}

/* The next entry, whatever it is; NULL at the end. */
static enum err raw_next(struct fat *fat, struct fat_dir *dir, const uint8_t **ret, struct fault *fault)
{
	enum err e;

	*ret = NULL;
	if (dir->end)
		return ERR_OK;
	if (dir->at == BLOCK_SIZE) {
		if (!dir->run_count) {
			if (dir->stream.directory && !dir->stream.left && !dir->stream.fixed_at)
				return fault_set(fault, ERR_BAD_DIRECTORY, "entries", dir->sect,
					dir->slot);
			e = fat_stream_next(fat, &dir->stream, UINT32_MAX, &dir->run_at,
				&dir->run_count, fault);
			if (e)
				return e;
			if (!dir->run_count) {
				dir->end = true;
				return ERR_OK;
			}
		}
		e = block_read(fat->disk, dir->run_at, 1, dir->buf, fault);
		if (e)
			return e;
		dir->sect = dir->run_at++;
		dir->run_count--;
		dir->at = 0;
	}
	*ret = dir->buf + dir->at;
	dir->at += ENTRY_SIZE;
	dir->slot++;
	return ERR_OK;
}

static uint8_t short_checksum(const uint8_t *name)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
	return sum;
}

/* A piece of a long name. One that does not follow the last is the start of another, or nothing. */
static void take_long(struct fat_dir *dir, const uint8_t *p)
{
	static const uint8_t at[FAT_LONG_UNITS] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
	uint32_t number = p[LONG_ORDER] & ~ORDER_LAST;

	if (p[LONG_ORDER] & ORDER_LAST) {
		dir->long_slots = dir->long_next = number;
		dir->checksum = p[LONG_CHECKSUM];
	}
	if (!number || number > LONG_MAX || !dir->long_slots || number != dir->long_next ||
		p[LONG_CHECKSUM] != dir->checksum) {
		dir->long_slots = 0;
		return;
	}
	if (p[LONG_ORDER] & ORDER_LAST)
		dir->units[number * FAT_LONG_UNITS] = 0;
	for (uint32_t i = 0; i < FAT_LONG_UNITS; i++)
		dir->units[(number - 1) * FAT_LONG_UNITS + i] = le16_get(p + at[i]);
	dir->long_next--;
}

static uint32_t put_short(const uint8_t *p, uint32_t from, uint32_t len, bool small, uint16_t *ret)
{
	uint32_t n = 0;

	while (len && p[from + len - 1] == ' ')
		len--;
	for (; n < len; n++) {
		uint8_t c = p[from + n];

		if (!from && !n && c == NAME_E5)
			c = NAME_DELETED;
		if (small && c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		ret[n] = c < 0x80 ? c : '_'; /* of some code page; nobody knows which */
	}
	return n;
}

static void short_name(const uint8_t *p, uint16_t *ret)
{
	uint32_t n = put_short(p, ENTRY_NAME, 8, p[ENTRY_CASE] & CASE_BASE, ret);
	uint32_t ext = put_short(p, ENTRY_NAME + 8, 3, p[ENTRY_CASE] & CASE_EXT, ret + n + 1);

	ret[n] = ext ? '.' : 0;
	if (ext)
		ret[n + 1 + ext] = 0;
}

static bool is_dots(const uint8_t *p)
{
	return p[0] == '.' && (p[1] == ' ' || (p[1] == '.' && p[2] == ' '));
}

static enum err check_entry(const struct fat_dir *dir, const uint8_t *p, struct fault *fault)
{
	if (p[ENTRY_ATTR] & ~ATTR_MASK)
		return fault_set(fault, ERR_BAD_DIRECTORY, "attributes of an entry", dir->sect,
			p[ENTRY_ATTR]);
	for (int i = 0; i < 11; i++)
		if (p[i] < ' ' && !(i == 0 && p[i] == NAME_E5))
			return fault_set(fault, ERR_BAD_DIRECTORY, "name of an entry", dir->sect, p[i]);
	return ERR_OK;
}

static void take_entry(const struct fat *fat, struct fat_dir *dir, const uint8_t *p, struct fat_entry *ret)
{
	uint32_t len = 0;

	ret->node = (struct fat_node){
		.cluster = le16_get(p + ENTRY_LOW),
		.size = le32_get(p + ENTRY_BYTES),
		.directory = p[ENTRY_ATTR] & ATTR_DIR,
		.entry_sect = dir->sect,
	};
	if (fat->bits == 32)
		ret->node.cluster |= (uint32_t)le16_get(p + ENTRY_HIGH) << 16;
	if (ret->node.directory)
		ret->node.size = 0;
	ret->slot = dir->slot - 1;
	ret->long_slots = 0;
	if (dir->long_slots && !dir->long_next && dir->checksum == short_checksum(p)) {
		while (len < FAT_NAME_MAX && dir->units[len]) {
			ret->units[len] = dir->units[len];
			len++;
		}
		ret->long_slots = dir->long_slots;
	}
	ret->units[len] = 0;
	if (!len) {
		ret->long_slots = 0;
		short_name(p, ret->units);
		while (ret->units[len])
			len++;
	}
}

enum err fat_dir_next(struct fat *fat, struct fat_dir *dir, struct fat_entry *ret, bool *ret_end,
	struct fault *fault)
{
	for (;;) {
		const uint8_t *p;
		size_t len;
		enum err e = raw_next(fat, dir, &p, fault);

		if (e)
			return e;
		if (!p || p[ENTRY_NAME] == NAME_END) {
			dir->end = true;
			*ret_end = true;
			return ERR_OK;
		}
		if (p[ENTRY_NAME] != NAME_DELETED && (p[ENTRY_ATTR] & ATTR_MASK) == ATTR_LONG) {
			take_long(dir, p);
			continue;
		}
		if (p[ENTRY_NAME] == NAME_DELETED || is_dots(p) || p[ENTRY_ATTR] & ATTR_LABEL) {
			dir->long_slots = 0;
			continue;
		}
		e = check_entry(dir, p, fault);
		if (e)
			return e;
		take_entry(fat, dir, p, ret);
		dir->long_slots = 0;
		utf16_to_utf8((struct span){(const uint8_t *)ret->units, sizeof(ret->units)},
			(uint8_t *)ret->name, sizeof(ret->name), &len);
		*ret_end = false;
		return ERR_OK;
	}
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool same_name(struct span wanted, const char *name)
{
	size_t i = 0;

	while (i < wanted.len && name[i] && lower(wanted.ptr[i]) == lower((uint8_t)name[i]))
		i++;
	return i == wanted.len && !name[i];
}

static bool is_slash(uint8_t c)
{
	return c == '/' || c == '\\';
}

/* Take the next name off the path; one of no bytes at its end. */
static struct span path_next(struct span *path)
{
	struct span name;

	while (path->len && is_slash(*path->ptr)) {
		path->ptr++;
		path->len--;
	}
	name = (struct span){path->ptr, 0};
	while (path->len && !is_slash(*path->ptr)) {
		path->ptr++;
		path->len--;
		name.len++;
	}
	return name;
}

enum err fat_find(struct fat *fat, struct span path, struct fat_dir *dir, struct fat_entry *entry,
	struct fault *fault)
{
	struct fat_node node = fat_root(fat);

	entry->node = node;
	for (;;) {
		struct span name = path_next(&path);
		bool end = false;

		if (!name.len)
			return ERR_OK;
		if (!node.directory)
			return fault_set(fault, ERR_NO_FILE, "not in a directory", node.entry_sect, 0);
		fat_dir_open(fat, &node, dir);
		do {
			enum err e = fat_dir_next(fat, dir, entry, &end, fault);

			if (e)
				return e;
		} while (!end && !same_name(name, entry->name));
		if (end)
			return fault_set(fault, ERR_NO_FILE, "not in this directory", dir->sect, 0);
		node = entry->node;
	}
}
