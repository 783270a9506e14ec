/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel file taken apart: bzImage (Linux's or ours) or bare ELF. Every part that could be read
 * is there; everything that is wrong is in problems. What a caller needs, it checks for. Nothing here
 * prints, ends the program, or keeps anything between calls.
 */
#ifndef LIB_KERNEL_H
#define LIB_KERNEL_H

#include "codec/codec.h"
#include "core/bzimage.h"
#include "core/elf.h"
#include "core/manifest.h"
#include "core/pe.h"
#include "core/reloc.h"
#include "lib/problems.h"

enum kernel_format {
	KERNEL_UNKNOWN,
	KERNEL_BZIMAGE,
	KERNEL_ELF,
};

enum image_crc {
	IMAGE_CRC_NONE, /* no image, or one that says nothing */
	IMAGE_CRC_RIGHT,
	IMAGE_CRC_WRONG, /* Linux since 6.16 writes none; signing and patching leave it wrong */
};

/* Where the relocations of a bare ELF come from. */
enum relocs_from {
	RELOCS_AUTO, /* what the ELF has: behind it, in .rela sections, or its own dynamic ones */
	RELOCS_NONE,
};

struct kernel {
	const char *name; /* for the caller's messages; not used here */
	struct span file; /* of a UKI around another kernel: that kernel, its section .linux */
	enum kernel_format format;
	bool has_pe;
	struct pe pe; /* of the whole file, if has_pe */
	bool uki; /* a unified kernel image: ours, or one around another kernel */
	struct problems problems;

	/* bzImage */
	struct bzimage image;
	struct span protected_mode; /* what the loader puts at code32_start */
	enum image_crc crc;
	uint32_t signature_size; /* bytes of PE signatures behind the image, 0 if not signed */
	bool ours; /* has a manifest */
	struct manifest manifest; /* if ours */
	struct span cmdline, initrd; /* embedded ones, len 0 if there are none */

	/* payload */
	bool has_codec;
	enum codec codec;
	struct span stream; /* compressed bytes, size trailer not included */
	uint8_t *content; /* decoded and unfiltered; NULL for a bare ELF, or when it cannot be decoded */
	size_t content_size;

	/* the kernel itself: views of content, of the file, or of a copy */
	bool has_elf;
	struct span elf;
	struct elf_plan plan;
	struct span relocs; /* in Linux's format, len 0 if there are none */
	uint64_t relocs_coded_size; /* bytes of it in content, where it may be coded compactly */
	struct reloc_table table;
	uint8_t sha256[SHA256_SIZE]; /* over elf, then relocs; if has_elf */

	uint8_t *elf_copy; /* owned, NULL if not needed */
	uint8_t *relocs_copy; /* owned, NULL if not needed: extracted, or expanded */
};

/*
 * Take file apart; its bytes must outlive *ret, and stay as they are. Fails with NO_MEMORY only;
 * whatever is wrong with the file goes to problems. *ret is to be closed in either case.
 */
enum err kernel_read(struct span file, enum relocs_from relocs, struct kernel *ret) MUST_CHECK;
void kernel_close(struct kernel *k);

/* File offset of a byte of the file's span. */
uint64_t kernel_offset(const struct kernel *k, const uint8_t *byte);

/* One of our images, with its code behind the branch filter? k->content and the rest are without it. */
bool kernel_is_filtered(const struct kernel *k);

/* Number of relocations, whatever the layout. */
uint64_t kernel_relocs_count(const struct kernel *k);

/*
 * Set k->elf, plan, relocs, table and digest from content: an ELF, then its relocation table, coded as
 * the manifest says if there is one.
 */
void kernel_split(struct kernel *k, struct span content, const char *part);
void kernel_digest(struct kernel *k);
/* Another relocation table in Linux's format, with a new digest. */
void kernel_set_relocs(struct kernel *k, struct span relocs, const char *part);

/* The parts of kernel_read: see kernel_bzimage.c and kernel_elf.c. NO_MEMORY. */
enum err kernel_open_bzimage(struct kernel *k) MUST_CHECK;
enum err kernel_open_elf(struct kernel *k, enum relocs_from relocs) MUST_CHECK;

#endif /* LIB_KERNEL_H */
