/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats of files that kernels come in: recognised by magic numbers, nothing else is checked here.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include "core/span.h"

enum kernel_format {
	KERNEL_UNKNOWN,
	KERNEL_BZIMAGE, /* x86; also programs that only look like one to a loader */
	KERNEL_ELF,
	KERNEL_ZIMAGE, /* x86, loaded low */
	KERNEL_BOOT_SECTOR, /* x86 before boot protocol 2.00: has no magic number, see lib/kernel_old.c */
	KERNEL_ZBOOT, /* EFI zboot */
	KERNEL_ARM_ZIMAGE,
	KERNEL_ARM64_IMAGE,
	KERNEL_RISCV_IMAGE,
	KERNEL_S390_IMAGE,
	KERNEL_PE, /* an EFI program */
	KERNEL_RAW, /* a kernel without any header, as arm's zImage holds it */
	/* what other files lie in: */
	KERNEL_UKI, /* an EFI program with a kernel in a section */
	KERNEL_STREAM, /* compressed */
	KERNEL_UIMAGE,
	KERNEL_FIT,
	KERNEL_DEB,
	KERNEL_RPM,
};

/* KERNEL_BOOT_SECTOR and KERNEL_RAW are never the answer: they take more than a look. */
enum kernel_format format_detect(struct span file);
/* "bzImage", "ELF", "EFI zboot", ...; "unknown". */
const char *format_name(enum kernel_format format);
/* Does it only carry other files? */
bool format_is_container(enum kernel_format format);

/* "x86-64", "arm64", ...; NULL: not a machine that is known. */
const char *format_elf_arch(uint16_t machine, bool is_64bit, bool big_endian);
const char *format_pe_arch(uint16_t machine);

/* The release in "Linux version 6.1.0-50-amd64 (..." somewhere in a kernel, as "uname -r" says it. */
bool format_find_release(struct span kernel, struct span *ret);

#endif /* LIB_FORMAT_H */
