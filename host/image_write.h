/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building one of our images from a kernel: a bzImage with our setup part and stub (spec/image.h,
 * docs/image-format.md). No compiler: prebuilt boot code is patched and joined with the payload.
 */
#ifndef HOST_IMAGE_WRITE_H
#define HOST_IMAGE_WRITE_H

#include "host/kernel.h"

#define IMAGE_LOWEST_PA 0x100000 /* below: firmware, real-mode code, boot_params */

/*
 * A UKI's PE section that only firmware's side reads: boot loaders, measuring, people. Names without
 * meaning here are as good as others.
 */
struct image_part {
	const char *name; /* at most 8 characters */
	struct span bytes;
};
#define IMAGE_PARTS_MAX 8

struct image_wish {
	const char *name; /* of the input, for messages */
	const struct kernel *kernel; /* elf, plan, relocs, table and sha256 are used */
	enum codec codec;
	int level;
	uint32_t chunk_size; /* of output, or CHUNK_WHOLE */
	bool filter_x86; /* code goes through the branch filter (core/filter_x86.h) */
	bool movable; /* may be loaded at another physical address */
	bool virtual; /* its virtual base may be moved, too */
	/*
	 * Fields from root_flags to pref_address that are carried into the header, see
	 * image_write.c.
	 */
	struct setup_header header;
	uint32_t setup_type_max;
	struct span version; /* version string, cut if it is too long */
	struct span cmdline, initrd; /* to be embedded, len 0 for none */
	/*
	 * A unified kernel image: command line and initrd are PE sections of their own, a loader's line
	 * under UEFI replaces ours (MANIFEST_FLAG_UKI), and the parts come along.
	 */
	bool uki;
	uint32_t ucode_size; /* so many bytes of initrd are section .ucode; the rest starts on a page */
	struct image_part parts[IMAGE_PARTS_MAX];
	size_t part_count;
	bool keep_payload; /* kernel is one of our images: its payload as it is, codec and all */
	struct ahead *ahead; /* chunks of it that may be compressed already (host/ahead.h); or NULL */
	double *compress_seconds; /* set to what compressing alone took; NULL: nobody asks */
};

/*
 * Build the image, then take it apart again, decode it with the stub's decoder and compare kernel
 * and digest. *ret_image is to be freed. Prints.
 */
enum status image_write(const struct image_wish *wish, uint8_t **ret_image, size_t *ret_size);

/* Linux's defaults for kernels that bring no setup header of their own. */
void image_default_header(const struct elf_plan *plan, bool movable, struct setup_header *ret);

#endif /* HOST_IMAGE_WRITE_H */
