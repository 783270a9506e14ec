/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers of kernel files that are neither bzImage, ELF nor plain PE (spec/kernels.h): recognised by their
 * magic numbers, then checked against the file.
 */
#ifndef CORE_KERNEL_HEADERS_H
#define CORE_KERNEL_HEADERS_H

#include "core/span.h"

/* An arm64 or RISC-V Image: uncompressed, the kernel itself, as a rule a PE, too. */
struct raw_image {
	bool riscv; /* else arm64 */
	bool big_endian;
	uint32_t page_size; /* arm64; 0: not said */
	uint64_t text_offset;
	uint64_t image_size; /* in memory; 0: arm64 before 3.17 does not say */
};

bool raw_image_present(struct span file);
/* Errors: BAD_RAW_IMAGE (not_present, or it takes less memory than it has bytes of code). */
enum err raw_image_parse(struct span file, struct raw_image *ret, struct fault *fault) MUST_CHECK;

/* An ARM zImage. */
struct arm_zimage {
	bool big_endian; /* the kernel; the header is read in the same order */
	uint32_t start, end; /* addresses: end - start bytes */
	/*
	 * What of the file is the image: device trees may lie behind. Less than end - start where the end
	 * counts bss, as Xen's does.
	 */
	struct span image;
	uint64_t payload_end; /* where in the file the payload's size word ends, 0: not said */
};

bool arm_zimage_present(struct span file);
/* Errors: BAD_ZIMAGE, TRUNCATED. */
enum err arm_zimage_parse(struct span file, struct arm_zimage *ret, struct fault *fault) MUST_CHECK;

/* A bzImage for s390: it says neither where nor whether there is a payload. */
bool s390_image_present(struct span file);

/* EFI zboot: a PE that decompresses another one. */
struct zboot {
	struct span payload; /* the compressed stream */
	struct span codec; /* as it is named there: "gzip", "xzkern", "zstd22", ... */
	uint64_t content_size; /* 0: not said (gzip says it itself) */
};

bool zboot_present(struct span file);
/* Errors: BAD_ZBOOT, TRUNCATED. */
enum err zboot_parse(struct span file, struct zboot *ret, struct fault *fault) MUST_CHECK;

/* U-Boot's legacy image. */
struct uimage {
	uint32_t load, entry;
	uint8_t os, arch, type, codec; /* numbers of U-Boot's image.h */
	struct span name;
	struct span data; /* all that the checksum is over */
	uint32_t data_crc;
	struct span kernel; /* the data, or its first part if there are several */
};

bool uimage_present(struct span file);
/*
 * header_crc: CRC-32 of the header with zeros for its own checksum, from the caller, who has a fast one.
 * Errors: BAD_UIMAGE, TRUNCATED.
 */
enum err uimage_parse(struct span file, uint32_t header_crc, struct uimage *ret, struct fault *fault) MUST_CHECK;

#endif /* CORE_KERNEL_HEADERS_H */
