/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drive that we were started from, through int 13h: extensions where there are some, else cylinders, heads
 * and sectors. Everything goes through the bounce buffer, 64 KiB less one sector at a time, which is what a
 * BIOS can do at most. A call that fails is tried again, then sector by sector, so that the one that cannot
 * be read has a number.
 */
#include "boot/loader/loader.h"

#define READ_TRIES   3
#define CALL_SECTS   127 /* of 512 bytes [EDD 3.0: at most 127 blocks] */
#define CYLINDERS_MAX 1024
#define SHIFT_MAX    3 /* sectors of 4 KiB */

/* [EDD 3.0 tables 2 and 5] */
static LOW struct packet {
	uint8_t size, reserved;
	uint16_t count;
	uint16_t offset, segment;
	uint64_t block;
} packet;

static LOW struct drive_parameters {
	uint16_t size, flags;
	uint32_t cylinders, heads, sectors;
	uint64_t blocks;
	uint16_t block_size;
} __attribute__((packed)) parameters;

static struct {
	bool extensions;
	unsigned int shift; /* 512-byte sectors to the drive's own blocks */
	uint32_t heads, track_sects;
} drive;

struct block_reader boot_disk;
uint32_t boot_disk_block = BLOCK_SIZE;

static bool drive_call(struct bios_regs *regs)
{
	regs->dl = boot_drive;
	bios_int(0x13, regs);
	return !bios_failed(regs);
}

static void drive_reset(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x0000);
	regs.dl = boot_drive;
	bios_int(0x13, &regs);
}

/* Blocks of the drive into the bounce buffer. */
static bool read_extended(uint64_t block, uint32_t count)
{
	struct bios_regs regs;

	packet = (struct packet){sizeof(packet), 0, (uint16_t)count, 0, LOADER_BOUNCE >> 4, block};
	bios_regs_init(&regs, 0x4200); /* int 13h AH=42h: extended read */
	regs.si = bios_offset(&packet);
	return drive_call(&regs);
}

/* At most up to a track's end; *count is made less to fit. */
static bool read_chs(uint64_t block, uint32_t *count)
{
	uint32_t lba = (uint32_t)block, sector, head, cylinder;
	struct bios_regs regs;

	sector = lba % drive.track_sects;
	head = lba / drive.track_sects % drive.heads;
	cylinder = lba / drive.track_sects / drive.heads;
	if (block >> 32 || cylinder >= CYLINDERS_MAX)
		return false;
	if (*count > drive.track_sects - sector)
		*count = drive.track_sects - sector;
	bios_regs_init(&regs, (uint16_t)(0x0200 | *count)); /* int 13h AH=02h: read AL sectors */
	regs.ch = (uint8_t)cylinder;
	regs.cl = (uint8_t)((sector + 1) | (cylinder >> 8) << 6);
	regs.dh = (uint8_t)head;
	regs.es = LOADER_BOUNCE >> 4;
	regs.bx = 0;
	return drive_call(&regs);
}

static bool read_blocks(uint64_t block, uint32_t *count)
{
	for (unsigned int i = 0; i < READ_TRIES; i++) {
		if (drive.extensions ? read_extended(block, *count) : read_chs(block, count))
			return true;
		drive_reset();
	}
	return false;
}

static void copy(uint8_t *dst, const uint8_t *src, uint32_t sects)
{
	uint32_t words = sects * (BLOCK_SIZE / 4);

	__asm__ volatile("rep movsl" : "+D"(dst), "+S"(src), "+c"(words) : : "memory");
}

/* Sectors of 512 bytes; where the drive's are larger, what lies around them is read as well. */
static enum err disk_read(void *ctx, uint64_t sect, uint32_t count, void *buf, struct fault *fault)
{
	uint32_t most = CALL_SECTS;
	uint8_t *to = buf;

	while (count) {
		uint32_t lead = (uint32_t)sect & ((1u << drive.shift) - 1), n = count, blocks, got;

		if (n > most - lead)
			n = most - lead;
		blocks = (lead + n + (1u << drive.shift) - 1) >> drive.shift;
		if (blocks > 1 && blocks << drive.shift > most)
			blocks--;
		got = blocks;
		if (!read_blocks(sect >> drive.shift, &got)) {
			most = 1u << drive.shift; /* one by one from here */
			got = 1;
			if (blocks == 1 || !read_blocks(sect >> drive.shift, &got))
				return fault_set(fault, ERR_DISK_READ, "BIOS drive", sect, boot_drive);
		}
		if (n > (got << drive.shift) - lead)
			n = (got << drive.shift) - lead;
		copy(to, phys_bytes(LOADER_BOUNCE) + lead * BLOCK_SIZE, n);
		to += n * BLOCK_SIZE;
		sect += n;
		count -= n;
	}
	return ERR_OK;
}

/* A single sector of 512 bytes, on a drive whose sectors are such and which has extensions. */
static enum err disk_write(void *ctx, uint64_t sect, uint32_t count, const void *buf, struct fault *fault)
{
	struct bios_regs regs;

	if (drive.extensions && !drive.shift && count == 1) {
		copy(phys_bytes(LOADER_BOUNCE), buf, 1);
		packet = (struct packet){sizeof(packet), 0, 1, 0, LOADER_BOUNCE >> 4, sect};
		bios_regs_init(&regs, 0x4300); /* int 13h AH=43h: extended write, AL=0: without verifying */
		regs.si = bios_offset(&packet);
		if (drive_call(&regs))
			return ERR_OK;
	}
	return fault_set(fault, ERR_DISK_WRITE, "BIOS drive", sect, boot_drive);
}

static bool has_extensions(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x4100); /* int 13h AH=41h: are there extensions? */
	regs.bx = 0x55aa;
	return drive_call(&regs) && regs.bx == 0xaa55 && regs.cx & 1;
}

static void ask_size(void)
{
	struct bios_regs regs;

	parameters = (struct drive_parameters){.size = 0x1a};
	bios_regs_init(&regs, 0x4800); /* int 13h AH=48h: parameters */
	regs.si = bios_offset(&parameters);
	if (!drive_call(&regs))
		return;
	while (drive.shift < SHIFT_MAX && BLOCK_SIZE << drive.shift < parameters.block_size)
		drive.shift++;
	boot_disk_block = (uint32_t)BLOCK_SIZE << drive.shift;
	boot_disk.sects = parameters.blocks << drive.shift;
}

static bool ask_geometry(void)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x0800); /* int 13h AH=08h: geometry */
	if (!drive_call(&regs))
		return false;
	drive.track_sects = regs.cl & 0x3f;
	drive.heads = regs.dh + 1u;
	return drive.track_sects;
}

enum err disk_open(struct fault *fault)
{
	boot_disk.read = disk_read;
	boot_disk.write = disk_write;
	drive.extensions = has_extensions();
	if (drive.extensions)
		ask_size();
	else if (!ask_geometry())
		return fault_set(fault, ERR_DISK_READ, "geometry of BIOS drive", 0, boot_drive);
	return ERR_OK;
}
