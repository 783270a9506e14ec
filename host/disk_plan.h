/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies where on a disk of ours, in sectors of 512 bytes:
 *
 *   0        boot sector, with a protective partition table in it
 *   1        GPT: header and table, to 33
 *   40       BIOS boot partition: the loader
 *   2048     EFI system partition, FAT32
 *   ...      up to 40 sectors before the end; room if the disk is larger
 *   end - 33 GPT once more
 */
#ifndef HOST_DISK_PLAN_H
#define HOST_DISK_PLAN_H

#include "core/sha256.h"
#include "host/disk_tree.h"

#define DISK_SECT         512
#define DISK_MIB_SECTS    2048
#define DISK_ALIGN_SECTS  8 /* 4 KiB: sectors of large drives */
#define DISK_LOADER_LBA   40
#define DISK_LOADER_SECTS (DISK_ESP_LBA - DISK_LOADER_LBA)
#define DISK_ESP_LBA      2048 /* 1 MiB, as everybody aligns */
#define DISK_TAIL_SECTS   40 /* the second GPT needs 33 */
#define DISK_FAT_RESERVED 32 /* sectors before the first FAT */

/* FAT32's least number of clusters, with the distance that its specification advises ["Microsoft FAT
 * Specification", FAT type determination]: some count wrong by a few. */
#define DISK_CLUSTERS_MIN (65525 + 16)
#define DISK_CLUSTERS_MAX (0x0ffffff5 - 16)
#define DISK_SIZE_MAX_MIB (2 * 1024 * 1024 - 1) /* FAT32 counts sectors with 32 bits */

struct disk_plan {
	uint64_t disk_sects;
	uint64_t esp_sects;
	uint64_t esp_used_sects; /* of its beginning: FATs, folders, and files */
	unsigned int cluster_sects; /* of the FAT */
};

/*
 * A FAT32 with these files in it, and nothing else, as small as can be; its clusters are as large as
 * that permits, for fewer of them are faster. false: they do not fit into any.
 */
bool disk_plan_esp(const struct disk_tree *tree, struct disk_plan *ret);

/*
 * A disk around that, of size_mib, or as small as can be if that is 0. false: they do not fit, or
 * nothing of that size can be.
 */
bool disk_plan_disk(const struct disk_tree *tree, uint64_t size_mib, struct disk_plan *ret);

/* Whole MiB of a disk whose boot partition has so many sectors. */
uint64_t disk_plan_mib(uint64_t esp_sects);

/*
 * Names that follow from what is on the disk, so that the same disk has the same ones: salt is "disk",
 * "loader", "esp". A GUID of version 8 [RFC 9562 5.8] as text, and a FAT volume ID.
 */
#define DISK_GUID_TEXT 37
void disk_plan_guid(const uint8_t digest[SHA256_SIZE], const char *salt, char ret[DISK_GUID_TEXT]);
uint32_t disk_plan_volume_id(const uint8_t digest[SHA256_SIZE]);
/* Of all paths and bytes. */
void disk_plan_digest(const struct disk_tree *tree, uint8_t ret[SHA256_SIZE]);

#endif /* HOST_DISK_PLAN_H */
