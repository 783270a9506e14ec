/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that UEFI firmware starts as \EFI\BOOT\BOOTX64.EFI, without a boot menu. Nobody passes
 * it a command line or an initrd: they have to be in the file. So it becomes a UKI in our wrapper,
 * which is a bzImage, too.
 */
#include <stdlib.h>
#include <string.h>
#include "host/disk.h"
#include "host/initrds.h"
#include "host/repack.h"
#include "host/uki.h"

static enum status join(const struct disk_inputs *in, struct span *ret, uint8_t **ret_owned)
{
	struct span initrd[DISK_INITRDS_MAX];
	size_t i;

	for (i = 0; i < in->initrd_count; i++)
		initrd[i] = input_span(&in->initrd[i]);
	*ret_owned = initrds_join(initrd, in->initrd_count, ret);
	return *ret_owned ? STATUS_DONE : report_no_memory(in->image[0].in.name);
}

/* The kernel as it is in ours; a foreign one is wrapped anew. */
static enum status write_uki(
	const struct kernel *k, const struct uki *u, struct span *ret, uint8_t **ret_owned)
{
	const struct image_options options = image_options_default();
	struct image_wish wish = repack_wish(k, &options.codec);
	enum status status;
	uint8_t *initrd;
	size_t size;

	if (k->ours)
		repack_keep(k, &wish);
	status = uki_wish(u, &wish, &initrd);
	if (!status)
		status = image_write(&wish, ret_owned, &size);
	if (!status) {
		*ret = (struct span){*ret_owned, size};
		repack_say_unsigned(k, &options);
	}
	free(initrd);
	return status;
}

static enum status wrap(const struct disk_options *o, const struct disk_inputs *in,
	struct span *ret, uint8_t **ret_owned)
{
	enum status status;
	uint8_t *initrds = NULL;
	struct kernel k = {0};
	struct uki u;

	status = kernel_open(&in->image[0].in, RELOCS_AUTO, &k);
	if (!status)
		status = kernel_require_whole(&k);
	if (!status)
		status = repack_check(&k);
	if (!status) {
		uki_read(&k, &u);
		if (o->cmdline)
			u.cmdline = (struct span){(const uint8_t *)o->cmdline, strlen(o->cmdline)};
		if (in->initrd_count)
			status = join(in, &u.initrd, &initrds);
	}
	if (!status)
		status = write_uki(&k, &u, ret, ret_owned);
	free(initrds);
	kernel_close(&k);
	return status;
}

enum status disk_efi_image(const struct disk_options *o, const struct disk_inputs *in,
	struct span *ret, uint8_t **ret_owned)
{
	*ret_owned = NULL;
	if (o->cmdline || in->initrd_count)
		return wrap(o, in, ret, ret_owned);
	*ret = input_span(&in->image[0].in);
	return STATUS_DONE;
}
