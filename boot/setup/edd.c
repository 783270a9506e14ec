/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enhanced Disk Drive information: what the BIOS knows of its hard disks, and the signature in each
 * one's master boot record, so that the kernel can tell which disk the BIOS would have booted.
 * 16-bit real mode. edd=off skips all of it, edd=skipmbr (or skip) reads no disk: there are BIOSes
 * that hang in it. [zero-page.rst eddbuf; T13 EDD-4 section 8]
 */
#include "boot/setup/setup.h"
#include "core/cmdline.h"

#define DISK_FIRST     0x80
#define EDD_ASK        0x55aa
#define EDD_ANSWER     0xaa55
#define MBR_SIGNATURE  440 /* u32, in front of the partition table */
#define MBR_MAGIC      510 /* u16 */
#define MBR_MAGIC_IS   0xaa55

struct edd_options {
	bool disks;
	bool mbrs;
};

static struct edd_options edd_options(void)
{
	struct edd_options options = {true, true};
	struct span value;

	if (!cmdline_value(params_cmdline(), "edd", &value))
		return options;
	if (cmdline_equal(value, "off"))
		options.disks = options.mbrs = false;
	else if (cmdline_equal(value, "skipmbr") || cmdline_equal(value, "skip"))
		options.mbrs = false;
	return options;
}

/* *ret is all zero when the disk has no EDD; legacy geometry only where the BIOS has one. */
static bool edd_read_disk(uint8_t disk, struct edd_info *ret)
{
	struct bios_regs regs;

	bios_regs_init(&regs, 0x4100); /* int 13h AH=41h: extensions present? */
	*ret = (struct edd_info){0};
	regs.bx = EDD_ASK;
	regs.dl = disk;
	bios_int(0x13, &regs);
	if (bios_failed(&regs) || regs.bx != EDD_ANSWER)
		return false;
	ret->device = disk;
	ret->version = regs.ah;
	ret->interface_support = regs.cx;

	bios_regs_init(&regs, 0x4800); /* AH=48h: drive parameters, into as many bytes as we say */
	ret->params.length = sizeof(ret->params);
	regs.bx = EDD_ASK;
	regs.dl = disk;
	regs.si = bios_offset(&ret->params);
	bios_int(0x13, &regs);

	bios_regs_init(&regs, 0x0800); /* AH=08h: geometry; es:di = 0:0 against BIOS bugs */
	regs.dl = disk;
	regs.es = 0;
	bios_int(0x13, &regs);
	if (!bios_failed(&regs)) {
		ret->legacy_max_cylinder = (uint16_t)(regs.ch | (regs.cl & 0xc0) << 2);
		ret->legacy_max_head = regs.dh;
		ret->legacy_sectors_per_track = regs.cl & 0x3f;
	}
	return true;
}

/*
 * int 13h AX=0201h, one sector. The buffer is aligned to its own size, so that no transfer crosses
 * a 64 KiB border of a DMA controller. It is taken from the heap and given back at once. What was
 * read is kept also without a boot record's magic, as the kernel's setup does; such a disk does
 * not count.
 */
static bool edd_read_signature(uint8_t disk, uint16_t sector_size, uint32_t *ret_signature)
{
	struct bios_regs regs;
	uint8_t *sector;

	bios_regs_init(&regs, 0x0201);
	heap_reset();
	if (sector_size < SECTOR_SIZE || sector_size & (sector_size - 1))
		sector_size = SECTOR_SIZE;
	sector = heap_take(sector_size, sector_size);
	if (!sector)
		return false;
	for (uint16_t i = 0; i < SECTOR_SIZE; i++)
		sector[i] = 0;
	regs.bx = bios_offset(sector);
	regs.cx = 1; /* cylinder 0, sector 1 */
	regs.dl = disk; /* head 0 */
	bios_int(0x13, &regs);
	if (bios_failed(&regs))
		return false;
	*ret_signature = le32_get(sector + MBR_SIGNATURE);
	return le16_get(sector + MBR_MAGIC) == MBR_MAGIC_IS;
}

void edd_query(void)
{
	struct edd_options options = edd_options();
	struct edd_info info;

	if (!options.disks)
		return;
	note("bzforge: setup: asking the BIOS for disks (edd=off skips that)\n");
	for (unsigned int i = 0; i < BP_EDD_MBR_MAX; i++) {
		uint8_t disk = (uint8_t)(DISK_FIRST + i);
		uint32_t signature = 0;

		if (edd_read_disk(disk, &info) && boot_params.eddbuf_entries < BP_EDD_MAX)
			boot_params.eddbuf[boot_params.eddbuf_entries++] = info;
		if (options.mbrs &&
			edd_read_signature(disk, info.params.bytes_per_sector, &signature))
			boot_params.edd_mbr_sig_buf_entries = (uint8_t)(i + 1);
		boot_params.edd_mbr_sig_buffer[i] = signature;
	}
}
