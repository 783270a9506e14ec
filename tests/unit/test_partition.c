/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/partition: boot sectors, chains of logical partitions, GPTs, whole and damaged. */
#include "tests/unit/unit.h"

#include "core/crc32.h"
#include "core/partition.h"
#include "spec/disk.h"
#include "tests/unit/fat_build.h"

#define DISK_SECTS 4096
#define ENTRIES    128
#define LAST       (DISK_SECTS - 1)

static const uint8_t esp[16] = GPT_TYPE_ESP, xbootldr[16] = GPT_TYPE_XBOOTLDR,
	bios_boot[16] = GPT_TYPE_BIOS_BOOT;

static struct memory_disk new_disk(void)
{
	struct memory_disk disk = {calloc(DISK_SECTS, BLOCK_SIZE), (size_t)DISK_SECTS * BLOCK_SIZE, 0, 0, 0};

	le16_put(disk.bytes + MBR_SIGNATURE_AT, MBR_SIGNATURE);
	return disk;
}

static void put_mbr(struct memory_disk *disk, int i, uint8_t type, uint32_t start, uint32_t sects)
{
	uint8_t *p = disk->bytes + MBR_TABLE + i * MBR_ENTRY_SIZE;

	p[MBR_ENTRY_TYPE] = type;
	le32_put(p + MBR_ENTRY_LBA, start);
	le32_put(p + MBR_ENTRY_SECTS, sects);
}

static void put_entry(uint8_t *table, int i, const uint8_t *type, uint64_t first, uint64_t last)
{
	memcpy(table + i * 128, type, 16);
	le64_put(table + i * 128 + 32, first);
	le64_put(table + i * 128 + 40, last);
}

/* A header in block lba, whose table is in block table_lba; checksums of what is there. */
static void put_header(struct memory_disk *disk, uint32_t block, uint64_t lba, uint64_t other, uint64_t table_lba)
{
	uint8_t *h = disk->bytes + lba * block;

	memset(h, 0, BLOCK_SIZE);
	memcpy(h, "EFI PART", 8);
	le32_put(h + 8, 0x10000);
	le32_put(h + 12, 92);
	le64_put(h + 24, lba);
	le64_put(h + 32, other);
	le64_put(h + 72, table_lba);
	le32_put(h + 80, ENTRIES);
	le32_put(h + 84, 128);
	le32_put(h + 88, ~crc32_more(CRC32_START, (struct span){disk->bytes + table_lba * block, ENTRIES * 128}));
	le32_put(h + 16, ~crc32_more(CRC32_START, (struct span){h, 92}));
}

static struct memory_disk gpt_disk(uint32_t block)
{
	struct memory_disk disk = new_disk();
	uint64_t last = DISK_SECTS * (uint64_t)BLOCK_SIZE / block - 1, table = last - ENTRIES * 128 / block;
	uint8_t *first = disk.bytes + 2 * block;

	put_mbr(&disk, 0, MBR_TYPE_GPT, 1, LAST);
	put_entry(first, 0, bios_boot, 34, 40);
	put_entry(first, 3, esp, 100, 199);
	put_entry(first, 4, xbootldr, 200, 299);
	put_entry(first, 5, esp, 310, 300); /* ends before it begins */
	memcpy(disk.bytes + table * block, first, ENTRIES * 128);
	put_header(&disk, block, 1, last, 2);
	put_header(&disk, block, last, 1, table);
	return disk;
}

static enum err list(struct memory_disk *disk, uint32_t block, struct partition *ret, size_t *ret_count,
	struct fault *fault)
{
	struct block_reader reader = memory_disk_reader(disk);
	uint8_t buf[BLOCK_SIZE];

	return partition_list(&reader, block, buf, ret, 4, ret_count, fault);
}

static void check_gpt(const char *name, const struct partition *p, size_t count, unsigned int scale)
{
	CHECK_EQ(name, count, 2);
	CHECK(name, p[0].kind == PARTITION_ESP && p[1].kind == PARTITION_XBOOTLDR);
	CHECK_EQ(name, p[0].number, 4);
	CHECK_EQ(name, p[0].start, 100 * scale);
	CHECK_EQ(name, p[0].sects, 100 * scale);
	CHECK_EQ(name, p[1].start, 200 * scale);
}

static void test_gpt(void **state)
{
	static const uint32_t blocks[] = {512, 4096};

	for (size_t i = 0; i < COUNT(blocks); i++) {
		struct memory_disk disk = gpt_disk(blocks[i]);
		struct partition p[4];
		size_t count;

		CHECK_EQ("whole", list(&disk, blocks[i], p, &count, NULL), ERR_OK);
		check_gpt("whole", p, count, blocks[i] / 512);
		disk.bytes[2 * blocks[i] + 3 * 128] ^= 1;
		CHECK_EQ("backup", list(&disk, blocks[i], p, &count, NULL), ERR_OK);
		check_gpt("backup", p, count, blocks[i] / 512);
		disk.bytes[blocks[i] + 20] ^= 1;
		CHECK_EQ("backup, lost header", list(&disk, blocks[i], p, &count, NULL), ERR_OK);
		check_gpt("backup, lost header", p, count, blocks[i] / 512);
		free(disk.bytes);
	}
}

