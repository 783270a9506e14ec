/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an opened bzImage to the wish for ours.
 */
#include "lib/elf_relocs.h"
#include "host/repack.h"

enum status repack_check(const struct kernel *k)
{
	if (k->format != KERNEL_BZIMAGE) {
		report(k->name, "is a bare ELF file: use 'bzforge build'");
		return STATUS_BAD_INPUT;
	}
	if (!k->image.is_64bit) {
		struct fault fault = {
			"no 64-bit entry (XLF_KERNEL_64)", HDR_XLOADFLAGS, k->image.hdr.xloadflags};

		report_fault(k->name, "", ERR_BAD_SETUP_HEADER, &fault);
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}

struct image_wish repack_wish(const struct kernel *k, const struct codec_option *codec)
{
	/*
	 * An x86-64 Linux that is relocatable finds out where it is by itself; to run at another
	 * virtual address it needs its relocation table.
	 */
	bool movable = k->image.hdr.relocatable_kernel;

	return (struct image_wish){
		.name = k->name,
		.kernel = k,
		.codec = codec->codec,
		.level = codec->level,
		.chunk_size = codec->chunk_size,
		.movable = movable,
		.virtual = movable && k->relocs.len && k->plan.link_base == LINUX_LINK_BASE,
		.header = k->image.hdr,
		.setup_type_max = k->image.setup_type_max,
		.version = k->image.version,
		.cmdline = k->cmdline,
		.initrd = k->initrd,
	};
}

void repack_keep(const struct kernel *k, struct image_wish *wish)
{
	wish->keep_payload = true;
	wish->codec = k->codec;
	wish->filter_x86 = kernel_is_filtered(k);
}

void repack_say_unsigned(const struct kernel *k, const struct image_options *options)
{
	bool was_signed = k->signature_size || (k->has_pe && k->pe.certificates.len);

	if (was_signed && !options->sign.key)
		report(k->name, "was signed; the new image is not, sign it again if it is needed");
}
