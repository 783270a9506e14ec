/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partition tables, written and read by libfdisk, and the boot sector beside them.
 */
#ifndef HOST_DISK_TABLE_H
#define HOST_DISK_TABLE_H

#include "host/disk_plan.h"
#include "host/report.h"

/* Loader and boot sector as the build left them: whole, and made for each other? Prints. */
enum status disk_boot_code_check(void);

/*
 * Write GPT, protective table, boot sector and loader to fd, which is as large as the plan says. name
 * is for messages. Prints.
 */
enum status disk_table_write(
	const char *name, int fd, const struct disk_plan *plan, const uint8_t digest[SHA256_SIZE]);

/*
 * Let the boot sector on fd start the loader that lies at loader_lba, and touch nothing else of that
 * sector but to mark one partition active, as some BIOSes want it.
 */
enum status disk_boot_sector_write(const char *name, int fd, uint64_t loader_lba);

/* Is the boot sector on fd ours? Prints if not. */
enum status disk_boot_sector_is_ours(const char *name, int fd);

/*
 * The boot partition of a disk that has our boot sector and a GPT in which nothing is wrong. Prints if
 * it is no such disk.
 */
enum status disk_table_find_esp(const char *name, int fd, uint64_t *ret_lba, uint64_t *ret_sects);

#endif /* HOST_DISK_TABLE_H */
