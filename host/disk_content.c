/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes to a new boot partition: kernels and initrds at its root, named by version; an entry
 * for each; loader.conf; what UEFI firmware starts.
 *
 *   /vmlinuz-VERSION, /initrd-VERSION       all entries share the initrds
 *   /loader/entries/VERSION.conf            type 1
 *   /EFI/Linux/VERSION.efi                  type 2: UKIs
 *   /loader/loader.conf
 *   /EFI/BOOT/BOOTX64.EFI                   a boot menu for UEFI, or the one kernel itself
 *
 * In the last case that is what the kernel's entry names: a BIOS boots the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/disk.h"

#define TIMEOUT_S 5 /* of a menu that there is a choice in */

enum status disk_content_add(struct disk_content *c, const char *path, struct span bytes, bool copy)
{
	void *p = NULL;

	if (copy) {
		p = malloc(bytes.len + 1);
		if (!p || c->owned_count == DISK_FILES_MAX) {
			free(p);
			return report_no_memory(path);
		}
		memcpy(p, bytes.ptr, bytes.len);
		bytes.ptr = c->owned[c->owned_count++] = p;
	}
	return disk_tree_add(&c->tree, path, bytes) ? STATUS_DONE : report_no_memory(path);
}

void disk_content_free(struct disk_content *c)
{
	while (c->owned_count)
		free(c->owned[--c->owned_count]);
}

struct initrd_paths {
	char text[DISK_INITRDS_MAX][DISK_PATH_MAX];
	const char *path[DISK_INITRDS_MAX];
};

static enum status add_initrds(
	const struct disk_inputs *in, struct disk_content *c, struct initrd_paths *ret)
{
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < in->initrd_count && !status; i++) {
		char number[24] = "";

		if (i)
			snprintf(number, sizeof(number), "-%zu", i + 1);
		snprintf(ret->text[i], DISK_PATH_MAX, "/initrd-%s%s", in->image[0].id, number);
		ret->path[i] = ret->text[i];
		status = disk_content_add(c, ret->text[i], input_span(&in->initrd[i]), false);
	}
	return status;
}

/* An entry of type 1; with line and initrds unless the kernel has them in it. */
static enum status add_entry(const struct disk_options *o, const struct disk_inputs *in,
	const struct disk_image *image, const char *kernel, const struct initrd_paths *initrds,
	struct disk_content *c)
{
	const struct disk_entry entry = {
		.title = image->title,
		.version = image->id,
		.linux_path = kernel,
		.options = initrds ? o->cmdline : NULL,
		.initrd_paths = initrds ? initrds->path : NULL,
		.initrd_count = initrds ? in->initrd_count : 0,
	};
	char text[DISK_TEXT_MAX], path[DISK_PATH_MAX];
	size_t size = disk_text_entry(&entry, text, sizeof(text));

	snprintf(path, sizeof(path), DISK_ENTRIES "/%s.conf", image->id);
	if (!size) {
		report(path, "is too long: at most %d bytes", DISK_TEXT_MAX);
		return STATUS_USAGE;
	}
	return disk_content_add(c, path, (struct span){(const uint8_t *)text, size}, true);
}

static enum status add_image(const struct disk_options *o, const struct disk_inputs *in,
	const struct disk_image *image, const struct initrd_paths *initrds, struct disk_content *c)
{
	char path[DISK_PATH_MAX];
	enum status status;

	snprintf(path, sizeof(path), image->uki ? DISK_UKI_FOLDER "/%s.efi" : "/vmlinuz-%s",
		image->id);
	status = disk_content_add(c, path, input_span(&image->in), false);
	return status || image->uki ? status : add_entry(o, in, image, path, initrds, c);
}

/* A menu for UEFI, and everything in files that its entries name. */
static enum status add_with_menu(
	const struct disk_options *o, const struct disk_inputs *in, struct disk_content *c)
{
	struct initrd_paths initrds;
	enum status status;
	size_t i;

	status = disk_content_add(c, DISK_EFI_LOADER, input_span(&in->efi_loader), false);
	if (!status)
		status = add_initrds(in, c, &initrds);
	for (i = 0; i < in->image_count && !status; i++)
		status = add_image(o, in, &in->image[i], &initrds, c);
	return status;
}

/* No menu: firmware starts the one kernel. */
static enum status add_alone(
	const struct disk_options *o, const struct disk_inputs *in, struct disk_content *c)
{
	enum status status;
	uint8_t *owned;
	struct span file;

	if (in->image_count > 1) {
		report(NULL,
			"several images need a boot menu for UEFI: install systemd-boot-efi, or "
			"name one with --efi-loader");
		return STATUS_ENVIRONMENT;
	}
	if (!in->image[0].has_efi && !o->cmdline && !in->initrd_count)
		return add_image(
			o, in, &in->image[0], NULL, c); /* nothing that firmware could start */
	status = disk_efi_image(o, in, &file, &owned);
	if (status)
		return status;
	if (owned)
		c->owned[c->owned_count++] = owned;
	status = disk_content_add(c, DISK_EFI_LOADER, file, false);
	if (!status && in->image[0].has_bios)
		status = add_entry(o, in, &in->image[0], DISK_EFI_LOADER, NULL, c);
	return status;
}

static enum status add_conf(
	const struct disk_options *o, const struct disk_inputs *in, struct disk_content *c)
{
	unsigned int timeout = in->image_count > 1 ? TIMEOUT_S : 0;
	char text[DISK_TEXT_MAX];
	size_t size;

	if (o->timeout_s >= 0)
		timeout = (unsigned int)o->timeout_s;
	size = disk_text_conf((struct span){0}, c->default_id, timeout, text, sizeof(text));
	return disk_content_add(
		c, DISK_LOADER_CONF, (struct span){(const uint8_t *)text, size}, true);
}

enum status disk_content_build(
	const struct disk_options *o, const struct disk_inputs *in, struct disk_content *ret)
{
	bool menu = in->efi_loader.len;
	bool type2 = menu && in->image[0].uki;
	enum status status;

	snprintf(ret->default_id, sizeof(ret->default_id), "%s.%s", in->image[0].id,
		type2 ? "efi" : "conf");
	status = menu ? add_with_menu(o, in, ret) : add_alone(o, in, ret);
	return status ? status : add_conf(o, in, ret);
}
