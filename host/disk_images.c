/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading what goes to a disk: kernels, initrds, a boot menu for UEFI. A kernel need not be ours,
 * nor Linux's; but what is damaged is refused here, not by the machine that is to boot it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/pe.h"
#include "host/disk.h"
#include "host/kernel.h"
#include "core/pe.h"

/* Package systemd-boot-efi. */
#define SYSTEMD_BOOT "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"

/* Before protocol 2.06 the header does not say how long a command line may be [boot.rst
 * cmdline_size]. */
#define PROTOCOL_CMDLINE_SIZE 0x0206
#define CMDLINE_SIZE_OLD      255

static enum status check_cmdline(const struct disk_options *o, const struct kernel *k)
{
	uint32_t most = k->image.protocol >= PROTOCOL_CMDLINE_SIZE ? k->image.hdr.cmdline_size
								   : CMDLINE_SIZE_OLD;

	if (!o->cmdline || strlen(o->cmdline) <= most)
		return STATUS_DONE;
	report(k->name, "command line has %zu bytes, the kernel takes at most %u",
		strlen(o->cmdline), (unsigned int)most);
	return STATUS_USAGE;
}

static enum status check_kernel(const struct disk_options *o, const struct kernel *k)
{
	/* The file itself is what boots, not what it carries. */
	enum kernel_format outer = k->layer_count ? k->layer[0].format : KERNEL_UNKNOWN;

	if (outer == KERNEL_ELF) {
		report(k->name, "is a bare ELF file: use 'bzforge build'");
		return STATUS_BAD_INPUT;
	}
	if (outer == KERNEL_UNKNOWN || k->problems.count)
		return kernel_require_content(k);
	if (outer != KERNEL_BZIMAGE && outer != KERNEL_UKI) {
		report(k->name, "is no kernel image that a PC boots, but %s", format_name(outer));
		return STATUS_BAD_INPUT;
	}
	/* What has no ELF kernel in it (memtest86+) may boot all the same. */
	return k->uki ? STATUS_DONE : check_cmdline(o, k);
}

static enum status read_image(const struct disk_options *o, size_t i, struct disk_image *image)
{
	enum status status = input_read(o->image[i], &image->in);
	struct kernel k = {0};
	struct bzimage bzimage;

	if (!status)
		status = kernel_open(&image->in, RELOCS_AUTO, &k);
	if (!status)
		status = check_kernel(o, &k);
	if (!status) {
		image->uki = k.uki;
		image->has_bios = !bzimage_parse(input_span(&image->in), &bzimage, NULL);
		image->has_efi = pe_present(input_span(&image->in));
		disk_text_id(k.image.version, image->id);
		disk_text_title(k.image.version, image->title);
		if (i < o->title_count)
			snprintf(image->title, sizeof(image->title), "%s", o->title[i]);
	}
	kernel_close(&k);
	return status;
}

static void say_limits(const struct disk_image *image)
{
	if (!image->has_bios)
		report(image->in.name, "boots by UEFI alone: a BIOS cannot start it");
	if (!image->has_efi)
		report(image->in.name, "boots by BIOS alone: it has no EFI entry (no PE header)");
}

static bool is_taken(const struct disk_inputs *in, size_t count, const char *id)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!strcasecmp(in->image[i].id, id))
			return true;
	}
	return false;
}

/* The second of one version is "6.1.0-2", the third "6.1.0-3". */
static void make_unique(struct disk_inputs *in, size_t i)
{
	char *id = in->image[i].id;
	size_t len = strlen(id);
	unsigned int n;

	for (n = 2; is_taken(in, i, id); n++)
		snprintf(id + len, DISK_ID_MAX - len, "-%u", n);
}

static enum status check_efi_loader(const struct input *in)
{
	struct pe pe;

	if (!pe_parse(input_span(in), &pe, NULL) && pe.machine == PE_MACHINE_X64 &&
		pe.subsystem == SUBSYSTEM_EFI_APPLICATION)
		return STATUS_DONE;
	report(in->name, "is no EFI program for x86-64");
	return STATUS_BAD_INPUT;
}

static enum status read_efi_loader(const struct disk_options *o, struct input *ret)
{
	const char *path = o->efi_loader;
	enum status status;

	if (!path && !access(SYSTEMD_BOOT, R_OK))
		path = SYSTEMD_BOOT;
	if (!path || !strcmp(path, "none"))
		return STATUS_DONE;
	status = input_read(path, ret);
	return status ? status : check_efi_loader(ret);
}

/* What is asked for goes to entries of type 1: there must be one, and no title may be for another.
 */
static enum status check_kinds(const struct disk_options *o, const struct disk_inputs *in)
{
	size_t ukis = 0, i;

	for (i = 0; i < in->image_count; i++) {
		ukis += in->image[i].uki;
		if (in->image[i].uki && i < o->title_count) {
			report(in->image[i].in.name,
				"is a UKI and has its own title: no --title for it");
			return STATUS_USAGE;
		}
	}
	if (ukis < in->image_count || (!o->cmdline && !o->initrd_count))
		return STATUS_DONE;
	report(NULL, "a UKI has its own command line and initrd: no --cmdline, --initrd");
	return STATUS_USAGE;
}

enum status disk_inputs_read(const struct disk_options *o, struct disk_inputs *ret)
{
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < o->image_count && !status; i++) {
		status = read_image(o, i, &ret->image[i]);
		ret->image_count = i + 1;
		if (!status) {
			make_unique(ret, i);
			say_limits(&ret->image[i]);
		}
	}
	if (!status)
		status = check_kinds(o, ret);
	for (i = 0; i < o->initrd_count && !status; i++) {
		status = input_read(o->initrd[i], &ret->initrd[i]);
		ret->initrd_count = i + 1;
	}
	if (!status)
		status = read_efi_loader(o, &ret->efi_loader);
	return status;
}

void disk_inputs_free(struct disk_inputs *in)
{
	size_t i;

	for (i = 0; i < DISK_IMAGES_MAX; i++)
		input_free(&in->image[i].in);
	for (i = 0; i < DISK_INITRDS_MAX; i++)
		input_free(&in->initrd[i]);
	input_free(&in->efi_loader);
}