/* On a CD a GPT counts sectors of 512 bytes, although the drive's have 2048. */
static void test_gpt_of_small_blocks_on_large(void **state)
{
	struct memory_disk disk = gpt_disk(512);
	struct partition p[4];
	size_t count;

	assert_int_equal(list(&disk, 2048, p, &count, NULL), ERR_OK);
	check_gpt("cd", p, count, 1);
	free(disk.bytes);
}

/* A value in the header, its checksum made right again; the copy at the end is lost. */
static void test_headers(void **state)
{
	static const struct {
		const char *name;
		uint32_t at, bytes;
		uint64_t value;
	} cases[] = {
		{"signature", 0, 4, 1}, {"header of 91 bytes", 12, 4, 91}, {"header of 4 GB", 12, 4, 0xffffffff},
		{"another place", 24, 8, 2}, {"no such table", 72, 8, 0x7fffffffffffffff},
		{"table that wraps", 72, 8, 0xffffffffffffffff}, {"entries of 64 bytes", 84, 4, 64},
		{"entries of 192 bytes", 84, 4, 192}, {"entries of 2 GB", 84, 4, 0x80000000},
		{"too many entries", 80, 4, 0x7fffffff}, {"other entries", 88, 4, 1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct memory_disk disk = gpt_disk(512);
		uint8_t *h = disk.bytes + 512;
		struct fault fault = {0};
		struct partition p[4];
		size_t count = 99;
		enum err e;

		memset(disk.bytes + (size_t)LAST * 512, 0, 512);
		for (uint32_t k = 0; k < cases[i].bytes; k++)
			h[cases[i].at + k] = (uint8_t)(cases[i].value >> 8 * k);
		le32_put(h + 16, 0);
		le32_put(h + 16, ~crc32_more(CRC32_START, (struct span){h, 92}));
		e = list(&disk, 512, p, &count, &fault);
		CHECK(cases[i].name, e == ERR_BAD_PARTITIONS || e == ERR_DISK_READ);
		CHECK(cases[i].name, fault.text && count == 99);
		free(disk.bytes);
	}
}

static void test_mbr(void **state)
{
	static const struct {
		const char *name;
		uint8_t type;
		uint32_t sects;
		size_t count;
		enum partition_kind kind;
	} cases[] = {
		{"ESP", 0xef, 100, 1, PARTITION_ESP}, {"XBOOTLDR", 0xea, 100, 1, PARTITION_XBOOTLDR},
		{"FAT32", 0x0c, 100, 1, PARTITION_FAT}, {"FAT12", 0x01, 100, 1, PARTITION_FAT},
		{"Linux", 0x83, 100, 0, PARTITION_OTHER}, {"empty", 0xef, 0, 0, PARTITION_OTHER},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct memory_disk disk = new_disk();
		struct partition p[4];
		size_t count;

		put_mbr(&disk, 2, cases[i].type, 2048, cases[i].sects);
		CHECK_EQ(cases[i].name, list(&disk, 512, p, &count, NULL), ERR_OK);
		CHECK_EQ(cases[i].name, count, cases[i].count);
		if (count) {
			CHECK_EQ(cases[i].name, p[0].kind, cases[i].kind);
			CHECK_EQ(cases[i].name, p[0].number, 3);
			CHECK_EQ(cases[i].name, p[0].start, 2048);
		}
		disk.bytes[510] = 0;
		CHECK_EQ(cases[i].name, list(&disk, 512, p, &count, NULL), ERR_BAD_PARTITIONS);
		disk.bad_sect = 0;
		free(disk.bytes);
	}
}

/*
 * A chain of boot records in the extended partition that begins at sector 100; records and next count from there, a
 * record's own partition lies 10 sectors behind it.
 *
 *   sector 0       100        100 + at                  100 + next
 *   MBR            record     record of at              ...
 */
#define EXTENDED 100

struct record {
	uint32_t at;
	uint8_t type;
	uint32_t next;
	uint32_t sects; /* of the partition */
};

static void put_record(struct memory_disk *disk, const struct record *r)
{
	uint8_t *p = disk->bytes + (EXTENDED + r->at) * BLOCK_SIZE;

	le16_put(p + MBR_SIGNATURE_AT, MBR_SIGNATURE);
	p += MBR_TABLE;
	p[MBR_ENTRY_TYPE] = r->type;
	le32_put(p + MBR_ENTRY_LBA, 10);
	le32_put(p + MBR_ENTRY_SECTS, r->sects);
	if (r->next) {
		p += MBR_ENTRY_SIZE;
		p[MBR_ENTRY_TYPE] = 0x05;
		le32_put(p + MBR_ENTRY_LBA, r->next);
		le32_put(p + MBR_ENTRY_SECTS, 50);
	}
}

static void test_logical(void **state)
{
	static const struct {
		const char *name;
		uint8_t type, primary; /* of the extended partition, and of one before it */
		struct record records[3];
		uint32_t bad_sect;
		enum err e;
		size_t count;
		struct {
			uint32_t number, start;
		} want[3];
	} cases[] = {
		{"one", 0x05, 0, {{0, 0xef, 0, 20}}, 0, ERR_OK, 1, {{5, 110}}},
		{"with LBA's type", 0x0f, 0, {{0, 0x0c, 0, 20}}, 0, ERR_OK, 1, {{5, 110}}},
		{"with Linux's type", 0x85, 0, {{0, 0x06, 0, 20}}, 0, ERR_OK, 1, {{5, 110}}},
		{"three, others between", 0x05, 0xef, {{0, 0x83, 200, 20}, {200, 0xef, 500, 20}, {500, 0xea, 0, 20}}, 0,
			ERR_OK, 3, {{1, 50}, {6, 310}, {7, 610}}},
		{"a chain that goes back", 0x05, 0, {{0, 0x0c, 500, 20}, {500, 0x0c, 200, 20}, {200, 0x0c, 0, 20}}, 0,
			ERR_OK, 3, {{5, 110}, {6, 610}, {7, 310}}},
		{"an empty record first", 0x05, 0, {{0, 0x00, 200, 0}, {200, 0x0c, 0, 20}}, 0, ERR_OK, 1, {{5, 310}}},
		{"empty", 0x05, 0, {{0, 0x00, 0, 0}}, 0, ERR_OK, 0, {{0, 0}}},
		{"a partition of no sectors has no number", 0x05, 0, {{0, 0x0c, 200, 0}, {200, 0x0c, 0, 20}}, 0, ERR_OK, 1,
			{{5, 310}}},
		{"to itself", 0x05, 0, {{0, 0x83, 200, 20}, {200, 0x83, 200, 20}}, 0, ERR_BAD_PARTITIONS, 0, {{0, 0}}},
		{"a circle, but a partition before it", 0x05, 0, {{0, 0x0c, 200, 20}, {200, 0x0c, 500, 20}, {500, 0x83, 200, 20}},
			0, ERR_OK, 2, {{5, 110}, {6, 310}}},
		{"no record", 0x05, 0, {{0, 0x83, 300, 20}}, 0, ERR_BAD_PARTITIONS, 0, {{0, 0}}},
		{"no record, but a primary one", 0x05, 0xef, {{0, 0x83, 300, 20}}, 0, ERR_OK, 1, {{1, 50}}},
		{"unreadable", 0x05, 0, {{0, 0x83, 200, 20}, {200, 0x0c, 0, 20}}, 300, ERR_DISK_READ, 0, {{0, 0}}},
		{"beyond the disk", 0x05, 0, {{0, 0x83, 0xffffffff, 20}}, 0, ERR_DISK_READ, 0, {{0, 0}}},
		{"beside a GPT they do not count", 0x05, 0xee, {{0, 0xef, 0, 20}}, 0, ERR_BAD_PARTITIONS, 0, {{0, 0}}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct memory_disk disk = new_disk();
		struct fault fault = {0};
		struct partition p[4];
		size_t count = 99;

		put_mbr(&disk, 0, cases[i].primary, 50, 20);
		put_mbr(&disk, 2, cases[i].type, EXTENDED, 3000);
		for (size_t k = 0; k < COUNT(cases[i].records); k++)
			if (cases[i].records[k].at || !k)
				put_record(&disk, &cases[i].records[k]);
		disk.bad_sect = cases[i].bad_sect;
		CHECK_EQ(cases[i].name, list(&disk, 512, p, &count, &fault), cases[i].e);
		if (cases[i].e) {
			CHECK(cases[i].name, fault.text && count == 99);
		} else {
			CHECK_EQ(cases[i].name, count, cases[i].count);
			for (size_t k = 0; k < count && k < cases[i].count; k++) {
				CHECK_EQ(cases[i].name, p[k].number, cases[i].want[k].number);
				CHECK_EQ(cases[i].name, p[k].start, cases[i].want[k].start);
				CHECK_EQ(cases[i].name, p[k].sects, 20);
			}
		}
		free(disk.bytes);
	}
}

/* As many as there may be, and one more. */
static void test_many_logical(void **state)
{
	for (uint32_t count = 64; count <= 65; count++) {
		struct memory_disk disk = new_disk();
		struct partition p[4];
		size_t found;

		put_mbr(&disk, 0, 0x0f, EXTENDED, 3000);
		for (uint32_t i = 0; i < count; i++)
			put_record(&disk, &(struct record){40 * i, i == count - 1 && count == 64 ? 0x0c : 0x83,
				i < count - 1 ? 40 * (i + 1) : 0, 20});
		CHECK_EQ("many", list(&disk, 512, p, &found, NULL), count == 64 ? ERR_OK : ERR_BAD_PARTITIONS);
		if (count == 64) {
			CHECK_EQ("many", found, 1);
			CHECK_EQ("many", p[0].number, 68);
		}
		free(disk.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gpt),
		cmocka_unit_test(test_gpt_of_small_blocks_on_large),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_mbr),
		cmocka_unit_test(test_logical),
		cmocka_unit_test(test_many_logical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
