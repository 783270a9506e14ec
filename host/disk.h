/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making disks: what was asked for, what was read, and what it becomes. The ways:
 *
 *   cmd_disk.c      options
 *   disk_images.c   kernels read, checked and named
 *   disk_content.c  what goes to the boot partition  (disk_efi.c: what UEFI firmware starts)
 *   disk_make.c     a raw disk     (disk_plan.c, disk_table.c, disk_fat.c)
 *   disk_iso.c      a CD that is a disk, too
 *   disk_update.c   other kernels on a disk that is there
 *   disk_target.c   to a file, standard output, or a drive
 */
#ifndef HOST_DISK_H
#define HOST_DISK_H

#include "host/disk_fat.h"
#include "host/disk_text.h"
#include "host/input.h"

#define DISK_IMAGES_MAX  32
#define DISK_INITRDS_MAX 16

/* Paths on the boot partition. */
#define DISK_EFI_LOADER  "/EFI/BOOT/BOOTX64.EFI" /* what firmware starts [UEFI 2.10 3.5.1.1] */
#define DISK_UKI_FOLDER  "/EFI/Linux"
#define DISK_ENTRIES     "/loader/entries"
#define DISK_LOADER_CONF "/loader/loader.conf"

struct disk_options {
	const char *image[DISK_IMAGES_MAX];
	const char *title[DISK_IMAGES_MAX];
	const char *initrd[DISK_INITRDS_MAX];
	size_t image_count, title_count, initrd_count;
	const char *cmdline; /* NULL: none */
	const char *efi_loader; /* NULL: systemd-boot if it is there; "none"; or a file */
	const char *output;
	long size_mib; /* 0: as small as can be */
	long timeout_s; /* of the menu; below 0: as many entries want it */
	bool update, iso, yes;
};

struct disk_image {
	struct input in;
	char id[DISK_ID_MAX];
	char title[DISK_TITLE_MAX];
	bool uki; /* brings its own command line and initrd: a type 2 entry */
	bool has_bios, has_efi; /* who can start it */
};

struct disk_inputs {
	struct disk_image image[DISK_IMAGES_MAX];
	struct input initrd[DISK_INITRDS_MAX];
	struct input efi_loader; /* empty: there is none */
	size_t image_count, initrd_count;
};

/* Everything that the options name, checked, with a name for each. Prints. */
enum status disk_inputs_read(const struct disk_options *o, struct disk_inputs *ret);
void disk_inputs_free(struct disk_inputs *in);

/* What goes to the boot partition, and the memory behind what was made for it. */
struct disk_content {
	struct disk_tree tree;
	void *owned[DISK_FILES_MAX];
	size_t owned_count;
	char default_id[DISK_ID_MAX + 8]; /* "6.1.0.conf" */
};

enum status disk_content_build(
	const struct disk_options *o, const struct disk_inputs *in, struct disk_content *ret);
void disk_content_free(struct disk_content *c);
/* Add a file; a copy of its bytes if copy is set. Prints. */
enum status disk_content_add(
	struct disk_content *c, const char *path, struct span bytes, bool copy);

/*
 * A kernel with the command line and initrds in it, for firmware to start without any boot menu: image
 * itself if there is nothing to add. *ret_owned is NULL, or to be freed. Prints.
 */
enum status disk_efi_image(const struct disk_options *o, const struct disk_inputs *in,
	struct span *ret, uint8_t **ret_owned);

struct disk_target;
enum status disk_make(
	const struct disk_options *o, struct disk_content *c, struct disk_target *target);
enum status disk_iso(
	const struct disk_options *o, struct disk_content *c, struct disk_target *target);
enum status disk_update(const struct disk_options *o, const struct disk_inputs *in);

#endif /* HOST_DISK_H */
