/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot sector on a disk: our code around a partition table that somebody else wrote
 * [spec/disk.h].
 *
 * Some BIOSes start only a disk with a partition that is marked active. In a protective table the
 * one partition must not be: some UEFI firmware takes the disk for one without GPT then, and sgdisk
 * complains. So a second entry is marked, which has no type, and which all others take for unused.
 */
#include <string.h>
#include "core/crc32c.h"
#include "host/blobs.h"
#include "host/disk_io.h"
#include "host/disk_table.h"
#include "spec/disk.h"

#define ACTIVE 0x80

enum status disk_boot_code_check(void)
{
	struct span sector = blob_sector(), loader = blob_loader();

	if (sector.len == MBR_SIZE && le32_get(sector.ptr + MBR_MAGIC_AT) == MBR_MAGIC &&
		loader.len >= LOADER_EARLY_SIZE && loader.len <= LOADER_SIZE_MAX &&
		le32_get(loader.ptr + LOADER_MAGIC_AT) == LOADER_MAGIC &&
		le16_get(loader.ptr + LOADER_SECTS) * DISK_SECT == loader.len &&
		le32_get(loader.ptr + LOADER_CRC) ==
			crc32c(0,
				(struct span){loader.ptr + LOADER_CRC_FROM,
					loader.len - LOADER_CRC_FROM}))
		return STATUS_DONE;
	report(NULL, "the boot code in this program is damaged: build it again");
	return STATUS_ENVIRONMENT;
}

static void mark_active(uint8_t *sector)
{
	uint8_t *entry = sector + MBR_TABLE;
	size_t i;

	for (i = 0; i < MBR_ENTRIES; i++) {
		if (entry[i * MBR_ENTRY_SIZE + MBR_ENTRY_STATUS] == ACTIVE)
			return;
	}
	for (i = 0; i < MBR_ENTRIES; i++, entry += MBR_ENTRY_SIZE) {
		if (entry[MBR_ENTRY_TYPE])
			continue;
		memset(entry, 0, MBR_ENTRY_SIZE);
		entry[MBR_ENTRY_STATUS] = ACTIVE;
		entry[MBR_ENTRY_SECTS] = 1; /* the boot sector itself: some look for an extent */
		return;
	}
}

enum status disk_boot_sector_write(const char *name, int fd, uint64_t loader_lba)
{
	uint8_t sector[MBR_SIZE];
	enum status status = disk_io_read(name, fd, 0, sector, sizeof(sector));

	if (status)
		return status;
	memcpy(sector, blob_sector().ptr, MBR_CODE_END);
	le16_put(sector + MBR_LOADER_SECTS, (uint16_t)(blob_loader().len / DISK_SECT));
	le64_put(sector + MBR_LOADER_LBA, loader_lba);
	mark_active(sector);
	return disk_io_write(name, fd, 0, (struct span){sector, sizeof(sector)});
}

enum status disk_boot_sector_is_ours(const char *name, int fd)
{
	uint8_t sector[MBR_SIZE];
	enum status status = disk_io_read(name, fd, 0, sector, sizeof(sector));

	if (status)
		return status;
	if (le32_get(sector + MBR_MAGIC_AT) == MBR_MAGIC &&
		le16_get(sector + MBR_SIGNATURE_AT) == MBR_SIGNATURE)
		return STATUS_DONE;
	report(name, "is no disk that 'bzforge disk' made: its boot sector is another one");
	return STATUS_BAD_INPUT;
}
