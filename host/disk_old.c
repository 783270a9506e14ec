/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_old.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/disk_old.h"

bool disk_old_has(const struct disk_list *list, const char *path)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (!strcasecmp(list->path[i], path))
			return true;
	}
	return false;
}

bool disk_old_has_entry(const struct disk_old *old, const char *path)
{
	size_t i;

	for (i = 0; i < old->entry_count; i++) {
		if (!strcasecmp(old->entry[i].path, path))
			return true;
	}
	return disk_old_has(&old->ukis, path);
}

bool disk_old_names(const struct disk_old *old, const char *path, bool replaced)
{
	size_t i;

	for (i = 0; i < old->entry_count; i++) {
		const struct disk_old_entry *e = &old->entry[i];

		if (e->replaced == replaced &&
			disk_text_names((struct span){(const uint8_t *)e->text, e->size}, path))
			return true;
	}
	return false;
}

static bool ends_with(const char *path, const char *end)
{
	size_t len = strlen(path), n = strlen(end);

	return len >= n && !strcasecmp(path + len - n, end);
}

static enum status read_entries(const struct disk_fat *fat, struct disk_old *old)
{
	struct disk_list *list = malloc(sizeof(*list));
	enum status status;
	size_t i;

	if (!list)
		return report_no_memory(fat->name);
	status = disk_fat_list(fat, DISK_ENTRIES, list);
	for (i = 0; !status && i < list->count; i++) {
		struct disk_old_entry *e = &old->entry[old->entry_count];

		if (!ends_with(list->path[i], ".conf"))
			continue;
		snprintf(e->path, sizeof(e->path), "%s", list->path[i]);
		status = disk_fat_get(fat, e->path, DISK_TEXT_MAX, &e->text, &e->size);
		old->entry_count += !status;
	}
	free(list);
	return status;
}

/* The folder is there once there was a UKI. */
static enum status read_ukis(const struct disk_fat *fat, struct disk_old *old)
{
	struct disk_list *efi = malloc(sizeof(*efi));
	enum status status;

	if (!efi)
		return report_no_memory(fat->name);
	status = disk_fat_list(fat, "/EFI", efi);
	old->has_uki_folder = !status && disk_old_has(efi, DISK_UKI_FOLDER "/");
	if (old->has_uki_folder)
		status = disk_fat_list(fat, DISK_UKI_FOLDER, &old->ukis);
	free(efi);
	return status;
}

enum status disk_old_read(const struct disk_fat *fat, struct disk_old *ret)
{
	enum status status = disk_fat_list(fat, "/", &ret->root);

	if (!status)
		status = read_entries(fat, ret);
	if (!status)
		status = disk_fat_get(
			fat, DISK_LOADER_CONF, DISK_TEXT_MAX, &ret->conf, &ret->conf_size);
	/* A disk without a menu for UEFI has its kernel in the menu's place. */
	if (!status && disk_old_names(ret, DISK_EFI_LOADER, false)) {
		report(fat->name, "has no boot menu for UEFI, only the one kernel: make it anew");
		status = STATUS_BAD_INPUT;
	}
	return status ? status : read_ukis(fat, ret);
}

void disk_old_close(struct disk_old *old)
{
	while (old->entry_count)
		free(old->entry[--old->entry_count].text);
	free(old->conf);
	old->conf = NULL;
}
