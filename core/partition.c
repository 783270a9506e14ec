/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See partition.h. Nothing here divides: numbers of blocks become numbers of sectors by a shift. */
#include "core/partition.h"
#include "core/crc32.h"
#include "core/span.h"
#include "spec/disk.h"

#define GPT_ENTRY_MAX   4096 /* bytes; 128 everywhere */
#define GPT_ENTRIES_MAX 1024 /* entries; 128 everywhere */
#define EBRS_MAX        64 /* extended boot records in a row */
#define LOGICAL_FIRST   5 /* number of the first logical partition */

struct gpt {
	const struct block_reader *disk;
	uint8_t *buf;
	unsigned int shift; /* blocks to sectors */
	uint64_t table; /* sector */
	uint32_t entry_count, entry_size, table_crc;
	uint64_t backup; /* sector of the other header */
};

struct list {
	struct partition *p;
	size_t cap, count;
};

static void list_add(struct list *list, struct partition p)
{
	if (list->count < list->cap)
		list->p[list->count++] = p;
}

static bool same_guid(const uint8_t *a, const uint8_t *b)
{
	for (int i = 0; i < 16; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static enum partition_kind gpt_kind(const uint8_t *type)
{
	static const uint8_t esp[16] = GPT_TYPE_ESP, xbootldr[16] = GPT_TYPE_XBOOTLDR;

	if (same_guid(type, esp))
		return PARTITION_ESP;
	return same_guid(type, xbootldr) ? PARTITION_XBOOTLDR : PARTITION_OTHER;
}

static enum err bad(struct fault *fault, const char *what, uint64_t sect, uint64_t value)
{
	return fault_set(fault, ERR_BAD_PARTITIONS, what, sect, value);
}

/* The header in sector sect, whose own number of a block is lba. */
static enum err gpt_header(struct gpt *gpt, uint64_t sect, uint64_t lba, struct fault *fault)
{
	uint8_t *h = gpt->buf;
	uint32_t size, crc;
	uint64_t table;
	enum err e = block_read(gpt->disk, sect, 1, h, fault);

	if (e)
		return e;
	if (le64_get(h + GPT_SIGNATURE_AT) != GPT_SIGNATURE)
		return bad(fault, "GPT signature", sect, le32_get(h));
	size = le32_get(h + GPT_HEADER_SIZE);
	if (size < GPT_HEADER_MIN || size > BLOCK_SIZE)
		return bad(fault, "size of the GPT header", sect, size);
	crc = le32_get(h + GPT_HEADER_CRC);
	le32_put(h + GPT_HEADER_CRC, 0);
	if (~crc32_more(CRC32_START, (struct span){h, size}) != crc)
		return bad(fault, "checksum of the GPT header", sect, crc);
	if (le64_get(h + GPT_MY_LBA) != lba)
		return bad(fault, "place of the GPT header", sect, le64_get(h + GPT_MY_LBA));
	gpt->entry_count = le32_get(h + GPT_ENTRY_COUNT);
	gpt->entry_size = le32_get(h + GPT_ENTRY_SIZE);
	gpt->table_crc = le32_get(h + GPT_TABLE_CRC);
	table = le64_get(h + GPT_TABLE_LBA);
	if (gpt->entry_size < GPT_ENTRY_MIN || gpt->entry_size > GPT_ENTRY_MAX ||
		gpt->entry_size & (gpt->entry_size - 1))
		return bad(fault, "size of a GPT entry", sect, gpt->entry_size);
	if (gpt->entry_count > GPT_ENTRIES_MAX)
		return bad(fault, "number of GPT entries", sect, gpt->entry_count);
	if (table >> (63 - gpt->shift))
		return bad(fault, "place of the GPT's entries", sect, table);
	gpt->table = table << gpt->shift;
	gpt->backup = le64_get(h + GPT_ALTERNATE_LBA);
	return ERR_OK;
}

static void gpt_entry(const struct gpt *gpt, const uint8_t *entry, uint32_t number, struct list *list)
{
	uint64_t first = le64_get(entry + GPT_ENTRY_FIRST), last = le64_get(entry + GPT_ENTRY_LAST);
	enum partition_kind kind = gpt_kind(entry + GPT_ENTRY_TYPE);

	if (kind == PARTITION_OTHER || first > last || last >> (62 - gpt->shift))
		return;
	list_add(list, (struct partition){kind, number, first << gpt->shift,
		(last - first + 1) << gpt->shift});
}

/* One pass over the entries: into list, then the checksum says whether it was worth it. */
static enum err gpt_entries(struct gpt *gpt, struct list *list, struct fault *fault)
{
	uint32_t bytes = gpt->entry_count * gpt->entry_size, crc = CRC32_START;

	list->count = 0;
	for (uint32_t done = 0; done < bytes; done += BLOCK_SIZE) {
		uint32_t here = bytes - done < BLOCK_SIZE ? bytes - done : BLOCK_SIZE;
		enum err e = block_read(gpt->disk, gpt->table + done / BLOCK_SIZE, 1, gpt->buf, fault);

		if (e)
			return e;
		crc = crc32_more(crc, (struct span){gpt->buf, here});
		/* What counts of an entry lies in one sector: entries are 128 times a power of two. */
		for (uint32_t at = 0; at < here; at += GPT_ENTRY_MIN)
			if (!((done + at) & (gpt->entry_size - 1)))
				gpt_entry(gpt, gpt->buf + at, (done + at) / gpt->entry_size + 1, list);
	}
	if (~crc != gpt->table_crc)
		return bad(fault, "checksum of the GPT's entries", gpt->table, gpt->table_crc);
	return ERR_OK;
}

static enum err gpt_copy(struct gpt *gpt, uint64_t lba, struct list *list, struct fault *fault)
{
	enum err e = gpt_header(gpt, lba << gpt->shift, lba, fault);

	return e ? e : gpt_entries(gpt, list, fault);
}

/* Both copies, with blocks of 512 bytes << shift. The first one's fault is the one to report. */
static enum err gpt_list(struct gpt *gpt, struct list *list, struct fault *fault)
{
	uint64_t last = gpt->disk->sects >> gpt->shift;
	enum err e;

	gpt->backup = 0;
	e = gpt_copy(gpt, 1, list, fault);
	if (e && gpt->backup > 1 && !(gpt->backup >> (63 - gpt->shift)) &&
		!gpt_copy(gpt, gpt->backup, list, NULL))
		return ERR_OK;
	if (e && last > 1 && !gpt_copy(gpt, last - 1, list, NULL))
		return ERR_OK;
	return e;
}

static enum partition_kind mbr_kind(uint8_t type)
{
	switch (type) {
	case MBR_TYPE_ESP:
		return PARTITION_ESP;
	case MBR_TYPE_XBOOTLDR:
		return PARTITION_XBOOTLDR;
	case MBR_TYPE_FAT12:
	case MBR_TYPE_FAT16_SMALL:
	case MBR_TYPE_FAT16:
	case MBR_TYPE_FAT16_LBA:
	case MBR_TYPE_FAT32:
	case MBR_TYPE_FAT32_LBA:
		return PARTITION_FAT;
	default:
		return PARTITION_OTHER;
	}
}

static bool is_extended(uint8_t type)
{
	return type == MBR_TYPE_EXTENDED || type == MBR_TYPE_EXTENDED_LBA || type == MBR_TYPE_EXTENDED_LINUX;
}

struct mbr_entry {
	uint8_t type;
	uint32_t start, sects; /* 0 sects: none */
};

static struct mbr_entry mbr_entry(const uint8_t *sector, uint32_t i)
{
	const uint8_t *p = sector + MBR_TABLE + i * MBR_ENTRY_SIZE;

	return (struct mbr_entry){p[MBR_ENTRY_TYPE], le32_get(p + MBR_ENTRY_LBA), le32_get(p + MBR_ENTRY_SECTS)};
}

static enum err mbr_read(const struct block_reader *disk, uint64_t sect, uint8_t *buf, struct fault *fault)
{
	enum err e = block_read(disk, sect, 1, buf, fault);

	if (!e && le16_get(buf + MBR_SIGNATURE_AT) != MBR_SIGNATURE)
		e = bad(fault, "signature of the boot sector", sect, le16_get(buf + MBR_SIGNATURE_AT));
	return e;
}

/*
 * The logical partitions of the extended one that begins at start. Each lies behind a boot record of its own, which
 * has it as an entry that counts from that record, and as another entry, which counts from start, the
 * next record. The chain may go back and forth, but comes nowhere twice.
 */
static enum err logical_list(const struct block_reader *disk, uint8_t *buf, uint64_t start, uint32_t *number,
	struct list *list, struct fault *fault)
{
	uint32_t seen[EBRS_MAX], count = 0, next = 0;

	do {
		uint64_t record = start + next;
		enum err e;

		for (uint32_t i = 0; i < count; i++)
			if (seen[i] == next || count == EBRS_MAX)
				return bad(fault, "logical partitions without end", record, count);
		seen[count++] = next;
		e = mbr_read(disk, record, buf, fault);
		if (e)
			return e;
		next = 0;
		for (uint32_t i = 0; i < MBR_ENTRIES; i++) {
			struct mbr_entry entry = mbr_entry(buf, i);
			enum partition_kind kind = mbr_kind(entry.type);

			if (!entry.type || !entry.sects)
				continue;
			if (is_extended(entry.type)) {
				if (!next)
					next = entry.start;
				continue;
			}
			if (kind != PARTITION_OTHER)
				list_add(list, (struct partition){kind, *number, record + entry.start,
					entry.sects});
			++*number;
		}
	} while (next);
	return ERR_OK;
}

enum err partition_list(const struct block_reader *disk, uint32_t block_size, uint8_t buf[BLOCK_SIZE],
	struct partition *ret, size_t cap, size_t *ret_count, struct fault *fault)
{
	struct list list = {ret, cap, 0};
	struct gpt gpt = {.disk = disk, .buf = buf};
	uint32_t extended[MBR_ENTRIES], extended_count = 0, number = LOGICAL_FIRST;
	bool protective = false;
	enum err e = mbr_read(disk, 0, buf, fault);

	if (e)
		return e;
	for (uint32_t i = 0; i < MBR_ENTRIES; i++) {
		struct mbr_entry entry = mbr_entry(buf, i);
		enum partition_kind kind = mbr_kind(entry.type);

		protective |= entry.type == MBR_TYPE_GPT;
		if (is_extended(entry.type) && entry.start && entry.sects)
			extended[extended_count++] = entry.start;
		if (kind != PARTITION_OTHER && entry.sects)
			list_add(&list, (struct partition){kind, i + 1, entry.start, entry.sects});
	}
	if (!protective) {
		for (uint32_t i = 0; i < extended_count; i++)
			e = logical_list(disk, buf, extended[i], &number, &list, fault);
		if (e && !list.count)
			return e;
	} else {
		e = gpt_list(&gpt, &list, fault);
		if (e == ERR_BAD_PARTITIONS && block_size > BLOCK_SIZE) {
			for (; (uint32_t)BLOCK_SIZE << gpt.shift < block_size && gpt.shift < 7; gpt.shift++)
				continue;
			if (!gpt_list(&gpt, &list, NULL))
				e = ERR_OK;
		}
		if (e)
			return e;
	}
	*ret_count = list.count;
	return ERR_OK;
}
