/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_table.h. */
#include <errno.h>
#include <libfdisk/libfdisk.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "host/blobs.h"
#include "host/disk_io.h"
#include "host/disk_table.h"

#define TYPE_BIOS_BOOT "21686148-6449-6E6F-744E-656564454649"
#define TYPE_ESP       "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define SCRIPT_MAX     1024

static enum status failed(const char *name, const char *action, int code)
{
	errno = code < 0 ? -code : EIO;
	report_errno(name, action);
	return STATUS_ENVIRONMENT;
}

/* A context that asks nobody and prints nothing; NULL: no memory. */
static struct fdisk_context *open_context(const char *name, int fd, bool readonly, int *ret_code)
{
	struct fdisk_context *cxt = fdisk_new_context();

	*ret_code = -ENOMEM;
	if (!cxt)
		return NULL;
	fdisk_disable_dialogs(cxt, 1);
	fdisk_save_user_sector_size(cxt, DISK_SECT, DISK_SECT);
	*ret_code = fdisk_assign_device_by_fd(cxt, fd, name, readonly);
	if (!*ret_code)
		return cxt;
	fdisk_unref_context(cxt);
	return NULL;
}

/* As sfdisk(8) reads it. First LBA 34: there is no gap that would have to be kept free. */
static void write_script(
	const struct disk_plan *plan, const uint8_t digest[SHA256_SIZE], char text[SCRIPT_MAX])
{
	char disk[DISK_GUID_TEXT], loader[DISK_GUID_TEXT], esp[DISK_GUID_TEXT];

	disk_plan_guid(digest, "disk", disk);
	disk_plan_guid(digest, "loader", loader);
	disk_plan_guid(digest, "esp", esp);
	snprintf(text, SCRIPT_MAX,
		"label: gpt\nlabel-id: %s\nunit: sectors\nfirst-lba: 34\n\n"
		"start=%u, size=%u, type=" TYPE_BIOS_BOOT ", uuid=%s, name=\"boot loader\"\n"
		"start=%u, size=%llu, type=" TYPE_ESP ", uuid=%s, name=\"EFI system\"\n",
		disk, DISK_LOADER_LBA, DISK_LOADER_SECTS, loader, DISK_ESP_LBA,
		(unsigned long long)plan->esp_sects, esp);
}

static int apply(
	struct fdisk_context *cxt, const struct disk_plan *plan, const uint8_t digest[SHA256_SIZE])
{
	struct fdisk_script *script = fdisk_new_script(cxt);
	char text[SCRIPT_MAX];
	int code = -ENOMEM;
	FILE *f;

	write_script(plan, digest, text);
	f = fmemopen(text, strlen(text), "r");
	if (script && f)
		code = fdisk_script_read_file(script, f);
	if (!code)
		code = fdisk_apply_script(cxt, script);
	if (!code)
		code = fdisk_write_disklabel(cxt);
	if (!code && fdisk_verify_disklabel(cxt))
		code = -EIO;
	if (f)
		fclose(f);
	fdisk_unref_script(script);
	return code;
}

enum status disk_table_write(
	const char *name, int fd, const struct disk_plan *plan, const uint8_t digest[SHA256_SIZE])
{
	struct fdisk_context *cxt;
	enum status status;
	int code;

	cxt = open_context(name, fd, false, &code);
	if (cxt)
		code = apply(cxt, plan, digest);
	fdisk_unref_context(cxt);
	if (code)
		return failed(name, "cannot write the partition table", code);
	status = disk_io_write(name, fd, DISK_LOADER_LBA * DISK_SECT, blob_loader());
	if (!status)
		status = disk_boot_sector_write(name, fd, DISK_LOADER_LBA);
	return status;
}

/* One ESP, and which it is. */
static enum status choose_esp(
	const char *name, struct fdisk_table *table, uint64_t *ret_lba, uint64_t *ret_sects)
{
	struct fdisk_iter *iter = fdisk_new_iter(FDISK_ITER_FORWARD);
	struct fdisk_partition *pa;
	size_t count = 0;

	if (!iter)
		return report_no_memory(name);
	while (!fdisk_table_next_partition(table, iter, &pa)) {
		struct fdisk_parttype *type = fdisk_partition_get_type(pa);
		const char *text = type ? fdisk_parttype_get_string(type) : NULL;

		if (!text || strcasecmp(text, TYPE_ESP) || !fdisk_partition_has_start(pa) ||
			!fdisk_partition_has_size(pa))
			continue;
		*ret_lba = fdisk_partition_get_start(pa);
		*ret_sects = fdisk_partition_get_size(pa);
		count++;
	}
	fdisk_free_iter(iter);
	if (count == 1)
		return STATUS_DONE;
	report(name, "has %zu EFI system partitions: one is needed", count);
	return STATUS_BAD_INPUT;
}

static enum status read_table(
	const char *name, struct fdisk_context *cxt, uint64_t *ret_lba, uint64_t *ret_sects)
{
	struct fdisk_table *table = NULL;
	enum status status;
	int wrong;

	if (!fdisk_is_labeltype(cxt, FDISK_DISKLABEL_GPT)) {
		report(name, "has no GPT");
		return STATUS_BAD_INPUT;
	}
	wrong = fdisk_verify_disklabel(cxt);
	if (wrong) {
		report(name, "has a damaged GPT: 'fdisk' may repair it");
		return STATUS_BAD_INPUT;
	}
	if (fdisk_get_partitions(cxt, &table))
		return report_no_memory(name);
	status = choose_esp(name, table, ret_lba, ret_sects);
	fdisk_unref_table(table);
	return status;
}

enum status disk_table_find_esp(const char *name, int fd, uint64_t *ret_lba, uint64_t *ret_sects)
{
	struct fdisk_context *cxt;
	enum status status;
	int code;

	status = disk_boot_sector_is_ours(name, fd);
	if (status)
		return status;
	cxt = open_context(name, fd, true, &code);
	if (!cxt)
		return failed(name, "cannot read the partition table", code);
	status = read_table(name, cxt, ret_lba, ret_sects);
	fdisk_unref_context(cxt);
	return status;
}
