/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A raw disk: partition tables, loader, and the boot partition with everything in it.
 */
#include <string.h>
#include <unistd.h>
#include "host/disk.h"
#include "host/disk_table.h"
#include "host/disk_target.h"

static enum status plan_disk(const struct disk_options *o, const struct disk_tree *tree,
	const struct disk_target *t, struct disk_plan *ret)
{
	struct disk_plan least;

	if (!disk_plan_esp(tree, &least)) {
		report(t->path, "is too small for all that: FAT32 ends at 2 TiB");
		return STATUS_BAD_INPUT;
	}
	if (!disk_plan_disk(tree, (uint64_t)o->size_mib, ret)) {
		report(t->path, "cannot be of %ld MiB: at least %llu are needed", o->size_mib,
			(unsigned long long)disk_plan_mib(least.esp_sects));
		return STATUS_USAGE;
	}
	if (!t->drive)
		return STATUS_DONE;
	if (ret->disk_sects > t->drive_size / DISK_SECT) {
		report(t->path, "is too small: it has %llu MiB, %llu are needed",
			(unsigned long long)t->drive_size / DISK_SECT / DISK_MIB_SECTS,
			(unsigned long long)ret->disk_sects / DISK_MIB_SECTS);
		return STATUS_ENVIRONMENT;
	}
	/* What is behind the boot partition stays free, but the second GPT stands at the very end.
	 */
	ret->disk_sects = t->drive_size / DISK_SECT;
	return STATUS_DONE;
}

static enum status set_size(const struct output *work, uint64_t sects)
{
	if (!ftruncate(work->fd, (off_t)(sects * DISK_SECT)))
		return STATUS_DONE;
	report_errno(work->name, "cannot write");
	return STATUS_ENVIRONMENT;
}

enum status disk_make(const struct disk_options *o, struct disk_content *c, struct disk_target *t)
{
	uint8_t digest[SHA256_SIZE];
	struct disk_plan plan;
	struct disk_fat fat;
	enum status status;

	status = plan_disk(o, &c->tree, t, &plan);
	if (status)
		return status;
	disk_plan_digest(&c->tree, digest);
	status = disk_target_begin(t);
	if (!status) /* mkfs.fat believes that its partition ends with the file */
		status = set_size(&t->work, DISK_ESP_LBA + plan.esp_sects);
	if (!status)
		status = disk_fat_make(
			t->work.name, t->work.fd, DISK_ESP_LBA, &plan, disk_plan_volume_id(digest));
	if (!status)
		status = set_size(&t->work, plan.disk_sects);
	if (!status)
		status = disk_table_write(t->work.name, t->work.fd, &plan, digest);
	if (!status)
		status = disk_fat_open(t->work.name, t->work.fd, DISK_ESP_LBA, &fat);
	if (!status)
		status = disk_fat_put_tree(&fat, &c->tree);
	if (!status)
		status = disk_target_commit(t, (DISK_ESP_LBA + plan.esp_used_sects) * DISK_SECT,
			DISK_TAIL_SECTS * DISK_SECT);
	return status;
}
