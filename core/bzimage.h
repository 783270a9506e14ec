/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bzImage's setup header and kernel_info: parse, validate, patch [boot.rst].
 * Works on a bounded view of the whole file; never trusts a field before it is checked.
 */
#ifndef CORE_BZIMAGE_H
#define CORE_BZIMAGE_H

#include "core/range.h"
#include "core/span.h"
#include "spec/bootparam.h"

struct bzimage {
	uint16_t protocol; /* 0x020f is 2.15 */
	struct setup_header hdr; /* a copy of the file's bytes; fields behind the header's end are 0 */
	uint32_t hdr_end; /* where the setup header ends: 0x202 + byte at 0x201 */
	uint32_t setup_size; /* bytes of the setup part; the protected-mode part starts here */
	uint64_t image_size; /* setup part and syssize paragraphs: where the image ends */
	struct span version; /* version string without its NUL; len 0 if there is none */
	struct span payload; /* whole payload, size trailer included; len 0 before protocol 2.08 */
	bool has_kernel_info;
	uint32_t kernel_info_off; /* file offset of kernel_info */
	uint32_t setup_type_max;
	struct span kernel_info; /* size_total bytes, fixed part included; len 0 if none */
	bool is_64bit; /* XLF_KERNEL_64 */
};

/*
 * Parse a bzImage, or a zImage, of any protocol version from 2.00 on. Errors: NOT_BZIMAGE, OLD_PROTOCOL (a
 * version before 2.00, which had no such header), TRUNCATED (setup or payload beyond the file), BAD_SETUP_HEADER, BAD_KERNEL_INFO.
 */
enum err bzimage_parse(struct span file, struct bzimage *ret, struct fault *fault) MUST_CHECK;

/*
 * The same of the first bytes of a file that is to be loaded yet: setup header and the sizes that follow
 * from it, and what they claim against file_size; neither version string, nor payload, nor kernel_info.
 * Errors as above.
 */
enum err bzimage_parse_head(struct span head, uint64_t file_size, struct bzimage *ret,
	struct fault *fault) MUST_CHECK;

/* Write h over the setup header of an image under construction; buf holds at least HDR_END bytes. */
void bzimage_put_header(uint8_t *buf, const struct setup_header *h);

/*
 * Clear what a careless loader left in boot_params if sentinel is not 0: everything that loaders
 * older than the sentinel did not know. To be called before any ext_ field is read. Keeps the setup
 * header, screen_info, memory map and the other fields that boot.rst lets such a loader fill.
 */
void boot_params_sanitise(struct boot_params *bp);

/* Initrd and command line as boot_params points at them, in 64 bits; no initrd is an empty range. */
struct range boot_params_initrd(const struct boot_params *bp);
void boot_params_set_initrd(struct boot_params *bp, uint64_t pa, uint64_t size);
/*
 * The kernel takes no initrd from a loader whose type is 0, which is what the image has there: a loader
 * that fills in no more than the initrd becomes one without an assigned number.
 */
void boot_params_name_loader(struct boot_params *bp);
uint64_t boot_params_cmdline_pa(const struct boot_params *bp);
void boot_params_set_cmdline(struct boot_params *bp, uint64_t pa);

#endif /* CORE_BZIMAGE_H */
